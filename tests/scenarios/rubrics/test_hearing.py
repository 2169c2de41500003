"""Rubrics in a whole evaluation: judged once every check held, on what the last trial showed."""

from dataclasses import dataclass, field

import pytest

from factory_tui.model.evaluation import Observation, Result
from factory_tui.model.judge_case import JudgeCase
from factory_tui.model.judgement import Ballot, Judgement, Outcome, Quote, Vote
from factory_tui.model.run import HoldReason, Verdict
from factory_tui.scenarios import evaluate
from factory_tui.scenarios.rubrics.observing import ALTOGETHER, EACH, Observer
from factory_tui.scenarios.steps.situation import Shown
from tests.scenarios.conftest import scenario, tree

REFUSES = """
id: refuses
judge: The message says why.
steps:
  - run: echo 'too little money' >&2; exit 3
    expect: {exit: 3}
"""


@dataclass
class Panel:
    """Judges whose word is given; remembers what they were asked."""

    outcome: Outcome = Outcome.UPHELD
    model: str = "a-model"
    asked: list[JudgeCase] = field(default_factory=list)

    async def judge(self, case: JudgeCase) -> Judgement:
        self.asked.append(case)
        ballot = Ballot.MISSES if self.outcome is Outcome.LOWERED else Ballot.MEETS
        vote = Vote(ballot=ballot, reason="So it is.", quotes=(Quote(step=1, what="stderr", text="too little money"),))
        return Judgement(outcome=self.outcome, reason="told", votes=(vote,), quorum=1, model=self.model)


async def test_a_rubric_is_judged_on_what_the_steps_showed(judge):
    panel = Panel()
    found = await evaluate(judge.job(tree({}), scenario(REFUSES)), judge.host, judge=panel)
    (case,) = panel.asked
    assert (found.verdict, found.judge) == (Verdict.PASS, "a-model")
    assert found.scenarios[0].judgement.outcome is Outcome.UPHELD
    assert case.observations == (
        Observation(step=1, what="exit", text="3"),
        Observation(step=1, what="stdout", text=""),
        Observation(step=1, what="stderr", text="too little money\n"),
    )
    assert (case.rubric, case.sentence) == ("The message says why.", "Given g · when w · then t")
    assert (case.spec, case.scenario, case.artifact) == ("thing", "refuses", tree({}).hash)


async def test_what_the_judges_find_wrong_is_evidence_like_any_other(judge):
    found = await evaluate(judge.job(tree({}), scenario(REFUSES)), judge.host, judge=Panel(Outcome.LOWERED))
    (result,) = found.scenarios
    assert (found.verdict, result.result) == (Verdict.FAIL, Result.FAIL)
    (evidence,) = result.evidence
    assert (evidence.step, evidence.check, evidence.expected) == (1, "judge", "The message says why.")
    assert evidence.observed == "step 1 stderr: too little money"


async def test_what_is_in_reserve_is_judged_last_so_that_it_takes_no_vote_from_what_gates(judge):
    panel = Panel()
    texts = [REFUSES.replace("refuses", "a-kept-back\nlayer: reserve"), REFUSES, REFUSES.replace("refuses", "z-last")]
    found = await evaluate(judge.job(tree({}), *map(scenario, texts)), judge.host, judge=panel)
    assert [each.scenario for each in panel.asked] == ["refuses", "z-last", "a-kept-back"]
    assert [each.id for each in found.scenarios] == ["a-kept-back", "refuses", "z-last"]


async def test_what_the_judges_cannot_decide_holds_the_run(judge):
    found = await evaluate(judge.job(tree({}), scenario(REFUSES)), judge.host, judge=Panel(Outcome.INCONCLUSIVE))
    assert (found.verdict, found.hold) == (Verdict.HELD, HoldReason.JUDGE)
    assert found.scenarios[0].result is Result.INCONCLUSIVE
    assert found.reason == "the judges came to no decision about refuses: told"


