"""Archives written by an adversary: what is kept is harmless, what is not is dropped with a reason or refused."""

import io
import struct
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from factory_tui.model.artifact import Artifact, ArtifactFile, is_git_name
from factory_tui.sandbox.collect import BLOCK, Caps, Collector
from factory_tui.sandbox.port import CollectRefused
from tests.sandbox.making import contents

END = bytes(2 * BLOCK)


def member(name: str, content: bytes = b"", **fields: object) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, content


def archive(*members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, errors="surrogateescape") as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def collect(data: bytes, **caps: int) -> Artifact:
    return collect_pieces([data], Caps(**caps))


def collect_pieces(pieces: Iterable[bytes], caps: Caps | None = None) -> Artifact:
    collector = Collector(caps or Caps())
    for piece in pieces:
        collector.feed(piece)
    return collector.finish()


def reasons(artifact: Artifact) -> dict[str, str]:
    return dict(line.rsplit(": ", 1) for line in artifact.dropped)


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_an_ordinary_tree_is_kept(form: int) -> None:
    data = archive(
        member("dir", type=tarfile.DIRTYPE),
        member("dir/tool", b"#!/bin/sh\n", mode=0o755),
        member("./plain", b"text", mode=0o644),
        member("a" * 90 + "/" + "b" * 90, b"long"),
        form=form,
    )
    files = collect(data)
    assert contents(files) == {"dir/tool": b"#!/bin/sh\n", "plain": b"text", "a" * 90 + "/" + "b" * 90: b"long"}
    assert [str(file.path) for file in files if file.executable] == ["dir/tool"]


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_and_foreign_names_are_kept(form: int) -> None:
    names = ["d/" + "x" * 250, "größe/漢字", "line\nbreak", " "]
    assert sorted(contents(collect(archive(*(member(name) for name in names), form=form)))) == sorted(names)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (tarfile.SYMTYPE, "symbolic link"),
        (tarfile.LNKTYPE, "hard link"),
        (tarfile.CHRTYPE, "character device or socket"),
        (tarfile.BLKTYPE, "block device"),
        (tarfile.FIFOTYPE, "named pipe"),
        (b"V", "unknown type b'V'"),
    ],
)
def test_what_is_not_a_regular_file_is_dropped(kind: bytes, reason: str) -> None:
    found = collect(archive(member("odd", type=kind, linkname="/etc/passwd"), member("fine", b"1")))
    assert contents(found) == {"fine": b"1"}
    assert reasons(found) == {"odd": reason}


@pytest.mark.parametrize("name", ["/etc/passwd", "../up", "a/../../up", "a/..", "//x", "/../x"])
def test_a_path_that_leads_out_is_dropped(name: str) -> None:
    found = collect(archive(member(name, b"1"), member("fine", b"1")))
    assert contents(found) == {"fine": b"1"}
    assert len(found.dropped) == 1


def test_a_file_behind_a_link_stays_where_it_says() -> None:
    found = collect(archive(member("link", type=tarfile.SYMTYPE, linkname="/etc"), member("link/passwd", b"1")))
    assert contents(found) == {"link/passwd": b"1"}


@pytest.mark.parametrize(
    "name", [".git/config", ".GIT/hooks/x", "sub/.Git/x", "git~1/x", ".git ", ".g\u200cit/x", ".git::$INDEX/x"]
)
def test_git_directories_are_dropped_however_they_are_spelled(name: str) -> None:
    found = collect(archive(member(name, b"1"), member(".gitignore", b"2"), member("x.git", b"3")))
    assert contents(found) == {".gitignore": b"2", "x.git": b"3"}


def test_caches_are_dropped() -> None:
    names = ("a/__pycache__/m.pyc", ".pytest_cache/v", "old.pyc", "kept.py")
    assert contents(collect(archive(*(member(name, b"1") for name in names)))) == {"kept.py": b"1"}


def test_of_two_entries_with_one_name_the_last_wins() -> None:
    assert contents(collect(archive(member("a", b"1"), member("./a", b"2")))) == {"a": b"2"}
    link = member("a", type=tarfile.SYMTYPE, linkname="b")
    assert contents(collect(archive(member("a", b"1"), link))) == {}
    assert contents(collect(archive(link, member("a", b"1")))) == {"a": b"1"}
    assert contents(collect(archive(member("a", b"1"), member("a/b", b"2")))) == {"a/b": b"2"}
    assert contents(collect(archive(member("a/b", b"2"), member("a", b"1")))) == {"a": b"1"}
    assert contents(collect(archive(member("a", b"1"), member("a", type=tarfile.DIRTYPE)))) == {}


def test_names_that_are_not_utf_8_are_dropped() -> None:
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT):
        found = collect(archive(member("bad\udcff", b"1"), member("fine", b"2"), form=form))
        assert contents(found) == {"fine": b"2"}
        assert list(reasons(found).values()) == ["name is not UTF-8"]


def test_sparse_files_are_refused() -> None:
    with pytest.raises(CollectRefused, match="sparse"):
        collect(archive(member("s", type=tarfile.GNUTYPE_SPARSE)))
    pax = member("s", b"x", pax_headers={"GNU.sparse.major": "1", "GNU.sparse.minor": "0"})
    with pytest.raises(CollectRefused, match="sparse"):
        collect(archive(pax))


