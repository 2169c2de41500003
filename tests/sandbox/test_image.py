"""Where the image comes from, and that it is made once."""

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from factory_tui.sandbox import apt, image
from factory_tui.sandbox.apt import Mirror, Source
from factory_tui.sandbox.port import SandboxUnavailable

ONE_LINE = """\
# deb http://commented.example/debian {release} main
deb-src http://sources.example/debian {release} main
deb http://other.example/tools stable main
deb [arch=amd64 signed-by={key}] http://mirror.example/debian/ {release} main contrib
"""
DEB822 = """\
Types: deb
URIs: http://mirror.example/debian
Suites: {release} {release}-updates
Components: main contrib
Signed-By: {key}
"""


@pytest.mark.parametrize(("name", "text"), [("site.list", ONE_LINE), ("site.sources", DEB822)], ids=["list", "sources"])
def test_the_mirror_is_the_one_apt_uses(tmp_path: Path, name: str, text: str) -> None:
    if shutil.which("apt-get") is None:
        pytest.skip("there is no apt here")
    release = apt.os_release()["VERSION_CODENAME"]
    key = tmp_path / "key.gpg"
    key.write_bytes(b"\x99")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / name).write_text(text.format(release=release, key=key))
    mirror = apt.machine_mirror(
        [
            "-o", "Dir::Etc::sourcelist=/dev/null", "-o", f"Dir::Etc::sourceparts={tmp_path / 'parts'}",
            "-o", "Acquire::http::Proxy=http://proxy.example:3142", "-o", "Acquire::https::Proxy=DIRECT",
        ]
    )  # fmt: skip
    assert mirror.uri == "http://mirror.example/debian"
    assert (mirror.suite, mirror.components, mirror.keyring) == (release, ("main", "contrib"), key)
    assert mirror.proxies == {"http_proxy": "http://proxy.example:3142"}
    argv = image.debootstrap_argv(mirror, Path("/root-of-image"), tmp_path)
    assert argv[-3:] == [release, "/root-of-image", "http://mirror.example/debian"]
    assert f"--keyring={key}" in argv


def test_sources_that_debootstrap_cannot_read_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "mirrors").write_text("https://listed.example/debian\nhttps://second.example/debian\n")
    lines = [
        "deb cdrom:[Debian]/ bookworm main",
        "deb tor+http://hidden/debian bookworm main",
        "deb http://extra.example/x bookworm extras",
        "deb http://older.example/debian bullseye main",
        f"deb [trusted=yes] mirror+file:{tmp_path}/mirrors bookworm main universe  # ours",
    ]
    chosen = apt.choose(apt.one_line_sources("\n".join(lines)), "bookworm")
    assert chosen == Source("https://listed.example/debian", "bookworm", ("main", "universe"), "", trusted=True)
    assert apt.choose(apt.one_line_sources("\n".join(lines[:4])), "bookworm") is None


def test_stanzas_that_are_off_or_of_sources_are_passed_over() -> None:
    text = """
# Types: deb
Types: deb-src
URIs: http://sources.example
Suites: bookworm
Components: main

Types: deb
URIs: http://off.example
Suites: bookworm
Components: main
Enabled: no

Types: deb deb-src
URIs: http://one.example
  http://two.example
Suites: bookworm
Components: main
"""
    assert [source.uri for source in apt.deb822_sources(text)] == ["http://one.example", "http://two.example"]


def test_an_armoured_keyring_is_unwrapped(tmp_path: Path) -> None:
    key = bytes(range(200))
    text = base64.encodebytes(key).decode()
    block = f"-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: 1\n\n{text}=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n"
    armoured = tmp_path / "key.asc"
    armoured.write_text(block * 2)
    assert apt.binary_keyring(armoured, tmp_path).read_bytes() == key * 2
    binary = tmp_path / "key.gpg"
    binary.write_bytes(key)
    assert apt.binary_keyring(binary, tmp_path) == binary


def test_the_recipe_names_the_image_and_the_mirror_does_not() -> None:
    here = Mirror("http://here.example", "bookworm")
    assert image.recipe_hash(here) == image.recipe_hash(Mirror("http://there.example", "bookworm"))
    assert image.recipe_hash(here) != image.recipe_hash(Mirror("http://here.example", "trixie"))
    assert image.recipe_hash(None) != image.recipe_hash(here)


def test_without_an_engine_the_command_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///no/such/socket")
    with pytest.raises(SandboxUnavailable, match="no container engine"):
        image.build("factory-sandbox:latest", bootstrap=True, progress=lambda _line: None)
    done = command("--bootstrap", directory=tmp_path)
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.startswith("factory-tui: no container engine at unix:///no/such/socket")
    assert "→ " in done.stderr


@pytest.mark.docker
def test_an_image_of_the_same_recipe_is_reused(tmp_path: Path) -> None:
    import docker

    tag = f"factory-sandbox:{image.recipe_hash(apt.machine_mirror())}"
    client = docker.APIClient(version="auto")
    try:
        client.inspect_image(tag)
    except docker.errors.ImageNotFound:
        pytest.skip(f"the image was not made by `image build --bootstrap`: there is no {tag}")
    finally:
        client.close()
    done = command("--bootstrap", "--json", directory=tmp_path)
    told = json.loads(done.stdout)
    assert done.returncode == 0
    assert told["reused"] is True
    assert told["tag"] == tag
    assert told["id"].startswith("sha256:")


def command(*options: str, directory: Path) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "factory_tui", "-C", str(directory), "image", "build", *options]
    return subprocess.run(argv, capture_output=True, text=True, check=False)