@pytest.mark.parametrize("outcome", Outcome)
async def test_no_judge_is_asked_where_a_check_failed_so_none_can_raise_a_result(judge, outcome):
    panel = Panel(outcome)
    fails = scenario(REFUSES.replace("expect: {exit: 3}", "expect: {exit: 0}"))
    found = await evaluate(judge.job(tree({}), fails), judge.host, judge=panel)
    assert (found.verdict, found.scenarios[0].result, panel.asked) == (Verdict.FAIL, Result.FAIL, [])
    assert found.judge == ""


async def test_every_trial_has_to_hold_before_a_judge_is_asked_and_the_last_one_is_shown(judge):
    panel = Panel()
    counts = scenario("{judge: r, trials: 3, steps: [{run: 'date +%N'}]}")
    found = await evaluate(judge.job(tree({}), counts), judge.host, judge=panel)
    assert len(panel.asked) == 1
    assert panel.asked[0].observations == found.scenarios[0].trials[-1].observations
    assert [bool(each.observations) for each in found.scenarios[0].trials] == [False, False, True]


async def test_each_result_is_told_once_with_its_judgement(judge):
    told = []

    async def landed(result, done, total):
        told.append((result.id, result.result, done, total))

    passes = scenario("{id: passes, steps: [{run: 'true'}]}")
    job = judge.job(tree({}), scenario(REFUSES), passes)
    await evaluate(job, judge.host, landed, judge=Panel(Outcome.LOWERED))
    assert told == [("passes", Result.PASS, 1, 2), ("refuses", Result.FAIL, 2, 2)]


async def test_without_a_judge_the_checks_alone_decide_as_a_mutation_check_wants_it(judge):
    found = await evaluate(judge.job(tree({}), scenario(REFUSES)), judge.host)
    assert (found.verdict, found.scenarios[0].judgement) == (Verdict.PASS, None)
    assert found.scenarios[0].trials[0].observations == ()


async def test_admission_asks_no_judge(judge):
    (admission,) = await judge.admit({}, scenario(REFUSES.replace("exit 3", "exit 0")))
    assert admission.admitted


async def test_what_ends_the_engine_while_judges_are_heard_is_raised_as_it_is(judge):
    class Gone(Exception):
        pass

    class Broken(Panel):
        async def judge(self, case):
            raise Gone

    with pytest.raises(Gone):
        await evaluate(judge.job(tree({}), scenario(REFUSES)), judge.host, judge=Broken())


async def test_files_and_answers_are_shown_too(judge):
    panel = Panel()
    shows = scenario(
        """
        judge: r
        steps:
          - run: printf 'a\\377b'; printf x > made
          - file: made
            expect: {exists: true}
        """
    )
    await evaluate(judge.job(tree({}), shows), judge.host, judge=panel)
    shown = [(each.step, each.what, each.text) for each in panel.asked[0].observations]
    assert shown == [(1, "exit", "0"), (1, "stdout", "a\ufffdb"), (1, "stderr", ""), (2, "file made", "x")]


def test_what_is_kept_is_bounded_and_what_is_missing_is_counted():
    observer = Observer()
    observer.keep(1, [Shown("stdout", "x" * (EACH + 1234)), Shown("stderr", "e", whole=False)])
    assert [(len(each.text), each.cut) for each in observer.observations] == [
        (EACH, "1,234 more characters"),
        (1, "what the sandbox did not keep"),
    ]
    for step in range(2, 12):
        observer.keep(step, [Shown("stdout", "y" * EACH)])
    assert sum(len(each.text) for each in observer.observations) == ALTOGETHER
    assert observer.observations[-1].cut == f"{EACH:,} more characters"


async def test_a_flood_is_cut_and_said_to_be(judge):
    panel = Panel()
    await evaluate(
        judge.job(tree({}), scenario("{judge: r, steps: [{run: 'yes | head -c 100000'}]}")), judge.host, judge=panel
    )
    assert panel.asked[0].observations[1].cut == "80,000 more characters"
