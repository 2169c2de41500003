"""Scenarios to be completed: made of evaluation items, found incomplete until somebody writes their steps."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.scenario import ScenarioKind
from factory_tui.scenarios import load_suite
from factory_tui.scenarios.drafting import Draft, DraftRefused, UnknownItem, new_scenario, skeleton, text_of
from factory_tui.scenarios.drafting.draft import numbered, slug
from factory_tui.scenarios.drafting.item import draft_of
from factory_tui.specs import load_specs, parse

REPOSITORY = Path(__file__).parents[3]

SPEC = parse(
    Path("specs/bank.md"),
    """\
---
id: bank
title: Bank
kind: feature
category: crud
target: targets/bank
---
## OUTPUTS
```console
$ bank withdraw a1 20.00
30.00
```
## RULES
- R1 `bank withdraw` must print the new balance.
- R2 If the amount is larger than the balance, then it must print `refused: AMOUNT` with exit code 3.
- R3 It must answer within 2 seconds.
## EVALUATION
- E1 (R1): given an account with 50.00, when 20.00 are withdrawn, then 30.00 is printed.
- E2 (R2): given an account with 50.00, when 80.00 are withdrawn, then standard error has `refused: 80.00`, exit code 3.
- E3 (R3): given a book of 1000 accounts, when 1.00 is withdrawn, then it takes at most 2 seconds.
- E4 (R1): given an account, when the command is killed and restarted, then the balance is there.
- E5 (R2): an overdraft is asked for and nothing is booked.
- Each of these is tried by hand, too.
""",
)


def test_sentence_rules_and_kind_come_from_the_item() -> None:
    draft = draft_of(SPEC, "E2")
    assert (draft.given, draft.when) == ("An account with 50.00", "80.00 are withdrawn")
    assert draft.then == "Standard error has `refused: 80.00`, exit code 3"
    assert (draft.covers, draft.kind, draft.origin) == (("R2",), ScenarioKind.NEGATIVE, "E2 of bank")
    assert draft.id == "account-with-50-00-standard-error-has-refused"


@pytest.mark.parametrize(
    ("item", "kind"),
    [("E1", "primary"), ("E2", "negative"), ("E3", "limit"), ("E4", "recovery"), ("E5", "negative")],
)
def test_the_kind_is_guessed_from_the_item_and_then_from_its_rules(item: str, kind: str) -> None:
    assert draft_of(SPEC, item).kind == kind


def test_an_item_without_its_three_parts_is_kept_as_what_is_seen() -> None:
    draft = draft_of(SPEC, "E5")
    assert (draft.given, draft.when, draft.then) == ("", "", "An overdraft is asked for and nothing is booked")


def test_what_the_sentence_states_is_in_the_example_steps() -> None:
    _, text = skeleton(SPEC, "E2")
    assert (
        '#   - run: "bank withdraw a1 20.00"\n#     timeout: 5s\n' in text or "- run: bank withdraw a1 20.00\n" in text
    )
    assert '#     expect: {exit: 3, stderr: {contains: "refused: 80.00"}}\n' in text
    _, text = skeleton(SPEC, "E3")
    assert "#     expect: {exit: 0, stdout: {contains: TEXT}, within: 2s}\n" in text
    assert "#     quality: {p95: 2s, times: 20}\n" in text


@pytest.mark.parametrize("item", ["E9", "R1", "", "e1", "E"])
def test_an_item_that_is_not_there_is_refused_with_those_that_are(item: str) -> None:
    with pytest.raises(UnknownItem, match="it has E1, E2, E3, E4, E5"):
        skeleton(SPEC, item)


def test_the_nearest_item_is_named() -> None:
    with pytest.raises(UnknownItem, match=r"did you mean E\d\?"):
        skeleton(SPEC, "E33")


def test_a_spec_without_items_says_how_to_write_one() -> None:
    bare = SPEC.model_copy(update={"sections": ()})
    with pytest.raises(UnknownItem, match=r"- E1 \(R1\): given"):
        skeleton(bare, "E1")


def test_a_fresh_file_is_found_incomplete_and_complete_once_its_steps_are_written(tmp_path: Path) -> None:
    folder = tmp_path / "bank"
    folder.mkdir()
    name, text = skeleton(SPEC, "E2")
    file = folder / f"{name}.yaml"
    file.write_text(text)
    suite, (finding,) = load_suite(tmp_path, "bank")
    assert suite.scenarios == ()
    assert (finding.rule, finding.quote) == ("Q01", "steps:")
    assert finding.message == "steps is empty, so nothing is tried yet"
    assert finding.fix == "write the steps: each does something and says what it expects"

    taken = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("#   ")]
    file.write_text(text + "\n".join(f"  {line.strip()}" if line.startswith("  -") else line for line in taken) + "\n")
    suite, findings = load_suite(tmp_path, "bank")
    assert findings == ()
    (loaded,) = suite.scenarios
    assert loaded.scenario.then == "Standard error has `refused: 80.00`, exit code 3"


def test_every_item_of_the_specs_here_makes_a_skeleton_that_lacks_its_steps_only(tmp_path: Path) -> None:
    made = 0
    for spec in load_specs(REPOSITORY).specs.values():
        for item in spec.evaluation:
            if item.id.startswith("E"):
                path = new_scenario(spec.path, item.id, tmp_path)
                assert path.parent.name == spec.id
                made += 1
        _, findings = load_suite(tmp_path, spec.id)
        assert {each.message for each in findings} <= {"steps is empty, so nothing is tried yet"}
    assert made > 80


def test_a_file_that_exists_is_never_touched(tmp_path: Path) -> None:
    spec = REPOSITORY / "specs" / "link-labels.md"
    path = new_scenario(spec, "E1", tmp_path)
    path.write_text("mine\n")
    with pytest.raises(DraftRefused, match="exists already"):
        new_scenario(spec, "E1", tmp_path)
    assert path.read_text() == "mine\n"
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DraftRefused, match="exists already"):
        new_scenario(spec, "E1", tmp_path)
    assert not (tmp_path / "elsewhere").exists()


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "link-labels").write_text("a file\n")
    with pytest.raises(DraftRefused, match="not a directory"):
        new_scenario(REPOSITORY / "specs" / "link-labels.md", "E1", tmp_path)


@given(st.text(min_size=1, max_size=80), st.lists(st.text(max_size=40), max_size=3))
def test_any_sentence_and_any_note_come_back_as_they_were(sentence: str, notes: list[str]) -> None:
    import tempfile

    plain = " ".join("".join(each for each in sentence if each.isprintable()).split()) or "x"
    draft = Draft("a-name", "E1 of x", plain, plain, plain, ("R1",), notes=tuple(notes))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "x"
        folder.mkdir()
        (folder / "a-name.yaml").write_text(text_of(draft) + "  - run: 'true'\n", encoding="utf-8")
        suite, findings = load_suite(Path(place), "x")
    assert findings == ()
    (loaded,) = suite.scenarios
    said = loaded.scenario
    assert (said.given, said.when, said.then, len(said.steps)) == (plain, plain, plain, 1)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("An account with 50.00", "account-with-50-00"),
        ("80000 bookings", "bookings"),
        ("Über Öl & Größe", "uber-ol-groe"),
        ("口座", ""),
        ("12 34", ""),
        ("x" * 200, "x" * 60),
    ],
)
def test_an_id_is_made_of_the_first_words(text: str, name: str) -> None:
    assert slug(text) == name


def test_names_are_given_once() -> None:
    assert numbered(["a", "b", "a", "a-2", "a"]) == ["a", "b", "a-2", "a-2-2", "a-3"]
