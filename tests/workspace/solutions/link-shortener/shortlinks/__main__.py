"""`python3 -m shortlinks --port PORT --store FILE`"""

import argparse
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from shortlinks.links import Links, is_valid


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/health":
            return self.answer(200, {"status": "ok"})
        url = self.server.links.url(self.path.removeprefix("/"))
        if url is None:
            return self.answer(404, {"error": "unknown code"})
        self.send_response(302)
        self.send_header("Location", url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self):
        url = self.posted_url()
        if not is_valid(url):
            return self.answer(400, {"error": "invalid url"})
        code, is_new = self.server.links.add(url)
        self.answer(201 if is_new else 200, {"code": code, "url": url})

    def posted_url(self):
        try:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        except ValueError:
            return None
        return body.get("url") if isinstance(body, dict) else None

    def answer(self, status, value):
        payload = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *details):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--store", required=True)
    options = parser.parse_args()
    try:
        server = ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
        server.links = Links(options.store)
    except OSError as error:
        print(f"cannot start: {error}", file=sys.stderr)
        return 2
    server.serve_forever()


sys.exit(main())
