"""What the machine's apt is configured with: where packages come from, through which proxy, signed by whom."""

import base64
import os
import re
import shlex
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PLACES = ["apt-config", "shell", "list", "Dir::Etc::sourcelist/f", "parts", "Dir::Etc::sourceparts/d"]
PROXIES = ["apt-config", "shell", "http_proxy", "Acquire::http::Proxy", "https_proxy", "Acquire::https::Proxy"]
_LINE = re.compile(r"deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s*(?P<components>.*)")


@dataclass(frozen=True, slots=True)
class Source:
    """One place packages come from, for one suite."""

    uri: str
    suite: str
    components: tuple[str, ...]
    signed_by: str = ""
    trusted: bool = False
    """The operator told apt not to check its signatures."""


@dataclass(frozen=True, slots=True)
class Mirror:
    """Where to get a system from."""

    uri: str | None
    """None leaves it to debootstrap."""
    suite: str
    components: tuple[str, ...] = ("main",)
    keyring: Path | None = None
    trusted: bool = False
    """The operator told apt not to check signatures of this source."""
    proxies: Mapping[str, str] | None = None


def machine_mirror(options: Sequence[str] = ()) -> Mirror:
    """The mirror this machine gets its own release from.

    Args:
        options: passed to apt (`-o Dir::Etc::sourcelist=…`).
    """
    about = os_release()
    codename = about.get("VERSION_CODENAME", "stable")
    source = choose(configured_sources(options), codename)
    keyrings = [Path(source.signed_by)] if source else []
    keyrings.append(Path(f"/usr/share/keyrings/{about.get('ID', 'debian')}-archive-keyring.gpg"))
    return Mirror(
        uri=source.uri if source else None,
        suite=codename,
        components=source.components if source else ("main",),
        keyring=next((path for path in keyrings if path.is_file()), None),
        trusted=source.trusted if source else False,
        proxies=proxies(_output([*PROXIES, *options])),
    )


def configured_sources(options: Sequence[str] = ()) -> Iterator[Source]:
    """What the files of apt list, in apt's order; nothing where there is no apt."""
    places = dict(_assignments(_output([*PLACES, *options])))
    if "list" in places:
        yield from one_line_sources(_text_of(Path(places["list"])))
    for path in sorted(Path(places["parts"]).glob("*")) if "parts" in places else ():
        if path.suffix == ".list":
            yield from one_line_sources(_text_of(path))
        elif path.suffix == ".sources":
            yield from deb822_sources(_text_of(path))


def one_line_sources(text: str) -> Iterator[Source]:
    """The sources of a `.list` file."""
    for line in text.splitlines():
        found = _LINE.fullmatch(line.partition("#")[0].strip())
        if found:
            options = dict(each.partition("=")[::2] for each in (found["options"] or "").split())
            components = tuple(found["components"].split())
            trusted = options.get("trusted") == "yes"
            yield Source(found["uri"], found["suite"], components, options.get("signed-by", ""), trusted)


def deb822_sources(text: str) -> Iterator[Source]:
    """The sources of a `.sources` file."""
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", lines):
        unfolded = re.sub(r"\n[ \t]+", " ", stanza)
        pairs = (line.partition(":") for line in unfolded.splitlines())
        fields = {name.strip().lower(): value.strip() for name, _, value in pairs}
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes") == "no":
            continue
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                components = tuple(fields.get("components", "").split())
                yield Source(uri, suite, components, fields.get("signed-by", ""), fields.get("trusted") == "yes")


def choose(sources: Iterable[Source], codename: str) -> Source | None:
    """The first source of the release that debootstrap can use, its address resolved."""
    for source in sources:
        uri = resolve(source.uri)
        if uri is not None and source.suite == codename and "main" in source.components:
            return Source(uri, codename, source.components, source.signed_by, source.trusted)
    return None


def resolve(uri: str) -> str | None:
    """An address debootstrap understands; None when there is none (a disc, Tor)."""
    if uri.startswith("mirror+file:"):
        listed = _text_of(Path(uri.removeprefix("mirror+file:").rstrip("/"))).split()
        return resolve(listed[0]) if listed else None
    return uri.rstrip("/") if uri.startswith(("http://", "https://", "file:/")) else None


def proxies(shell: str) -> dict[str, str]:
    """From the lines of `apt-config shell`."""
    return {name: value for name, value in _assignments(shell) if value not in ("DIRECT", "false")}


def binary_keyring(keyring: Path, directory: Path) -> Path:
    """The keyring as gpgv reads it: an armoured one is unwrapped into `directory`."""
    content = keyring.read_bytes()
    if not content.lstrip().startswith(b"-----BEGIN"):
        return keyring
    blocks = re.findall(rb"-----BEGIN [^\n]*\n(.*?)-----END", content, re.DOTALL)
    body = b""
    for block in blocks:
        lines = block.partition(b"\n\n")[2].split()
        body += base64.b64decode(b"".join(line for line in lines if not line.startswith(b"=")))
    target = directory / "keyring.gpg"
    target.write_bytes(body)
    return target


def os_release() -> dict[str, str]:
    pairs = (line.partition("=") for line in _text_of(Path("/etc/os-release")).splitlines())
    return {name: shlex.split(value)[0] for name, _, value in pairs if value}


def _assignments(shell: str) -> Iterator[tuple[str, str]]:
    for line in shell.splitlines():
        name, _, value = line.partition("=")
        words = shlex.split(value)
        if words and words[0]:
            yield name, words[0]


def _output(argv: list[str]) -> str:
    """What a command prints; nothing where it does not exist."""
    try:
        environment = {**os.environ, "LC_ALL": "C"}
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False, env=environment)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def _text_of(path: Path | None) -> str:
    try:
        return path.read_text(errors="replace") if path is not None else ""
    except OSError:
        return ""
