"""The links and their file."""

import json
import os
import re
import secrets
import string
import threading
from urllib.parse import urlsplit

ALPHABET = string.ascii_lowercase + string.digits


def is_valid(url):
    """Whether a URL may get a code."""
    if not isinstance(url, str) or not 10 <= len(url) <= 2000 or re.search(r"[\s\x00-\x1f\x7f]", url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


class Links:
    """Code → URL, kept as one JSON object a line."""

    def __init__(self, path):
        self._lock = threading.Lock()
        self._urls = {}
        self._file = open(path, "a+", encoding="utf-8")
        self._file.seek(0)
        for line in self._file:
            link = json.loads(line)
            self._urls[link["code"]] = link["url"]
        self._codes = {url: code for code, url in self._urls.items()}

    def url(self, code):
        return self._urls.get(code)

    def add(self, url):
        """The code of a URL, and whether it is new."""
        with self._lock:
            if url in self._codes:
                return self._codes[url], False
            code = self._free_code()
            self._urls[code] = url
            self._codes[url] = code
            self._file.write(json.dumps({"code": code, "url": url}) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
            return code, True

    def _free_code(self):
        while True:
            code = "".join(secrets.choice(ALPHABET) for _ in range(6))
            if code not in self._urls:
                return code