def test_the_caps_refuse_the_whole_tree() -> None:
    with pytest.raises(CollectRefused, match="MB"):
        collect(archive(member("a", b"x" * 2000)), bytes=1999)
    with pytest.raises(CollectRefused, match="10 files"):
        collect(archive(*(member(str(number)) for number in range(11))), entries=10)
    with pytest.raises(CollectRefused, match="deep"):
        collect(archive(member("a/b/c/d", b"")), depth=3)
    with pytest.raises(CollectRefused, match="path"):
        collect(archive(member("a" * 300, b"")), path=200)


def test_a_million_entries_are_refused_long_before_their_end() -> None:
    one = archive(member("x"))[:BLOCK]
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        for _ in range(1_000_000 // 100):
            taken += 100
            yield one * 100

    with pytest.raises(CollectRefused, match="files and directories"):
        collect_pieces(endless())
    assert taken < 30_000


def test_a_bomb_is_refused_by_its_header() -> None:
    info = tarfile.TarInfo("bomb")
    info.size = 1 << 40
    with pytest.raises(CollectRefused, match="MB"):
        collect(info.tobuf(tarfile.GNU_FORMAT))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not an archive" * 100,
        archive(member("a", b"x" * 1000))[: -BLOCK * 18],
        archive(member("a", pax_headers={"size": "-1"})),
        archive(member("a", pax_headers={"size": "9" * 30})),
        tarfile.TarInfo("x").tobuf()[:BLOCK],
    ],
)
def test_what_is_damaged_or_cut_is_refused(data: bytes) -> None:
    with pytest.raises(CollectRefused):
        collect(data)


def test_content_where_there_can_be_none_is_refused() -> None:
    """Readers disagree on whether it is there, which could hide an entry from one of them."""
    header = bytearray(tarfile.TarInfo("d").tobuf(tarfile.USTAR_FORMAT))
    header[156:157] = tarfile.SYMTYPE
    header[124:136] = b"%011o\0" % BLOCK
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    with pytest.raises(CollectRefused, match="content"):
        collect(bytes(header) + bytes(BLOCK) + END)


def test_a_name_for_every_entry_is_refused() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"path": "everywhere"}) as tar:
        tar.addfile(tarfile.TarInfo("a"))
    with pytest.raises(CollectRefused):
        collect(out.getvalue())


def test_many_dropped_entries_are_counted_not_listed() -> None:
    links = (member(f"l{number}", type=tarfile.SYMTYPE, linkname="x") for number in range(500))
    dropped = collect(archive(*links)).dropped
    assert len(dropped) == 201
    assert dropped[-1] == "and 300 more"


names = st.lists(
    st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=20),
    min_size=1,
    max_size=4,
).map("/".join)


@given(st.dictionaries(names, st.binary(max_size=2000), max_size=8), st.integers(1, 3000), st.sampled_from([0, 1]))
def test_what_was_sent_is_what_is_kept_however_it_is_cut(files: dict[str, bytes], step: int, form: int) -> None:
    kinds = (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT)
    data = archive(*(member(name, body) for name, body in files.items()), form=kinds[form])
    whole = collect(data)
    pieces = [data[start : start + step] for start in range(0, len(data), step)]
    assert collect_pieces(pieces) == whole
    harmless = {name for name in files if is_harmless(name, files)}
    assert harmless <= contents(whole).keys()
    assert all(contents(whole)[name] == files[name] for name in harmless)


def is_harmless(name: str, files: dict[str, bytes]) -> bool:
    """A name that nothing drops and no other name shadows."""
    parts = name.split("/")
    odd = {".", "..", "__pycache__", ".pytest_cache"}
    clean = not any(part.casefold() in odd or is_git_name(part) for part in parts)
    plain = {str(PurePosixPath(*(part for part in other.split("/") if part != "."))) for other in files}
    alone = not any(
        other != name and (f"{other}/".startswith(f"{name}/") or f"{name}/".startswith(f"{other}/")) for other in plain
    )
    return clean and alone and not name.casefold().endswith(".pyc") and sum(other == name for other in plain) == 1


TYPES = [
    tarfile.REGTYPE,
    tarfile.SYMTYPE,
    tarfile.LNKTYPE,
    tarfile.DIRTYPE,
    tarfile.CHRTYPE,
    tarfile.FIFOTYPE,
    b"S",
    b"Z",
]
hostile = st.builds(
    member,
    st.text(st.sampled_from("ab./\\ ~.git\u200c\n\udcff"), min_size=1, max_size=30),
    type=st.sampled_from(TYPES),
    linkname=st.sampled_from(["", "/etc/passwd", "../x"]),
    mode=st.integers(0, 0o7777),
)


@given(st.lists(hostile, max_size=10), st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), max_size=6))
@example([], [(0, 255)])
def test_nothing_hostile_ever_comes_through(
    members: list[tuple[tarfile.TarInfo, bytes]], damage: list[tuple[int, int]]
) -> None:
    data = bytearray(archive(*members))
    for place, value in damage:
        data[place % len(data)] = value
    try:
        kept = collect(bytes(data))
    except CollectRefused:
        return
    for file in kept:
        assert not file.path.is_absolute()
        assert ".." not in file.path.parts
        assert not any(is_git_name(part) for part in file.path.parts)
        assert isinstance(file, ArtifactFile)
        str(file.path).encode("utf-8")


def test_large_sizes_in_base_256_are_understood() -> None:
    header = bytearray(tarfile.TarInfo("a").tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\x80" + struct.pack(">Q", 3).rjust(11, b"\0")
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    assert contents(collect(bytes(header) + b"xyz".ljust(BLOCK, b"\0") + END)) == {"a": b"xyz"}
