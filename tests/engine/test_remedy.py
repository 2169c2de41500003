"""What the operator is advised after a failure."""

import pytest

from factory_tui.engine.remedy import remedy_of
from factory_tui.model.failure import FailureClass


@pytest.mark.parametrize("failure_class", [*FailureClass, None])
def test_every_class_names_the_spec_or_the_run(failure_class: FailureClass | None) -> None:
    words = remedy_of(failure_class, "rotate-logs", "r1")
    assert "rotate-logs" in words or "r1" in words
    assert "{" not in words


def test_only_what_the_spec_leaves_open_is_to_be_said_there() -> None:
    silent = {each for each in FailureClass if "leaves open" in remedy_of(each, "s", "r")}
    assert silent == {FailureClass.SPEC_GAP, FailureClass.SPEC_AMBIGUOUS, FailureClass.INCOMPLETE}


def test_a_broken_constraint_is_not_to_be_said_again_in_the_spec_that_broke_it() -> None:
    broken = ("no-packages/lean", "no-packages/nothing-listed")
    words = remedy_of(FailureClass.REGRESSION, "slug", "r1", broken)
    assert words == "retry r1, since no-packages says already what has to hold; or mend no-packages if it asks too much"
    assert "slug" in remedy_of(FailureClass.REGRESSION, "slug", "r1", (*broken, "words-are-joined"))
