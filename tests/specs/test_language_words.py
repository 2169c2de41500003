"""L01 to L03, L05 and L06: words without a measure, ways out, open lists, quantities without a bound, comparisons."""

import pytest

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Question
from specs.language import language, levels, places

ERROR, WARNING = Level.ERROR, Level.WARNING


@pytest.mark.parametrize(
    ("rule", "words", "text"),
    [
        ("L01", "quickly", "- R1 The command must quickly print the report."),
        ("L01", "user-friendly", "- R1 The command must print a user-friendly text."),
        ("L01", "user friendly", "- R1 The command must print a user friendly text."),
        ("L01", "Intuitive", "- R1 Intuitive names must be chosen for all options."),
        ("L01", "as soon as possible", "- R1 The command must stop as soon as possible."),
        ("L01", "efficiently", "1. R1 The command must efficiently sort the names."),
        ("L01", "in a timely manner", "| id | rule |\n|---|---|\n| R1 | The mail must leave in a timely manner. |"),
        ("L02", "if possible", "- R1 The command must keep the old file, if possible."),
        ("L02", "Where possible", "- R1 Where possible, the command must keep the old file."),
        ("L02", "as appropriate", "- R1 The command must name the file or the folder as appropriate."),
        ("L02", "to the extent possible", "- R1 The command must, to the extent possible, keep the order."),
        ("L03", "etc.", "- R1 The command must refuse letters, signs, etc."),
        ("L03", "and so on", "- R1 The command must refuse letters, signs and so on."),
        (
            "L03",
            "including but not limited to",
            "- R1 The command must log events, including but not limited to starts.",
        ),
        ("L05", "several", "- R1 The command must keep several copies."),
        ("L05", "several", "- R1 After several bad words the account must be locked."),
        ("L05", "a few", "- R1 The command must try a few times."),
        ("L05", "a lot of", "- R1 The command must take a lot of files."),
        ("L05", "many", "- R1 The command must take many files."),
    ],
)
def test_a_rule_with_such_a_word_is_an_error(rule: str, words: str, text: str) -> None:
    found = language(RULES=text)
    assert [(each.rule, each.level, each.quote) for each in found] == [(rule, ERROR, words)]
    assert found[0].section == "RULES"
    assert found[0].fix


@pytest.mark.parametrize("question", ["RULES", "OUTPUTS", "EVALUATION", "CONSTRAINTS"])
def test_what_is_built_or_judged_may_not_be_vague(question: str) -> None:
    item = {"RULES": "- R1 ", "EVALUATION": "- E1 (R1): "}.get(question, "- ")
    assert levels(language(**{question: f"{item}The result comes quickly."})) == {"L01": ERROR}


@pytest.mark.parametrize(
    "text",
    [
        "- R1 The command must end quickly, within 2 seconds.",
        "- R1 The command must quickly print `done`.",
        "- The answer `done` comes quickly.",
        '- R1 The command must quickly print "done".',
        "- R1 The command must quickly print one of red and green.",
        "- R1 The command must quickly end, for example by a signal.",
        "- R1 The command must quickly close the till.",
        "- R1 The command must quickly close the cash book.",
        "- R1 The command must quickly try twice.",
    ],
)
def test_a_number_a_choice_an_example_or_a_term_makes_it_a_warning(text: str) -> None:
    found = language(RULES=text, glossary="- **till**: where money lies.\n- **cash book**: a list.")
    assert levels(found) == {"L01": WARNING}


def test_the_id_of_an_item_is_no_number() -> None:
    assert levels(language(EVALUATION="- E12 (R1, R3): given R2, when it is asked, then it answers quickly.")) == {
        "L01": ERROR
    }


def test_what_is_said_of_people_is_left_alone() -> None:
    assert language(WHO="Whoever wants to be home quickly, with several friends, if possible faster, etc.") == []


def test_what_is_out_of_scope_is_left_alone_but_for_an_open_list() -> None:
    assert language(CONSTRAINTS="None.\n\n### Out of scope\n\n- Faster sorting, several files, a nicer page.") == []
    assert levels(language(CONSTRAINTS="None.\n\n### Out of scope\n\n- Sorting, pages, etc.")) == {"L03": WARNING}


def test_the_name_of_who_acts_is_no_value() -> None:
    assert levels(language(RULES="- R1 If `FILE` is there, then `close` must print a couple of lines.")) == {
        "L05": ERROR
    }


def test_in_what_only_the_plain_cases_are_named() -> None:
    assert levels(language(WHAT="A user-friendly command.")) == {"L01": WARNING}
    assert language(WHAT="A command that answers at once and normally keeps several files.") == []


