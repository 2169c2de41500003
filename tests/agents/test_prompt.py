"""What an agent is told, and what it must never be told."""

from pathlib import Path

import pytest

from factory_tui.agents import ContextError, ContextFile, read_context, read_instructions
from factory_tui.agents.context import FILE_CAP
from factory_tui.agents.history import KEPT_MESSAGES, History, tool_result
from factory_tui.agents.prompt import system_prompt, task_prompt
from factory_tui.config import Profile
from factory_tui.model.evaluation import Feedback, RuleStatus
from tests.agents.conftest import a_job, a_spec


def text_of(blocks: tuple) -> str:
    return "\n".join(block["text"] for block in blocks)


def test_the_rules_name_the_work_directory_the_network_and_the_end() -> None:
    text = text_of(system_prompt(a_job("bank"), "/somewhere"))
    for words in ("/somewhere", "no network", "hidden scenarios", "Stop when"):
        assert words in text


def test_the_context_pack_is_a_map_and_then_the_documents() -> None:
    job = a_job(
        "bank",
        context=(ContextFile("glossary.md", "# Words\n\nAn account holds money."),),
        constraints=(a_spec("no-floats"),),
    )
    text = text_of(system_prompt(job, "/work"))
    listed = text.index("- glossary.md: Words")
    assert listed < text.index("- constraint no-floats: Title of no-floats") < text.index("An account holds money.")
    assert "Answer to RULES of no-floats." in text
    assert "Answer to RULES of bank." not in text, "the task has its own place"


def test_instructions_of_the_profile_come_after_ours() -> None:
    text = text_of(system_prompt(a_job("bank", instructions="Prefer small files."), "/work"))
    assert text.index("When to stop") < text.index("Prefer small files.")


def test_the_task_is_the_spec_with_all_its_answers() -> None:
    text = task_prompt(a_job("bank"))
    assert text.startswith("# Specification bank: Title of bank")
    for question in ("WHAT", "WHO", "INPUTS", "OUTPUTS", "RULES", "EVALUATION", "CONSTRAINTS"):
        assert f"## {question}\n\nAnswer to {question} of bank." in text
    assert "Attempt" not in text


def test_set_up_commands_are_offered() -> None:
    job = a_job("bank", spec=a_spec("bank", setup=(("pip", "install", "."),)))
    assert "this runs once in its root, and must succeed: pip install ." in text_of(system_prompt(job, "/work"))


@pytest.mark.parametrize(
    ("feedback", "words"),
    [
        (Feedback(rules=(), passed=0, total=5), "which did not meet the specification"),
        (Feedback(rules=(), passed=0, total=5, nothing_delivered=True), "delivered nothing"),
        (Feedback(rules=(), passed=0, total=5, set_up_failed=True), "set-up commands failed"),
        (
            Feedback(rules=(("R1", RuleStatus.PARTLY),), passed=2, total=5),
            "2 of 5 hidden scenarios passed.\n- R1: partly",
        ),
    ],
)
def test_a_later_attempt_hears_of_the_one_before(feedback: Feedback, words: str) -> None:
    assert words in task_prompt(a_job("bank", attempt=2, feedback=feedback))


def test_an_attempt_that_finds_no_earlier_work_is_told_of_none() -> None:
    """As after a hold, when it begins from the base again."""
    assert "Attempt" not in task_prompt(a_job("bank", attempt=2, feedback=None))


def test_documents_are_read_in_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "context").mkdir()
    for name in ("standards.md", "glossary.md", "notes.txt", ".hidden.md"):
        (tmp_path / "context" / name).write_text(f"text of {name}\r\n", encoding="utf-8", newline="")
    assert [file.name for file in read_context(tmp_path)] == ["glossary.md", "standards.md"]
    assert read_context(tmp_path)[0].text == "text of glossary.md\n"


def test_no_library_is_no_error(tmp_path: Path) -> None:
    assert read_context(tmp_path) == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\xff", "not UTF-8 at byte 0"), (b"x" * (FILE_CAP + 1), "larger than 128 KiB")],
    ids=["binary", "huge"],
)
def test_a_document_that_cannot_be_used_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "context").mkdir()
    (tmp_path / "context" / "product.md").write_bytes(content)
    with pytest.raises(ContextError, match=words) as refused:
        read_context(tmp_path)
    assert "product.md" in str(refused.value)


def test_a_directory_is_no_document(tmp_path: Path) -> None:
    (tmp_path / "context" / "product.md").mkdir(parents=True)
    with pytest.raises(ContextError, match="cannot be read"):
        read_context(tmp_path)


def test_a_library_that_is_too_large_as_a_whole_is_refused(tmp_path: Path) -> None:
    (tmp_path / "context").mkdir()
    for number in range(5):
        (tmp_path / "context" / f"{number}.md").write_bytes(b"x" * FILE_CAP)
    with pytest.raises(ContextError, match="640 KiB together"):
        read_context(tmp_path)


def test_instructions_are_read_from_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "careful.md").write_text("Take care.", encoding="utf-8")
    assert read_instructions(tmp_path, Profile(system="careful.md")) == "Take care."
    assert read_instructions(tmp_path, Profile()) == ""
    with pytest.raises(ContextError, match="not found"):
        read_instructions(tmp_path, Profile(system="missing.md"))


def a_history(turns: int) -> History:
    history = History()
    history.say("the task " * 100)
    for turn in range(turns):
        call = {"type": "tool_use", "id": f"t{turn}", "name": "bash", "input": {"command": "x" * 1000, "n": 1}}
        history.hear((call,))
        history.answer([tool_result(f"t{turn}", "y" * 1000)])
    return history


def test_compaction_keeps_the_task_the_newest_messages_and_every_pair() -> None:
    history = a_history(20)
    before = list(history.to_send())
    assert history.compact()
    after = list(history.to_send())
    assert after[0] == before[0]
    assert after[-KEPT_MESSAGES:] == before[-KEPT_MESSAGES:]
    assert len(str(after)) < len(str(before)) / 2
    for old, new in zip(before, after, strict=True):
        assert old["role"] == new["role"]
        assert [each.get("id", each.get("tool_use_id")) for each in old["content"]] == [
            each.get("id", each.get("tool_use_id")) for each in new["content"]
        ]
    assert not history.compact(), "a second time there is nothing left to drop"


def test_a_short_history_has_nothing_to_drop() -> None:
    assert not a_history(4).compact()
