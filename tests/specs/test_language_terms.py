"""L09 to L13: numbers, names, references, and what belongs elsewhere."""

import pytest

from factory_tui.model.finding import Edit, Level
from specs.language import language, levels

WARNING = Level.WARNING
TABLE = "| name | type | bounds |\n|---|---|---|\n| DAY | integer | {} |"


@pytest.mark.parametrize(
    ("quote", "answers"),
    [
        ("1 to 9", {"INPUTS": TABLE.format("1 to 9")}),
        ("1 to 9 characters", {"INPUTS": TABLE.format("1 to 9 characters")}),
        ("3-30 characters", {"INPUTS": TABLE.format("3-30 characters")}),
        ("3–30 characters", {"INPUTS": TABLE.format("3–30 characters")}),
        ("5 and 10 seconds", {"RULES": "- R1 The command must wait between 5 and 10 seconds."}),
        ("0.5 to 2 MB", {"CONSTRAINTS": "- Performance: 0.5 to 2 MB."}),
        ("5", {"RULES": "- R1 The command must end within 5."}),
        ("30", {"CONSTRAINTS": "- The timeout is 30."}),
        ("100", {"CONSTRAINTS": "- Latency: below 100, always."}),
        ("60", {"CONSTRAINTS": "- Performance: at most 60 for 1000 files."}),
        ("200", {"RULES": "- R1 The command must never take more than 200 of memory."}),
        ("1 to 9", {"INPUTS": "- DAY: 1 to 9.\n- Bounds: 1 to 30 inclusive."}),
    ],
)
def test_a_number_that_is_read_two_ways_is_a_warning(quote: str, answers: dict[str, str]) -> None:
    assert [(each.rule, each.level, each.quote) for each in language(**answers)] == [("L09", WARNING, quote)]


@pytest.mark.parametrize(
    "answers",
    [
        {"INPUTS": TABLE.format("1 to 9 inclusive")},
        {"INPUTS": TABLE.format("1 (inclusive) to 9 (exclusive)")},
        {"INPUTS": TABLE.format("1 to 9").replace("bounds", "bounds (inclusive)")},
        {"INPUTS": TABLE.format("1 to 9") + "\n\nAll bounds are inclusive."},
        {"INPUTS": TABLE.format("`1 to 9`")},
        {"INPUTS": TABLE.format("at least 1, at most 9")},
        {"INPUTS": TABLE.format("a date such as 2024-01-02").replace("such as ", "")},
        {"RULES": "- R1 The command must change the number from 1 to 9."},
        {"RULES": "- R1 The command must print the codes 1 to 9."},
        {"RULES": "- R1 The command must end within 5 seconds."},
        {"RULES": "- R1 The command must end within 5 working days."},
        {"CONSTRAINTS": "- Performance: at most 3 files for 2 calls."},
        {"RULES": "- R1 The command must try at most 3 of the names."},
        {"RULES": "- R1 Sums within 9999.99 must be exact."},
        {"RULES": "- R1 The command must take 2 files and 3 names."},
        {"CONSTRAINTS": "- RFC 3339, ISO 8601-1, page 3-4, room A1-2, version 1.2-3."},
        {"EVALUATION": "- E1 (R1): given 1 to 9 names, when they are read, then `9` is printed."},
    ],
)
def test_a_number_that_is_read_one_way_is_no_finding(answers: dict[str, str]) -> None:
    assert [each for each in language(**answers) if each.rule == "L09"] == []


@pytest.mark.parametrize("name", ["WLO", "DSK", "XQ7", "ABCDEF"])
def test_an_unknown_acronym_is_a_warning_once(name: str) -> None:
    found = language(RULES=f"- R1 The command must ask the {name} twice.\n- R2 The {name} must answer.")
    assert [(each.rule, each.level, each.quote) for each in found] == [("L10", WARNING, name)]


@pytest.mark.parametrize(
    "text",
    [
        "- R1 The command must read JSON over HTTP, a URL in UTF-8, two PDFs and 3 MB of CSV.",
        "- R1 The command MUST print the name ONLY IF the day is open, and NEVER otherwise.",
        "- R1 The command must ask the word limit office (WLO).\n- R2 The WLO must answer.",
        "- R1 The command must ask the WLO (word limit office).",
        "- R1 The command must ask the WLO.\n\nWLO: word limit office.",
        "- R1 The command must ask the WLO, the word limit office.",
        "- R1 The command must ask the WLO.\n\n**WLO** is an office.",
        "- R1 The command must read `WLO`.\n- R2 WLO must hold a date.",
        "- R1 The command must refuse part SC-001, WLO-7, X/WLO/y and WLO_A.",
        "- R1 THISISLONG must be printed by I and by A.",
        "- R1 The command must read $WLO and WLO=3.",
    ],
)
def test_a_name_that_is_known_or_explained_is_no_finding(text: str) -> None:
    assert [each for each in language(RULES=text) if each.rule == "L10"] == []


