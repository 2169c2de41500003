"""Gherkin files: what of them becomes a scenario to be completed, what is left out, and what is refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.scenario import Layer, ScenarioKind
from factory_tui.scenarios import load_suite
from factory_tui.scenarios.drafting import text_of
from factory_tui.scenarios.drafting.feature import FeatureRefused, Imported, imported, read_feature

FILE = Path("bank.feature")

FULL = """\
# a comment
@R1 @wip
Feature: Withdrawals
  As a customer I want my money.

  Background:
    Given an account with 50.00
    And a card

  @R2 @negative
  Scenario: Too much: 80.00
    When 80.00 are withdrawn
    And the slip is taken
    Then the withdrawal is refused
    But the card comes back

  Rule: R3, R4 Limits of a day
    In words.

    Background:
      Given a limit of 100.00

    @reserve
    Scenario Outline: Several withdrawals of <amount>
      Given these were made
        | amount | at    |
        | 10.00  | 09:00 |
        |<amount>| 10:00 |
      When <amount> is withdrawn
        \"\"\"json
        {"amount": "<amount>",
           "deep": 1}
        \"\"\"
      Then the rest is <rest>

      @limit
      Examples:
        | amount | rest |
        | 20.00  | 20   |

      Examples: others
        | amount | rest |
        | 30.00  | 10   |

  Scenario: Nothing yet
"""

GERMAN = """\
# language: de
Funktionalität: Konto
  Szenario: Größe prüfen
    Angenommen ein Konto
    * noch eines
    Wenn „geprüft“ wird
    Und zwar heute
    Dann ist es groß
"""


def told(text: str) -> Imported:
    return imported(FILE, text)


def test_sentences_are_kept_with_those_of_the_background_and_several_are_joined() -> None:
    first = told(FULL).drafts[0]
    assert first.given == "an account with 50.00; a card"
    assert first.when == "80.00 are withdrawn; the slip is taken"
    assert first.then == "the withdrawal is refused; the card comes back"
    assert first.id == "too-much-80-00"
    assert first.origin == "bank.feature, line 11: Too much: 80.00"


def test_tags_and_rules_become_rules_kind_and_layer() -> None:
    first, second, third = told(FULL).drafts
    assert (first.covers, first.kind, first.layer) == (("R1", "R2"), ScenarioKind.NEGATIVE, Layer.GATE)
    assert (second.covers, second.kind, second.layer) == (("R1", "R3", "R4"), ScenarioKind.LIMIT, Layer.RESERVE)
    assert (third.kind, third.layer) == (ScenarioKind.PRIMARY, Layer.RESERVE)


def test_each_row_of_examples_is_a_scenario_with_its_values_everywhere() -> None:
    _, second, third = told(FULL).drafts
    assert [second.id, third.id] == ["several-withdrawals-of-20-00", "several-withdrawals-of-30-00"]
    assert second.given == "an account with 50.00; a card; a limit of 100.00; these were made"
    assert (second.when, second.then) == ("20.00 is withdrawn", "the rest is 20")
    assert second.notes == (
        "these were made",
        "  | amount | at |",
        "  | 10.00 | 09:00 |",
        "  | 20.00 | 10:00 |",
        "20.00 is withdrawn",
        '  {"amount": "20.00",',
        '     "deep": 1}',
    )


def test_what_is_left_out_is_said() -> None:
    assert told(FULL).left_out == (
        "2 descriptions",
        "1 comment",
        "tags @wip",
        "line 45: Nothing yet, which has no steps",
    )
    assert told(GERMAN).left_out == ()


def test_any_language_of_gherkin_is_read() -> None:
    (draft,) = told(GERMAN).drafts
    assert (draft.given, draft.when, draft.then) == (
        "ein Konto; noch eines",
        "„geprüft“ wird; zwar heute",
        "ist es groß",
    )
    assert (draft.id, draft.covers) == ("groe-prufen", ())


def test_names_that_are_no_id_or_the_same_get_one_of_their_own() -> None:
    text = "# language: ja\n機能: 口座\n  シナリオ: 引き出し\n    前提 口座\n  シナリオ: 引き出し\n    前提 口座\n"
    assert [each.id for each in told(text).drafts] == ["scenario-3", "scenario-5"]
    text = "Feature: f\n  Scenario: one\n    Given x\n  Scenario: One!\n    Given x\n"
    assert [each.id for each in told(text).drafts] == ["one", "one-2"]


def test_what_is_written_is_found_incomplete_for_its_steps_only(tmp_path: Path) -> None:
    (tmp_path / "bank").mkdir()
    for each in told(FULL).drafts:
        (tmp_path / "bank" / f"{each.id}.yaml").write_text(text_of(each), encoding="utf-8")
    suite, findings = load_suite(tmp_path, "bank")
    assert suite.scenarios == ()
    assert {each.message for each in findings} == {"steps is empty, so nothing is tried yet"}


def test_a_scenario_without_rules_lacks_them_too(tmp_path: Path) -> None:
    (tmp_path / "bank").mkdir()
    (draft,) = told(GERMAN).drafts
    (tmp_path / "bank" / f"{draft.id}.yaml").write_text(text_of(draft), encoding="utf-8")
    _, findings = load_suite(tmp_path, "bank")
    assert [each.message for each in findings] == ["covers is empty", "steps is empty, so nothing is tried yet"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Feature: f\n  Scenario: s\n    Given x\n  nonsense\n", "line 4: expected: "),
        ("# language: xx\nFeature: f\n", "line 1: Language not supported: xx"),
        (
            "Feature: f\n  Scenario Outline: s\n    Given <a>\n    Examples:\n      | a | b |\n      | 1 |\n",
            "line 6: inc",
        ),
        ("hello\nyou\n", "(and 1 more)"),
        ("Feature: f\n  Scenario: s\n    Given x\n      \x1b[31m| a\n", "line 4: "),
        ("", "there is no feature in it"),
        ("# only a comment\n", "there is no feature in it"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(FeatureRefused) as refused:
        told(text)
    assert said in refused.value.what
    assert refused.value.todo
    assert "\x1b" not in refused.value.what


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeatureRefused, match="cannot be read"):
        read_feature(tmp_path / "missing.feature")
    binary = tmp_path / "binary.feature"
    binary.write_bytes(b"Feature: f\n\xff\n")
    with pytest.raises(FeatureRefused, match="line 2: it is not UTF-8"):
        read_feature(binary)
    binary.write_bytes(b"#" * 1_000_001)
    with pytest.raises(FeatureRefused, match="larger than"):
        read_feature(binary)
    marked = tmp_path / "marked.feature"
    marked.write_bytes(b"\xef\xbb\xbf" + GERMAN.encode())
    assert len(read_feature(marked).drafts) == 1


def test_a_flood_of_examples_is_refused() -> None:
    rows = "".join(f"      | {number} |\n" for number in range(1001))
    text = f"Feature: f\n  Scenario Outline: s\n    Given <a>\n    Examples:\n      | a |\n{rows}"
    with pytest.raises(FeatureRefused, match="more than 1,000"):
        told(text)


@given(st.lists(st.sampled_from([*FULL.splitlines(), "@x", '"""', "| |", "Examples:", "Rule: r", "\x00", "* a"])))
def test_any_lines_are_read_or_refused(lines: list[str]) -> None:
    try:
        found = told("\n".join(lines))
    except FeatureRefused:
        return
    assert all(text_of(each) for each in found.drafts)
