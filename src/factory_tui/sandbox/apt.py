"""What the machine's apt is configured with: where packages come from, through which proxy, signed by whom.

`apt-get indextargets` and `apt-config` are asked, so that one-line and deb822 sources, included files and options
are read by apt itself.
"""

import base64
import os
import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TARGETS = ["apt-get", "indextargets", "--format", "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(SOURCESENTRY)"]
PROXIES = ["apt-config", "shell", "http_proxy", "Acquire::http::Proxy", "https_proxy", "Acquire::https::Proxy"]
_SIGNED_BY = re.compile(r"^[^#\n]*?signed-by\s*[:=]\s*(/[^\s\],]+)", re.IGNORECASE | re.MULTILINE)
_TRUSTED = re.compile(r"^[^#\n]*?\btrusted\s*[:=]\s*yes", re.IGNORECASE | re.MULTILINE)


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
    targets = _output([*TARGETS, "Identifier: Packages", *options])
    uri, components, source = choose(targets, codename)
    text = _text_of(source)
    signed = _SIGNED_BY.search(text)
    keyrings = [Path(signed[1])] if signed else []
    keyrings.append(Path(f"/usr/share/keyrings/{about.get('ID', 'debian')}-archive-keyring.gpg"))
    return Mirror(
        uri=uri,
        suite=codename,
        components=components,
        keyring=next((path for path in keyrings if path.is_file()), None),
        trusted=bool(_TRUSTED.search(text)),
        proxies=proxies(_output([*PROXIES, *options])),
    )


def choose(targets: str, codename: str) -> tuple[str | None, tuple[str, ...], Path | None]:
    """From the lines of `apt-get indextargets`: the first usable source of the release, its components, its file."""
    found: dict[str, list[str]] = {}
    sources: dict[str, Path] = {}
    for line in targets.splitlines():
        parts = line.split("|")
        if len(parts) != 4 or parts[1] != codename:
            continue
        uri = resolve(parts[0])
        if uri is not None:
            found.setdefault(uri, []).append(parts[2])
            sources.setdefault(uri, Path(parts[3].rpartition(":")[0]))
    for uri, components in found.items():
        if "main" in components:
            return uri, tuple(dict.fromkeys(components)), sources[uri]
    return None, ("main",), None


def resolve(uri: str) -> str | None:
    """An address debootstrap understands; None when there is none (a disc, Tor)."""
    if uri.startswith("mirror+file:"):
        listed = _text_of(Path(uri.removeprefix("mirror+file:").rstrip("/"))).split()
        return resolve(listed[0]) if listed else None
    return uri.rstrip("/") if uri.startswith(("http://", "https://", "file:/")) else None


def proxies(shell: str) -> dict[str, str]:
    """From the lines of `apt-config shell`."""
    found = {}
    for line in shell.splitlines():
        name, _, value = line.partition("=")
        words = shlex.split(value)
        if words and words[0] not in ("", "DIRECT", "false"):
            found[name] = words[0]
    return found


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
