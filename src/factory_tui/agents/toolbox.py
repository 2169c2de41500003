"""The tools an agent has: names, inputs checked, executed in the sandbox. Nothing here runs on the host."""

import posixpath
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from factory_tui.agents.bash import BashInput, BashSession
from factory_tui.agents.editor import NAME as EDITOR
from factory_tui.agents.editor import Editor, EditorInput
from factory_tui.agents.tool import ToolOutcome, ToolRefused
from factory_tui.agents.wire import Block, ToolCall
from factory_tui.sandbox.port import Sandbox

TOOLS: tuple[Block, ...] = (
    {"type": "bash_20250124", "name": "bash"},
    {"type": "text_editor_20250728", "name": EDITOR},
)
"""As the API wants them; their schemas are part of the models."""

_EDITOR_INPUT: TypeAdapter[EditorInput] = TypeAdapter(EditorInput)
_SUMMARY_CAP = 200


@dataclass(slots=True)
class Toolbox:
    sandbox: Sandbox
    bash: BashSession
    editor: Editor

    @classmethod
    def of(cls, sandbox: Sandbox) -> "Toolbox":
        return cls(sandbox, BashSession(sandbox), Editor(sandbox))

    async def use(self, call: ToolCall, call_id: str, longest_s: float) -> ToolOutcome:
        """Carry out one call; what is wrong with it is an answer to the model, never an exception.

        Raises:
            SandboxLost: the sandbox is gone.
        """
        try:
            if call.name == "bash":
                return await self.bash.run(BashInput.model_validate(call.input), call_id, longest_s)
            if call.name == EDITOR:
                return await self.editor.run(_EDITOR_INPUT.validate_python(call.input), call_id)
            raise ToolRefused(f"There is no tool named {call.name[:100]!r}. The tools are bash and {EDITOR}.")
        except ValidationError as error:
            return _refusal(f"Invalid input for {call.name}: {_complaint(error)}")
        except ToolRefused as refusal:
            return _refusal(str(refusal))


def summary(call: ToolCall) -> str:
    """One line for the log: the command, or what is done to which file. Foreign text."""
    if call.name == "bash":
        line = "restart" if call.input.get("restart") else str(call.input.get("command", ""))
    elif call.name == EDITOR:
        path = posixpath.normpath(str(call.input.get("path", "")))
        line = f"{call.input.get('command', '')} {path}"
    else:
        line = f"{call.name} {call.input}"
    folded = " ".join(line[: 4 * _SUMMARY_CAP].split())
    return folded if len(folded) <= _SUMMARY_CAP else folded[: _SUMMARY_CAP - 1] + "…"


def _refusal(text: str) -> ToolOutcome:
    return ToolOutcome(text, ok=False, is_error=True)


def _complaint(error: ValidationError) -> str:
    each = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(_one(str(".".join(str(part) for part in item["loc"])), item["msg"]) for item in each[:5])


def _one(place: str, message: str) -> str:
    return f"{place}: {message}" if place else message
