"""C15: every broken field of the front matter is named with its line and what to write instead."""

from pathlib import Path

import pytest

from factory_tui.config import Settings
from factory_tui.model.finding import Level
from factory_tui.specs import is_ready, parse
from specs.texts import FRONT, findings, front_text, only, spec_text


def test_a_good_spec_has_no_findings() -> None:
    assert findings(spec_text()) == ()


@pytest.mark.parametrize(
    ("key", "value", "says", "fix"),
    [
        ("id", "Close Day", "characters that an id cannot have", "lower case"),
        ("id", "close-night", "the file is close-day.md", "write id: close-day"),
        ("id", "5", "id is not text", "quotes"),
        ("title", "''", "title is empty", "write what it is"),
        ("title", "[a]", "title is not text", "write text"),
        ("title", f"'{'x' * 201}'", "title is too long", "at most 200"),
        ("kind", "featur", "kind cannot be 'featur'", "write feature"),
        ("kind", "", "kind", "write one of feature, architectural, constraint"),
        ("category", "bug", "category cannot be 'bug'", "bugfix"),
        ("status", "redy", "status cannot be 'redy'", "write ready"),
        ("status", "yes", "status cannot be 'yes'", "draft, ready, parked"),
        ("template", "feature", "template feature is not known", "write template: feature@1"),
        ("template", "fature@1", "template fature@1 is not known", "write template: feature@1"),
        ("target", "''", "target is empty", "write what it is"),
        ("target", "--upload-pack=x", "neither a path nor a URL", "relative to the workspace"),
        ("target", '"a\\nb"', "neither a path nor a URL", "relative to the workspace"),
        ("base", "''", "base is empty", "write what it is"),
        ("base", "-x", "cannot be the name of a branch", "write base: main"),
        ("base", "a..b", "cannot be the name of a branch", "write base: main"),
        ("base", "1.0", "base is not text", "quotes"),
        ("agent", "5", "agent is not text", "quotes"),
        ("priority", "5", "priority is out of bounds: 5", "less than or equal to 4"),
        ("priority", "-1", "priority is out of bounds: -1", "greater than or equal to 0"),
        ("priority", "high", "priority is not a whole number: 'high'", "whole number"),
        ("priority", "true", "priority is not a whole number: true", "whole number"),
        ("priority", "1.5", "priority is not a whole number: 1.5", "whole number"),
        ("depends_on", "other", "depends_on is not a list", "[one, two]"),
        ("depends_on", "[1]", "depends_on[0] is not text", "write text"),
        ("budget_usd", "0", "budget_usd is out of bounds: 0", "greater than 0"),
        ("budget_usd", "-1", "budget_usd is out of bounds: -1", "greater than 0"),
        ("budget_usd", ".inf", "not a usable number", "finite"),
        ("budget_usd", '"2.00"', "budget_usd is not a number: '2.00'", "without quotes"),
        ("deadline_minutes", "soon", "deadline_minutes is not a number: 'soon'", "without quotes"),
        ("deadline_minutes", "0", "deadline_minutes is out of bounds: 0", "greater than 0"),
        ("twins", "[stripe]", "service twins (stripe) cannot be started yet", "twins: []"),
        ("twins", "stripe", "twins is not a list", "[one, two]"),
        ("setup", "make", "setup is not a list", "[one, two]"),
        ("setup", "[make all]", "setup[0] is not a list: 'make all'", "[one, two]"),
        ("setup", "[[]]", "a command needs at least one word", "write [program"),
        ("setup", "[[1]]", "setup[0][0] is not text", "write text"),
        ("id", "!!python/object:os.system x", "the tag", "remove the tag"),
    ],
)
def test_a_broken_field_is_named_with_its_line(key: str, value: str, says: str, fix: str) -> None:
    found = findings(spec_text(front_text(**{key: value})))

    first = next(each for each in found if each.level is Level.ERROR)
    assert first.rule == "C15"
    assert first.section == "front matter"
    assert says in first.message
    assert fix in first.fix
    assert first.line == 2 + list({**FRONT, key: value}).index(key)


@pytest.mark.parametrize("key", ["id", "title", "kind", "category", "target"])
def test_a_missing_field_is_named(key: str) -> None:
    found = only(findings(spec_text(front_text(**{key: None}))))
    assert (found.rule, found.line, found.quote) == ("C15", 1, "")
    assert f"{key} is missing" in found.message
    assert f"`{key}: …`" in found.fix


@pytest.mark.parametrize(
    "key", ["status", "template", "base", "agent", "priority", "depends_on", "budget_usd", "deadline_minutes", "twins"]
)
def test_an_optional_field_may_be_left_out(key: str) -> None:
    assert findings(spec_text(front_text(**{key: None}))) == ()


def test_an_unknown_key_gets_the_nearest_one() -> None:
    found = only(findings(spec_text(front_text(budget="3"))))
    assert found.line == 2 + len(FRONT)
    assert found.quote == "budget: 3"
    assert "there is no key budget" in found.message
    assert found.fix == "write budget_usd"