@pytest.mark.parametrize(
    "text",
    [
        "- R1 The command must print `quickly`.",
        '- R1 The command must print "etc.".',
        "- R1 The command must print “several”.",
        "- R1 The command must print:\n\n  ```\n  fast etc.\n  ```",
        "- R1 The command must never read /etc/passwd or fast/slow.txt.",
        "- R1 The option --fast must be refused.",
        "- R1 The command must fail fast.",
        "- R1 The command must print as many lines as it reads.",
        "- R1 The command must print how many lines it reads.",
        "- R1 The table must be one-to-many.",
        "- R1 The command must print one of many names.",
        "- R1 If several lines match, then the command must print the first.",
        "- R1 When many requests come, the service must answer status 429.",
        "- R1 When possible answers are listed, the command must number them.",
        "- R1 The command must print what is required by the law.",
        "- R1 The command must be faster than the base.",
        "- R1 Python 3.11 or later must run it, the better of the two.",
        "- R1 The command must refuse a bad name (such as an empty one).",
        "- R1 The command must print more than it reads.",
        "- R1 The breakfast must be served in a fasting house.",
    ],
)
def test_words_that_are_exact_are_no_finding(text: str) -> None:
    assert [each for each in language(RULES=text) if each.rule in ("L01", "L02", "L03", "L05", "L06")] == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("L01", "- R1 The command must print an appropriate text."),
        ("L02", "- R1 The command must make the folder if needed."),
        ("L02", "- R1 The command must usually print the name."),
        ("L03", "- R1 The command must refuse signs such as a dash."),
        ("L05", "- R1 The command must take multiple files."),
        ("L05", "- R1 The command must look for files periodically."),
        ("L06", "- R1 The command must be faster."),
        ("L06", "- R1 The page must be more readable."),
        ("L06", "- R1 The cent must go to the better one."),
    ],
)
def test_what_is_often_exact_is_a_warning(rule: str, text: str) -> None:
    assert levels(language(RULES=text)) == {rule: WARNING}


def test_a_way_out_is_an_error_in_rules_only() -> None:
    assert levels(language(OUTPUTS="The name of the file, if possible.")) == {"L02": WARNING}
    assert levels(language(RULES="- R1 It keeps 3 copies, if possible.")) == {"L02": ERROR}


def test_the_place_is_that_of_the_word_wherever_its_item_goes_on() -> None:
    text = "- R1 The command must print\n  all names, and all\n  of them user-friendly and\n  quickly."
    assert places(language(RULES=text), text) == ["user-friendly", "quickly"]


def test_a_phrase_may_go_on_in_the_next_line() -> None:
    found = language(RULES="- R1 The command must print the names as soon\n  as possible.")
    assert [(each.quote, each.column) for each in found] == [("as soon", 39)]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_move_nothing(ends: str) -> None:
    text = "- R1 The command must print\n  café names quickly."
    assert [(each.quote, each.column) for each in language(RULES=text, ends=ends)] == [("quickly", 14)]


def test_a_list_of_hundreds_is_cut() -> None:
    found = language(RULES="- R1 The command must be " + "quickly " * 1000)
    assert len(found) == 5


def test_every_finding_says_what_to_write_instead() -> None:
    found = language(RULES="- R1 The command must quickly keep several copies, if possible, etc.")
    assert {each.rule for each in found} == {"L01", "L02", "L03", "L05"}
    assert all(len(each.fix) > 10 and each.quote in each.message for each in found)


@pytest.mark.parametrize(
    "text",
    [
        "- R1 Das Programm muss die Datei schnell lesen, wenn möglich, usw. etc. und mit dem Rest optimal umgehen.",
        "- R1 Le programme doit lire le fichier vite, si possible, etc. et imprimer les noms pour une page modern.",
        "- R1 El programa debe leer el archivo etc. y los nombres de una lista para el cliente, normal.",
        "- R1 Het programma moet het bestand lezen, etc. en wordt niet voor een ander gebruikt.",
        "- R1 プログラムはファイルを読む。fast etc. という名前を印刷する。",
        "- R1 Программа должна читать файл, etc. и печатать fast имена.",
    ],
)
def test_another_language_is_left_alone(text: str) -> None:
    assert language(RULES=text) == []


def test_one_english_section_among_others_is_read() -> None:
    german = "Das Programm liest die Datei und druckt eine Liste, die der Benutzer dann nicht von Hand schreibt."
    found = language(WHAT=german, WHO=german, RULES="- R1 The command must quickly print the report.")
    assert levels(found) == {"L01": ERROR}


def test_names_from_elsewhere_leave_a_text_english() -> None:
    found = language(RULES="- R1 The command for Müller und Söhne must quickly print the café's name.")
    assert levels(found) == {"L01": ERROR}


def test_an_agents_question_is_not_the_specs_word() -> None:
    asked = (
        "- R1 The command must end.\n\n### Answered questions\n\n- Question: How quickly, if possible?\n  Answer: {}"
    )
    assert language(RULES=asked.format("within 2 seconds.")) == []
    assert levels(language(RULES=asked.format("quickly."))) == {"L01": WARNING}


def test_a_line_of_the_template_is_not_judged() -> None:
    assert language(RULES="- R1 <what must quickly happen, if possible, etc.>") == []


@pytest.mark.parametrize("question", list(Question))
def test_a_section_without_an_answer_has_no_finding(question: Question) -> None:
    assert language(**{question: ""}) == []


def test_a_waiver_takes_the_word() -> None:
    found: list[Finding] = language(RULES="- R1 The command must end quickly. <!-- allow L01: the law says so -->")
    assert levels(found) == {"L01": Level.INFO}