def test_the_glossary_explains() -> None:
    text = "- R1 The command must ask the WLO for a Change Request.\n- R2 A Change Request must have a number."
    glossary = "- **WLO**: word limit office.\n- **change request**: what is asked for."
    assert {each.quote for each in language(RULES=text)} == {"WLO", "Change Request"}
    assert language(RULES=text, glossary=glossary) == []


def test_the_name_of_an_input_is_explained_by_its_row() -> None:
    assert language(INPUTS=TABLE.format("any").replace("DAY", "WLO"), RULES="- R1 WLO must be a day.") == []


def test_a_term_with_capitals_is_explained_wherever_it_stands() -> None:
    assert levels(language(WHO="Whoever starts it from their Night Runner.")) == {"L10": WARNING}
    assert language(WHO="Whoever starts it from their Night Runner (a program that starts others).") == []


def test_what_is_called_by_a_name_has_no_article() -> None:
    assert language(RULES="- R1 Google Drive must hold it for Monday Morning.\n- R2 Google Drive must answer.") == []


def test_another_name_for_a_term_is_a_warning_with_its_edit() -> None:
    glossary = "- **customer** (not: client, business partner): who pays."
    text = "- R1 Clients and a business\n  partner must pay for the clientele and `client`."
    found = language(RULES=text, glossary=glossary)
    assert [(each.rule, each.level, each.quote, each.fix) for each in found] == [
        ("L11", WARNING, "Clients", "write Customers, as context/glossary.md does"),
        ("L11", WARNING, "business", "write customer, as context/glossary.md does"),
    ]
    line = found[0].line
    assert [each.edit for each in found] == [
        Edit(line=line, column=6, end_line=line, end_column=13, text="Customers"),
        Edit(line=line, column=20, end_line=line + 1, end_column=10, text="customer"),
    ]


def test_the_terms_themselves_are_no_other_name() -> None:
    glossary = "- **customer** (not: client): who pays.\n- **client**: a program."
    assert language(RULES="- R1 The client must ask the customer.", glossary=glossary) == []


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("/home/anna/old.md", "- R1 The command must print what is described in /home/anna/old.md."),
        ("~/notes.txt", "- R1 The command must follow `~/notes.txt`."),
        ("C:\\work\\old.doc", "- R1 The command must print the table, see C:\\work\\old.doc."),
        ("file:///srv/x.md", "- R1 The command must print it (see file:///srv/x.md)."),
        ("specs/no-such.md", "- R1 The command must close days as defined in `specs/no-such.md`."),
        ("scenarios/close-day/a.yaml", "- R1 The command must print it according to scenarios/close-day/a.yaml."),
    ],
)
def test_a_file_that_no_agent_can_open_is_an_error(target: str, text: str) -> None:
    found = [each for each in language("open-day", RULES=text) if each.rule == "L12"]
    assert [(each.level, each.quote.rstrip(".")) for each in found] == [(Level.ERROR, target)]


@pytest.mark.parametrize(
    "text",
    [
        "- R1 The command must print it as described in https://wiki.example.com/x.",
        "- R1 The command must print it, see [the wiki](https://wiki.example.com/x).",
        "- R1 The command must keep to the API documented at https://api.example.com.",
        "- R1 The command must print it like the old tool.",
        "- R1 The command must print it as discussed.",
        "- R1 The command must print it as shown in the mockup.",
    ],
)
def test_what_has_to_be_looked_up_elsewhere_is_a_warning(text: str) -> None:
    assert levels(language(RULES=text)) == {"L12": WARNING}


@pytest.mark.parametrize(
    "text",
    [
        "- R1 The command must print https://example.com/x.",
        "- R1 The command must redirect to https://example.com and read /home/anna/old.md.",
        "- R1 The command must print `see https://example.com/x`.",
        '- R1 The command must print "see /home/anna/x.md".',
        "- R1 Dates must follow https://www.rfc-editor.org/rfc/rfc3339.",
        "- R1 The command must close days as defined in `specs/open-day.md`.",
        "- R1 The command must print what is described in `docs/close.md` of the target.",
        "- R1 The command must never write to /home or below ~/.",
        "- R1 The output must be that of the base, as before.",
    ],
)
def test_data_and_what_can_be_opened_are_no_reference(text: str) -> None:
    assert [each for each in language("open-day", RULES=text) if each.rule == "L12"] == []


def test_what_names_parts_of_a_program_is_a_remark() -> None:
    found = language(WHAT="A command that uses dependency injection and Redis to close a day.")
    assert [(each.rule, each.level, each.quote) for each in found] == [
        ("L13", Level.INFO, "dependency injection"),
        ("L13", Level.INFO, "Redis"),
    ]
    assert language(CONSTRAINTS="- Compatibility: Redis 7.") == []


def test_a_structure_is_described_by_its_parts() -> None:
    assert language(kind="architectural", WHAT="Middleware that uses Redis.") == []
    assert levels(language(kind="architectural", WHAT="A subclass.")) == {"L13": Level.INFO}


def test_remarks_on_one_spec_are_few() -> None:
    assert len(language(WHAT="A singleton, a mutex, a subclass, a getter, a setter and a regex.")) == 3
