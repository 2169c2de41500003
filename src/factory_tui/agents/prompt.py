"""What an agent is told: how it works here, what it works from, and its task. Never a word of a scenario."""

from factory_tui.agents.guardrails import command_of
from factory_tui.agents.history import marked
from factory_tui.agents.port import BuildJob, ContextFile
from factory_tui.agents.wire import Block
from factory_tui.model.evaluation import Feedback
from factory_tui.model.spec import Question, Spec

CONTINUE = "Your answer was cut off at the longest length allowed. Go on, in smaller steps."
NOT_RUN = "Not run: the answer was cut off while this call was being written. Make it again, in smaller pieces."


def system_prompt(job: BuildJob, work: str) -> tuple[Block, ...]:
    """Two blocks: how to work, and the context pack. The second ends the cached prefix."""
    commands = _setup(job.spec) + _guardrails(job)
    rules = _RULES.format(work=work, setup=commands, sections=", ".join(Question))
    if job.instructions.strip():
        rules += f"\n\n# Instructions of this profile\n\n{job.instructions.strip()}"
    return {"type": "text", "text": rules}, marked({"type": "text", "text": _context_pack(job)})


def task_prompt(job: BuildJob) -> str:
    """The spec, and after the first attempt what is known of the one before."""
    parts = [f"# Specification {job.spec.id}: {_title(job.spec)}", _answers(job.spec)]
    if job.attempt > 1 and job.feedback is not None:
        parts.append(_earlier(job.attempt, job.feedback))
    parts.append("Make the files in the work directory satisfy this specification, then stop.")
    return "\n\n".join(parts)


_RULES = """\
You are a software engineer in an unattended factory. You get one specification and a work directory, and you \
change the files in it until the specification is met. Nobody is there to be asked and nobody reads your code: \
the result is judged from outside, by running it.

# How you work

- The work directory is {work}; every command starts there. Deliver in it: everything else is thrown away.
- There is no network. Use what is installed; look before you assume.
- The specification is all there is. Each rule is binding as written. What you can decide from the specification, \
the context and the code, decide: take the plainest reading and keep existing behaviour.
- The result is judged by hidden scenarios that exercise the rules from outside: commands, requests, files. \
They are not in the sandbox. Do not write for guessed checks; satisfy every rule, with its limits and its invalid cases.
- Executable programs go into bin/ of the work directory where the specification names commands.
- Test what you build by running it. Do not weaken, skip or delete tests to make them pass.
- Do not commit: version control is done outside, and .git is dropped.{setup}

# When to stop

Stop when you have run the result and each rule holds. Your last message, without a tool call, ends the work: say \
in a few lines what you did, what you checked by running it, and what you could not do. Claim nothing that you \
did not run.

# When the specification leaves something open

It happens that the result depends on something that neither the specification nor the context nor the code says, \
and that a guess could be wrong in a way that matters. Only then, stop and let your last message, without a tool \
call, end with exactly this block: one line with the question, then two to five lines with the answers you propose, \
the one you would choose first. Your work ends there; it is taken up again when the specification answers.

QUESTION (RULES): <one question, on one line>?
- <an answer>
- <another answer>

In the brackets stands the section of the specification that should say it: {sections}. Ask one question, and \
never about what you can find out by looking or running, nor for leave to do your work."""


def _setup(spec: Spec) -> str:
    if spec.front is None or not spec.front.setup:
        return ""
    commands = "; ".join(" ".join(argv) for argv in spec.front.setup)
    return f"\n- Before the result is judged, this runs once in its root, and must succeed: {commands}"


def _guardrails(job: BuildJob) -> str:
    if not job.guardrails:
        return ""
    commands = "".join(f"\n  - {command_of(each)}" for each in job.guardrails)
    return f"\n- Guardrails of the architecture: these run in it when you stop, and must succeed:{commands}"


def _title(spec: Spec) -> str:
    return spec.front.title if spec.front is not None else str(spec.id)


def _context_pack(job: BuildJob) -> str:
    lines = ["# Context", ""]
    lines += [f"- {file.name}: {_first_line(file)}" for file in job.context]
    lines += [f"- constraint {spec.id}: {_title(spec)}" for spec in job.constraints]
    if len(lines) == 2:
        return "# Context\n\nThere is none beyond the specification."
    parts = ["\n".join(lines)]
    parts += [f"## {file.name}\n\n{file.text.strip()}" for file in job.context]
    parts += [f"## Constraint {spec.id}: {_title(spec)}\n\n{_answers(spec, '###')}" for spec in job.constraints]
    return "\n\n".join(parts)


def _first_line(file: ContextFile) -> str:
    text = next((line.strip("# ").strip() for line in file.text.splitlines() if line.strip("# ").strip()), "(empty)")
    return text[:100]


def _answers(spec: Spec, heading: str = "##") -> str:
    return "\n\n".join(f"{heading} {section.question}\n\n{section.body.strip()}" for section in spec.sections)


def _earlier(attempt: int, feedback: Feedback) -> str:
    lines = [
        f"# Attempt {attempt}",
        "",
        "The work directory holds the result of the attempt before this one, which did not meet the specification.",
        "",
        *_told(feedback),
    ]
    return "\n".join(lines)


def _told(feedback: Feedback) -> list[str]:
    """Only rule ids, statuses and counts: nothing else about an evaluation may reach an agent."""
    if feedback.nothing_delivered:
        return ["It delivered nothing that could be judged."]
    lines = [f"{feedback.passed} of {feedback.total} hidden scenarios passed."]
    if feedback.set_up_failed:
        lines = ["Its set-up commands failed, so nothing could be judged."]
    return lines + [f"- {rule}: {status}" for rule, status in feedback.rules]
