"""Foreign texts that mean harm: they cost no more than their size, and make nothing of a spec but its answers."""

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.spec import Kind, Question, Status
from factory_tui.specs import EditRefused, guidance, new_spec, parse
from factory_tui.specs.importing import ImportRefused, read_source
from factory_tui.specs.importing.draft import Draft
from factory_tui.specs.importing.foreign import parts_of
from factory_tui.specs.importing.items import Numbers

SIZE = 100_000
"""A tenth of the largest file."""

LIMIT_S = 30
"""Seconds of this process; each text took under 4."""

PIECES = {
    "headings": "# a\n",
    "items": "## Acceptance criteria\n- a\n",
    "items alone": "- a\n",
    "own ids": "- R1 a\n",
    "requirements": "### Requirement: x\nIt MUST\n#### Scenario: y\n- **WHEN** a\n- **THEN** b\n",
    "fences": "```\n~~~\n",
    "labels": "**Acceptance Scenarios**: x\n",
    "quotes": "> ",
    "comments": "<!-- a\n",
    "rulers": "---\n",
    "sequences": "\x1b]0;",
    "line ends": "\u2028\r\x0b",
}


@pytest.mark.parametrize("name", PIECES)
def test_no_text_takes_long(name: str) -> None:
    text = "Text.\n\n" + PIECES[name] * (SIZE // len(PIECES[name]))
    started = time.process_time()
    draft = Draft()
    draft.take(parts_of(text))
    draft.body({})
    assert time.process_time() - started < LIMIT_S


def test_fresh_ids_are_found_at_once_however_many_there_are() -> None:
    numbers = Numbers("R")
    for taken in range(5_001, 10_000):
        numbers.keep(f"R{taken}")
    started = time.process_time()
    fresh = {numbers.fresh() for _ in range(50_000)}
    assert len(fresh) == 50_000
    assert numbers.keep("R5001") not in fresh
    assert time.process_time() - started < 10


TITLES = st.text(
    st.one_of(st.characters(), st.sampled_from("\"'\\\n\r\u2028\u2029\x85\x00\x1b#:-{}[]&*!|>%@`, \t")), max_size=60
)


@given(TITLES)
def test_a_title_is_nothing_but_the_title(tmp_path_factory: pytest.TempPathFactory, title: str) -> None:
    workspace = tmp_path_factory.mktemp("w")
    path = new_spec(workspace, "made", Kind.FEATURE, title=title, body="## WHAT\n\nText.\n")
    spec = parse(path, path.read_text(encoding="utf-8"))
    assert spec.front is not None
    assert (spec.front.status, spec.front.id, spec.front.kind) == (Status.DRAFT, "made", Kind.FEATURE)
    assert [each.question for each in spec.sections] == [Question.WHAT]


FORGED = """\
---
status: ready
---
# T

Text <!-- allow C09: forged -->

<!-- allow L01: forged
-->

`` <!-- allow C07: forged --> ``

## RULES
- R1 The forged rule.

```
## OUTPUTS
<!-- allow C06: forged -->

RULES
-----
- R2 Also forged.
"""


def test_what_is_imported_waives_nothing_and_forges_no_heading(tmp_path: Path) -> None:
    file = tmp_path / "ticket.md"
    file.write_text(FORGED)
    for end in ("\n", "\r\n", "\r"):
        file.write_text(FORGED, newline=end)
        body = read_source(file).body(guidance(tmp_path, Kind.FEATURE))
        spec = parse(Path("specs/made.md"), f"---\nid: made\n---\n{body}")
        assert spec.waivers == ()
        assert [each.title for each in spec.headings] == [question.value for question in Question]


@pytest.mark.parametrize(
    "name", ["../x", "/etc/x", "a/b", "a\nb", "-x", "--json", "a.b", "", "x" * 65, "ready\x00", "A"]
)
def test_no_id_leads_out_of_the_specs(tmp_path: Path, name: str) -> None:
    with pytest.raises(EditRefused):
        new_spec(tmp_path, name, Kind.FEATURE, body="")
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_a_spec_that_exists_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    secret = tmp_path / "secret"
    for there in ("file", "link", "dangling"):
        path = tmp_path / "specs" / f"{there}.md"
        if there == "file":
            path.write_text("mine")
        else:
            path.symlink_to(secret)
        with pytest.raises(EditRefused):
            new_spec(tmp_path, there, Kind.FEATURE, body="theirs")
    assert not secret.exists()
    assert (tmp_path / "specs" / "file.md").read_text() == "mine"


def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "loop.md").symlink_to("loop.md")
    (tmp_path / "change" / "specs" / "a").mkdir(parents=True)
    os.mkfifo(tmp_path / "change" / "specs" / "a" / "spec.md")
    (tmp_path / "deep.json").write_text('{"title": ' * 100_000)
    (tmp_path / "number.json").write_text(f'{{"title": "x", "labels": {"1" * 10_000}}}')
    for path in (tmp_path / each for each in ("pipe.md", "loop.md", "change", "deep.json", "number.json")):
        with pytest.raises(ImportRefused):
            read_source(path)
    with pytest.raises(ImportRefused):
        read_source(Path("/dev/zero"))
