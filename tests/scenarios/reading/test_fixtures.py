"""Fixtures: files and directories that a scenario brings as they are, or a finding that says why not."""

import hashlib
import os
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from factory_tui.model.artifact import Artifact, ArtifactFile
from factory_tui.model.evaluation import Result
from factory_tui.model.finding import Finding, Level
from factory_tui.model.ids import SpecId
from factory_tui.scenarios import evaluate
from factory_tui.scenarios.reading import fixtures as room
from factory_tui.scenarios.reading.load import load_suite, orphans, read_scenario
from factory_tui.scenarios.rulebook import RULEBOOK
from factory_tui.scenarios.staging.placing import laid_over, with_files
from factory_tui.specs import load_specs, parse
from factory_tui.specs.rules.rule import Subject
from tests.scenarios.conftest import tree

HEAD = "id: shop\ncovers: [R1]\ngiven: a\nwhen: b\nthen: c\n"
STEPS = "steps:\n  - run: 'true'\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """`fixtures/` of the suite `thing`, whose one scenario names `shop`."""
    made = tmp_path / "thing" / "fixtures"
    made.mkdir(parents=True)
    write(tmp_path, "[shop]")
    return made


def write(root: Path, fixtures: str, name: str = "shop") -> None:
    text = f"{HEAD}fixtures: {fixtures}\n{STEPS}".replace("id: shop", f"id: {name}")
    (root / "thing" / f"{name}.yaml").write_text(text, encoding="utf-8")


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def brought(folder: Path) -> dict[str, bytes]:
    suite, found = load_suite(folder.parent.parent, "thing")
    assert found == ()
    return {str(each.path): each.content for each in suite.scenarios[0].fixtures}


def refused(folder: Path) -> Finding:
    suite, found = load_suite(folder.parent.parent, "thing")
    assert suite.scenarios == ()
    assert len(found) == 1, found
    assert (found[0].rule, found[0].level, found[0].line) == ("Q01", Level.ERROR, 6)
    assert found[0].path == str(folder.parent / "shop.yaml")
    return found[0]


def test_a_directory_brings_its_content_and_a_file_itself(folder: Path) -> None:
    put(
        folder,
        {"shop/db/items.bin": bytes(range(256)), "shop/empty": b"", "shop/run": b"#!/bin/sh\n", "note.txt": b"n"},
    )
    (folder / "shop" / "run").chmod(0o755)
    write(folder.parent.parent, "[shop, note.txt]")
    assert brought(folder) == {
        "db/items.bin": bytes(range(256)),
        "empty": b"",
        "note.txt": b"n",
        "run": b"#!/bin/sh\n",
    }
    (suite, _) = load_suite(folder.parent.parent, "thing")
    assert [str(each.path) for each in suite.scenarios[0].fixtures if each.executable] == ["run"]


def test_one_name_needs_no_list(folder: Path) -> None:
    put(folder, {"shop/a": b"1"})
    write(folder.parent.parent, "shop")
    assert brought(folder) == {"a": b"1"}


def test_a_later_fixture_stays_and_what_is_in_its_way_goes(folder: Path) -> None:
    put(folder, {"shop/a": b"old", "shop/b/c": b"1", "more/a": b"new", "more/b": b"now a file"})
    write(folder.parent.parent, "[shop, more]")
    assert brought(folder) == {"a": b"new", "b": b"now a file"}


def test_caches_and_hidden_left_overs_are_not_part_of_it(folder: Path) -> None:
    put(
        folder,
        {"shop/a.py": b"", "shop/__pycache__/a.pyc": b"x", "shop/b.pyc": b"x", ".DS_Store": b"x", ".gitkeep": b""},
    )
    assert brought(folder) == {"a.py": b""}


def test_the_hash_covers_the_fixtures_and_is_as_before_without_them(folder: Path) -> None:
    root = folder.parent.parent
    put(folder, {"shop/a": b"1"})
    first = load_suite(root, "thing")[0].hash
    put(folder, {"shop/a": b"2"})
    second = load_suite(root, "thing")[0].hash
    (folder / "shop" / "a").chmod(0o755)
    assert len({first, second, load_suite(root, "thing")[0].hash}) == 3
    without = f"{HEAD}{STEPS}".encode()
    read, _ = read_scenario(root / "thing" / "shop.yaml", without, SpecId("thing"))
    assert read is not None
    assert read.hash == hashlib.sha256(without).hexdigest()


def make_link(folder: Path) -> None:
    (folder / "shop" / "link").symlink_to("/etc/passwd")


def make_dangling(folder: Path) -> None:
    (folder / "shop" / "link").symlink_to("nowhere")


def make_directory_link(folder: Path) -> None:
    (folder / "shop" / "link").symlink_to("/etc")


def make_pipe(folder: Path) -> None:
    os.mkfifo(folder / "shop" / "pipe")


def make_socket(folder: Path) -> None:
    here = os.getcwd()
    os.chdir(folder / "shop")
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("s")
    finally:
        os.chdir(here)


def make_repository(folder: Path) -> None:
    put(folder, {"shop/sub/.git/config": b"[core]"})


def make_bad_name(folder: Path) -> None:
    os.close(os.open(os.fsencode(folder / "shop") + b"/caf\xe9", os.O_CREAT | os.O_WRONLY))


def make_deep(folder: Path) -> None:
    put(folder, {"shop/" + "d/" * 30 + "file": b""})


def make_many(folder: Path) -> None:
    put(folder, {f"shop/{number}": b"" for number in range(room.MOST_FILES)})


def make_large(folder: Path) -> None:
    with (folder / "shop" / "large").open("wb") as file:
        file.truncate(room.MOST_BYTES + 1)


def make_nothing(folder: Path) -> None:
    (folder / "shop" / "file").unlink()


def make_shop_a_link(folder: Path) -> None:
    (folder / "shop").rename(folder / "real")
    (folder / "shop").symlink_to("real")


def make_fixtures_a_link(folder: Path) -> None:
    folder.rename(folder.parent / "real")
    folder.symlink_to("real")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (make_link, "has link, a link"),
        (make_dangling, "has link, a link"),
        (make_directory_link, "has link, a link"),
        (make_pipe, "has pipe, a pipe"),
        (make_socket, "has s, a socket"),
        (make_repository, "it holds sub/.git"),
        (make_bad_name, "not UTF-8"),
        (make_deep, "deeper than 20"),
        (make_many, "more than 2,000 files or 20 MB"),
        (make_large, "more than 2,000 files or 20 MB"),
        (make_nothing, "holds no file"),
        (make_shop_a_link, "has shop, a link"),
        (make_fixtures_a_link, "fixtures is a link"),
    ],
)
def test_what_cannot_be_placed_is_refused_with_its_line(folder: Path, make: Callable[[Path], None], says: str) -> None:
    put(folder, {"shop/file": b"x"})
    make(folder)
    found = refused(folder)
    assert says in found.message
    assert found.fix
    assert found.quote == "shop"


@pytest.mark.parametrize(
    ("names", "says", "fix"),
    [
        ("[shp]", "there is no fixture shp", "write shop"),
        ("[zzz]", "there is no fixture zzz", "make the file or directory fixtures/zzz"),
        ("[../thing]", "is not the name of a fixture", "name a file or directory"),
        ("[/etc]", "is not the name of a fixture", "name a file or directory"),
        ("[shop/file]", "is not the name of a fixture", "name a file or directory"),
        ("['']", "is not the name of a fixture", "name a file or directory"),
        ("[.]", "is not the name of a fixture", "name a file or directory"),
        ("[..]", "is not the name of a fixture", "name a file or directory"),
        ("[.hidden]", "is not the name of a fixture", "name a file or directory"),
        ('["a\\0b"]', "is not the name of a fixture", ""),
        ("[shop, shop]", "is named twice", "remove one"),
        (f"[{'a' * 300}]", "is not the name of a fixture", ""),
        ("[1]", "fixtures[0] is not text: 1", "write text"),
        ("{shop: 1}", "fixtures is not a list", "write a list"),
    ],
)
def test_a_name_that_is_none_is_told_with_what_to_write(folder: Path, names: str, says: str, fix: str) -> None:
    put(folder, {"shop/file": b"x"})
    write(folder.parent.parent, names)
    found = refused(folder)
    assert says in found.message
    assert fix in found.fix


def test_every_bad_fixture_is_told(folder: Path) -> None:
    put(folder, {"shop/file": b"x"})
    make_pipe(folder)
    write(folder.parent.parent, "\n  - one\n  - shop\n  - two")
    _, found = load_suite(folder.parent.parent, "thing")
    assert [(each.line, each.quote) for each in found] == [(7, "one"), (8, "shop"), (9, "two")]


def test_what_cannot_be_read_is_told(folder: Path) -> None:
    put(folder, {"shop/file": b"x"})
    (folder / "shop" / "file").chmod(0)
    if os.access(folder / "shop" / "file", os.R_OK):
        pytest.skip("this user may read everything")
    assert "cannot be read: Permission denied" in refused(folder).message


def test_a_fixture_that_nobody_uses_is_a_warning(folder: Path) -> None:
    root = folder.parent.parent
    put(folder, {"shop/file": b"x", "old/file": b"x", "older.txt": b""})
    suite, found = load_suite(root, "thing")
    assert len(suite.scenarios) == 1
    assert [(each.rule, each.level, Path(str(each.path)).name) for each in found] == [
        ("Q01", Level.WARNING, "old"),
        ("Q01", Level.WARNING, "older.txt"),
    ]
    (root / "thing" / "broken.yaml").write_text("id: [", encoding="utf-8")
    assert [each.level for each in load_suite(root, "thing")[1]] == [Level.ERROR], "a broken scenario may name it"


def test_fixtures_are_neither_scenarios_nor_suites(folder: Path) -> None:
    root = folder.parent.parent
    put(folder, {"shop/other.yaml": b"id: [", "shop/spec.md": b"# no spec"})
    suite, found = load_suite(root, "thing")
    assert [each.id for each in suite.scenarios] == ["shop"]
    assert found == ()
    stray = orphans(root, load_specs(root))
    assert [Path(str(each.path)).name for each in stray] == ["thing"]


def test_a_fixture_changed_with_the_same_size_is_seen(folder: Path) -> None:
    put(folder, {"shop/a": b"1"})
    assert brought(folder) == {"a": b"1"}
    put(folder, {"shop/a": b"2"})
    assert brought(folder) == {"a": b"2"}


def test_scenarios_share_the_bytes_of_a_fixture(folder: Path) -> None:
    put(folder, {"shop/a": b"x" * 1000})
    write(folder.parent.parent, "[shop]", "other")
    suite, _ = load_suite(folder.parent.parent, "thing")
    one, other = (next(iter(each.fixtures)).content for each in suite.scenarios)
    assert one is other


def test_files_of_the_scenario_lie_over_its_fixtures_and_both_over_the_artifact() -> None:
    artifact = tree({"a": "artifact", "b": "artifact", "c": "artifact"})
    given = Artifact.of([ArtifactFile(PurePosixPath("b"), b"fixture"), ArtifactFile(PurePosixPath("c"), b"fixture")])
    placed = with_files(laid_over(artifact, given), {"c": "file"})
    assert {str(each.path): each.content for each in placed} == {"a": b"artifact", "b": b"fixture", "c": b"file"}


async def test_every_trial_starts_with_the_fixtures_as_they_are(judge, folder: Path) -> None:
    put(folder, {"shop/data": bytes(range(256)) * 9, "shop/bin/tool": b"#!/bin/sh\necho tool\n"})
    (folder / "shop" / "bin" / "tool").chmod(0o755)
    steps = (
        'steps:\n  - run: tool && wc -c < data && echo changed > data\n    expect: {stdout: "tool\\n2304"}\ntrials: 2\n'
    )
    (folder.parent / "shop.yaml").write_text(f"{HEAD}fixtures: [shop]\n{steps}", encoding="utf-8")
    suite, _ = load_suite(folder.parent.parent, "thing")
    job = judge.job(tree({"bin/tool": "#!/bin/sh\necho artifact\n"}))
    evaluation = await evaluate(replace(job, suite=suite), judge.host)
    assert [each.result for each in evaluation.scenarios] == [Result.PASS], evaluation.scenarios[0].evidence


def test_what_a_fixture_holds_is_input_of_the_scenario(folder: Path) -> None:
    (folder.parent / "shop.yaml").write_text(
        f"{HEAD}fixtures: [shop]\nsteps:\n  - run: cat names\n    expect: {{stdout: Szabolcs}}\n", encoding="utf-8"
    )
    put(folder, {"shop/names": b"Szabolcs\n"})
    assert not [each for each in found_of(folder, "What names say.") if each.rule == "Q04"]
    put(folder, {"shop/names": b"\0Szabolcs\n"})
    assert [each.rule for each in found_of(folder, "What names say.")] == ["Q04"]


def test_a_line_of_a_fixture_does_not_stand_in_the_spec(folder: Path) -> None:
    record = "31,Ödön Szabó,1987-04-30,0.10"
    put(folder, {"shop/people.csv": f"id,name,born,rate\n{record}\n".encode(), "shop/big.bin": b"\0" * 100_000})
    assert [each.rule for each in found_of(folder, f"Rows such as {record} are kept.")] == ["C14"]


def found_of(folder: Path, text: str) -> list[Finding]:
    suite, broken = load_suite(folder.parent.parent, "thing")
    assert broken == ()
    read = parse(Path("specs/thing.md"), f"---\nid: thing\n---\n## WHAT\n{text}\n## RULES\n- R1 It is so\n")
    subject = Subject(read, suite=suite)
    wanted = {"Q04", "C14"}
    rules = [rule for family in RULEBOOK for rule in family.rules if rule.id in wanted]
    return [each for rule in rules for each in rule.check(subject)]


@pytest.mark.parametrize("more", ["fixtures: [shop]", "clock: {at: '2026-01-01 09:00'}", "seed: 7", "judge: It is so."])
def test_what_is_staged_otherwise_does_something_else(folder: Path, more: str) -> None:
    put(folder, {"shop/a": b"1"})
    (folder.parent / "shop.yaml").write_text(f"{HEAD}{STEPS}", encoding="utf-8")
    for name, staged in (("other", more), ("third", "")):
        text = f"{HEAD}{staged}\n{STEPS}".replace("id: shop", f"id: {name}")
        (folder.parent / f"{name}.yaml").write_text(text, encoding="utf-8")
    suite, _ = load_suite(folder.parent.parent, "thing")
    subject = Subject(parse(Path("specs/thing.md"), "---\nid: thing\n---\n## RULES\n- R1 It is so\n"), suite=suite)
    said = [each for family in RULEBOOK for rule in family.rules if rule.id == "Q10" for each in rule.check(subject)]
    assert [each.path for each in said if "step by step" in each.message] == [str(folder.parent / "third.yaml")]
