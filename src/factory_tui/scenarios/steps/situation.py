"""What a step is carried out in, and what it leaves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from factory_tui.model.step import Step
from factory_tui.sandbox.port import Exec, ExecResult, Sandbox
from factory_tui.scenarios.matching.captures import UnusableCapture, Variables, environment, filled
from factory_tui.scenarios.matching.matchers import Mismatch, ScenarioFault
from factory_tui.scenarios.matching.values import cut
from factory_tui.scenarios.quality.reading import Reading
from factory_tui.scenarios.staging.placing import is_inside

RUN_SECONDS = 30.0
"""Timeout of a command that names none."""

HTTP_SECONDS = 10.0
"""Timeout of a request that names none."""

OUTPUT_CAP = 1 << 20
"""Bytes of output, file or body that a check looks at. Beyond it a check fails: nothing may be concluded."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A trial on its way: where, with which variables."""

    sandbox: Sandbox
    env: dict[str, str]
    """Environment of commands, without the variables."""
    variables: Variables
    new_call_id: Callable[[], str]

    def command(self, text: str, timeout_s: float, stdin: str = "") -> Exec:
        """Shell text as a command; variables are handed over in the environment only."""
        return Exec(
            argv=["/bin/sh", "-c", text],
            call_id=self.new_call_id(),
            stdin=stdin.encode(),
            env={**self.env, **environment(self.variables)},
            timeout_s=timeout_s,
            output_cap=OUTPUT_CAP,
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """One text that a step let be seen, for the judge of a rubric. Whole: the trial cuts it."""

    what: str
    """`exit`, `stdout`, `stderr`, `status`, `body`, `screen`, `rows` or `file PATH`."""
    text: str
    whole: bool = True
    """False when the sandbox kept less than there was."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step showed."""

    mismatches: list[Mismatch]
    captures: dict[str, JsonValue] = field(default_factory=dict)
    shown: Sequence[Shown] = ()
    """Everything of it that a reader could judge, whether a check looked at it or not."""
    readings: Sequence[Reading] = ()
    """Qualities beside what it does; those that were missed are no mismatches."""


def timeout_of(step: Step) -> float:
    """Seconds that the step's action may take."""
    if step.timeout is None and step.tui is not None:
        return RUN_SECONDS + sum(each.within for each in step.tui.do if each.see is not None)
    return step.timeout or (HTTP_SECONDS if step.kind == "http" else RUN_SECONDS)


def text_of(data: bytes) -> str:
    """Bytes as text; what is not UTF-8 becomes U+FFFD, so it can equal nothing that a scenario writes."""
    return data.decode("utf-8", errors="replace")


def printed(result: ExecResult) -> str:
    """The end of what a command printed, for evidence."""
    parts = [("stderr", text_of(result.stderr).strip()), ("stdout", text_of(result.stdout).strip())]
    return "\n".join(f"{name}: {cut(text[-800:])}" for name, text in parts if text)


def inside(template: str, variables: Variables) -> str:
    """The path that `template` stands for, inside the work directory.

    Raises:
        ScenarioFault: as written it is absolute, empty, or has `..`.
        UnusableCapture: a captured value leads it outside.
    """
    if not is_inside(template):
        raise ScenarioFault(f"{template!r} is not a path inside the work directory; write a relative one without ..")
    path = filled(template, variables)
    if not is_inside(path):
        raise UnusableCapture(Mismatch("capture in a path", "a path inside the work directory", cut(path)))
    return path