def test_a_duplicate_key_is_refused() -> None:
    text = spec_text().replace("kind: feature\n", "kind: feature\nkind: constraint\n")
    found = only(findings(text))
    assert (found.line, found.quote) == (5, "kind: constraint")
    assert "the key kind is given twice" in found.message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "there is no front matter"),
        ("## WHAT\n\nx\n", "there is no front matter"),
        ("---\nid: close-day\n## WHAT\n\nx\n", "not closed"),
        ("\n---\nid: close-day\n---\n", "does not start on the first line"),
        ("---\n---\n", "holds no keys"),
        ("---\n- a\n---\n", "holds no keys"),
        ("---\nid: [\n---\n", "not valid YAML"),
        ("---\nid: *x\n---\n", "not valid YAML"),
        ("---\nid:\tx: y\n---\n", "not valid YAML"),
        ("---\nid: a\x07b\n---\n", "control character"),
        ("---\n" + "[" * 5_000 + "\n---\n", "nested too deeply"),
        (
            "---\na: &a [x]\nb: &b [" + "*a," * 99 + "]\nc: &c [" + "*b," * 99 + "]\nd: [" + "*c," * 99 + "]\n---\n",
            "50,000",
        ),
        ("---\na: &a [*a]\n---\n", "deep"),
    ],
)
def test_broken_front_matter_is_one_clear_finding_about_it(text: str, says: str) -> None:
    about_it = [each for each in findings(text) if each.rule == "C15"]
    assert says in about_it[0].message


def test_booleans_are_those_of_yaml_1_2() -> None:
    assert findings(spec_text(front_text(title="yes"))) == ()
    assert "title is not text: true" in only(findings(spec_text(front_text(title="true")))).message


def test_the_file_name_is_checked_too() -> None:
    found = findings(spec_text(), name="Close Day")
    assert any("the file name Close Day.md is no id" in each.message for each in found)


def other(name: str, *needs: str) -> str:
    return spec_text(front_text(id=name, depends_on=f"[{', '.join(needs)}]"))


def test_a_dependency_must_exist_and_the_nearest_is_named() -> None:
    found = only(findings(spec_text(front_text(depends_on="[open-dya]")), other("open-day")))
    assert "there is no spec open-dya" in found.message
    assert found.fix == "write open-day"


def test_an_existing_dependency_is_fine() -> None:
    assert findings(spec_text(front_text(depends_on="[open-day]")), other("open-day")) == ()


def test_a_spec_cannot_depend_on_itself() -> None:
    assert "depends on itself" in only(findings(spec_text(front_text(depends_on="[close-day]")))).message


def test_a_cycle_is_shown_as_a_way() -> None:
    text = spec_text(front_text(depends_on="[b]"))
    found = only(findings(text, other("b", "c"), other("c", "close-day")))
    assert "close-day → b → c → close-day" in found.message


def test_a_cycle_among_others_is_theirs() -> None:
    text = spec_text(front_text(depends_on="[b]"))
    assert findings(text, other("b", "c"), other("c", "b")) == ()


def test_a_template_newer_than_known_only_warns() -> None:
    found = only(findings(spec_text(front_text(template="feature@9"))))
    assert found.level is Level.WARNING
    assert is_ready([found])


def test_an_unknown_profile_is_refused_with_the_nearest() -> None:
    found = only(findings(spec_text(front_text(agent="defualt")), settings=Settings()))
    assert found.fix == "write agent: default"


def test_a_run_without_any_cap_is_an_error_that_can_be_waived() -> None:
    text = spec_text(front_text(budget_usd=None))
    found = only(findings(text, settings=Settings()))
    assert (found.rule, found.level, found.quote) == ("C11", Level.ERROR, "## CONSTRAINTS")
    waived = text.replace("## CONSTRAINTS", "<!-- allow C11: a trial -->\n## CONSTRAINTS")
    assert only(findings(waived, settings=Settings())).level is Level.INFO


def test_a_placeholder_in_the_head_is_found() -> None:
    found = only(findings(spec_text(front_text(title="TBD"))))
    assert (found.rule, found.line, found.column, found.quote) == ("C02", 3, 8, "TBD")


GUARDRAILS = "[{run: [sh, -c, 'true'], message: Keep the layers.}]"


def test_only_an_architectural_spec_declares_guardrails() -> None:
    found = only(findings(spec_text(front_text(guardrails=GUARDRAILS))))
    assert (found.rule, found.level) == ("C15", Level.ERROR)
    assert "move them to an architectural spec" in found.fix
    architectural = front_text(kind="architectural", template="architectural@1", guardrails=GUARDRAILS)
    assert not [each for each in findings(spec_text(architectural)) if "guardrail" in each.message]


def test_a_guardrail_without_a_message_teaches_nothing() -> None:
    head = front_text(kind="architectural", template="architectural@1", guardrails="[{run: ['true']}]")
    assert any(each.rule == "C15" and "message" in each.message for each in findings(spec_text(head)))


def test_guardrails_make_another_version_and_specs_without_any_keep_theirs() -> None:
    plain = parse(Path("close-day.md"), spec_text(front_text(kind="architectural")))
    guarded = parse(Path("close-day.md"), spec_text(front_text(kind="architectural", guardrails=GUARDRAILS)))
    assert plain.hash != guarded.hash
    assert plain.hash == parse(Path("close-day.md"), spec_text(front_text(kind="architectural", guardrails="[]"))).hash
