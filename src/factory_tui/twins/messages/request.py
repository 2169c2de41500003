"""What the twin accepts: the fields of the Messages API, each with its type, and nothing else.

Stricter than the API in one place: roles must alternate. The API joins messages of the same role, and a client
that relies on it has lost track of its history.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, JsonValue, Tag, ValidationError

from factory_tui.ledger import PriceList, UnknownModel
from factory_tui.twins.messages.errors import ApiError, invalid

_MODEL_NAME = re.compile(r"^claude-[a-z0-9][a-z0-9.-]*$")
_MAX_CACHE_MARKS = 4


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class CacheControl(_Strict):
    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] | None = None


class _Block(_Strict):
    cache_control: CacheControl | None = None


class TextBlock(_Block):
    type: Literal["text"]
    text: Annotated[str, Field(min_length=1)]


class ToolUseBlock(_Block):
    type: Literal["tool_use"]
    id: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]+$")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    input: dict[str, JsonValue]


class ToolResultBlock(_Block):
    type: Literal["tool_result"]
    tool_use_id: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]+$")]
    content: str | list[TextBlock] | None = None
    is_error: bool | None = None


class ThinkingBlock(_Strict):
    type: Literal["thinking"]
    thinking: str
    signature: str


class RedactedThinkingBlock(_Strict):
    type: Literal["redacted_thinking"]
    data: str


def _type_of(value: Any) -> str:
    return str(value.get("type")) if isinstance(value, dict) else str(getattr(value, "type", None))


UserBlock = Annotated[
    Annotated[TextBlock, Tag("text")] | Annotated[ToolResultBlock, Tag("tool_result")], Discriminator(_type_of)
]
AssistantBlock = Annotated[
    Annotated[TextBlock, Tag("text")]
    | Annotated[ToolUseBlock, Tag("tool_use")]
    | Annotated[ThinkingBlock, Tag("thinking")]
    | Annotated[RedactedThinkingBlock, Tag("redacted_thinking")],
    Discriminator(_type_of),
]


class UserMessage(_Strict):
    role: Literal["user"]
    content: Annotated[str, Field(min_length=1)] | Annotated[list[UserBlock], Field(min_length=1)]


class AssistantMessage(_Strict):
    role: Literal["assistant"]
    content: Annotated[str, Field(min_length=1)] | Annotated[list[AssistantBlock], Field(min_length=1)]


class BashTool(_Block):
    type: Literal["bash_20250124"]
    name: Literal["bash"]


class EditorTool(_Block):
    type: Literal["text_editor_20250728"]
    name: Literal["str_replace_based_edit_tool"]
    max_characters: Annotated[int, Field(gt=0)] | None = None


class CustomTool(_Block):
    type: Literal["custom"] | None = None
    name: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{1,128}$")]
    description: str | None = None
    input_schema: dict[str, JsonValue]


def _tool_type(value: Any) -> str:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return "custom" if kind is None else str(kind)


AnyTool = Annotated[
    Annotated[BashTool, Tag("bash_20250124")]
    | Annotated[EditorTool, Tag("text_editor_20250728")]
    | Annotated[CustomTool, Tag("custom")],
    Discriminator(_tool_type),
]


class ToolChoice(_Strict):
    type: Literal["auto", "any", "tool", "none"]
    name: str | None = None
    disable_parallel_tool_use: bool | None = None


class Thinking(_Strict):
    type: Literal["enabled", "disabled", "adaptive"]
    budget_tokens: Annotated[int, Field(ge=1024)] | None = None


class OutputConfig(_Strict):
    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None


class Metadata(_Strict):
    user_id: str | None = None


Message = Annotated[
    Annotated[UserMessage, Tag("user")] | Annotated[AssistantMessage, Tag("assistant")],
    Discriminator(lambda value: value.get("role") if isinstance(value, dict) else getattr(value, "role", None)),
]


class CountRequest(_Strict):
    """Body of `POST /v1/messages/count_tokens`."""

    model: Annotated[str, Field(min_length=1)]
    messages: Annotated[list[Message], Field(min_length=1, max_length=100_000)]
    system: str | list[TextBlock] | None = None
    tools: list[AnyTool] = []
    tool_choice: ToolChoice | None = None
    thinking: Thinking | None = None
    output_config: OutputConfig | None = None
    cache_control: CacheControl | None = None


class MessagesRequest(CountRequest):
    """Body of `POST /v1/messages`."""

    max_tokens: Annotated[int, Field(ge=1)]
    stream: bool = False
    stop_sequences: list[str] = []
    metadata: Metadata | None = None
    temperature: Annotated[float, Field(ge=0, le=1)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    top_k: Annotated[int, Field(ge=0)] | None = None
    service_tier: Literal["auto", "standard_only"] | None = None

    @property
    def turn(self) -> int:
        """Which turn is asked for: one more than the answers that the history holds."""
        return 1 + sum(message.role == "assistant" for message in self.messages)


def parse_messages(raw: bytes, prices: PriceList) -> MessagesRequest:
    """The body of a request for a message. Raises `ApiError` in the API's kind of words."""
    try:
        request = MessagesRequest.model_validate_json(raw)
    except ValidationError as error:
        raise _complaint(error) from None
    _check_history(request)
    _check_model(request.model, request.max_tokens, prices)
    return request


def parse_count(raw: bytes, prices: PriceList) -> CountRequest:
    """The body of a request to count tokens. Raises `ApiError`."""
    try:
        request = CountRequest.model_validate_json(raw)
    except ValidationError as error:
        raise _complaint(error) from None
    _check_history(request)
    _check_model(request.model, 0, prices)
    return request


def _complaint(error: ValidationError) -> ApiError:
    """The deepest of the errors: of a union's branches it is the one that was meant."""
    deepest = max(error.errors(include_url=False, include_context=False), key=lambda each: len(each["loc"]))
    if deepest["type"] == "json_invalid":
        return invalid(f"The request body is not valid JSON: {deepest['msg'].removeprefix('Invalid JSON: ')}")
    *inner, last = deepest["loc"] or ("",)
    where = ".".join(str(part) for part in (*(part for part in inner if not _names_a_branch(part)), last))
    message = deepest["msg"]
    if deepest["type"] == "extra_forbidden":
        message = "Extra inputs are not permitted"
    elif deepest["type"] == "missing":
        message = "Field required"
    elif deepest["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        message = re.sub(r" found using \S+", "", message)
    return invalid(f"{where}: {message}" if where else message)


def _names_a_branch(part: int | str) -> bool:
    """Pydantic puts the branch of a union into the place of an error; the API does not."""
    return isinstance(part, str) and (
        "[" in part or part in {"str", "constrained-str", "user", "assistant", "text", "tool_use", "tool_result"}
    )


def _check_history(request: CountRequest) -> None:
    """Roles, and that every tool call has its answer in the next message and every answer its call."""
    if request.messages[0].role != "user":
        raise invalid('messages: first message must use the "user" role')
    seen: set[str] = set()
    asked: tuple[str, ...] = ()
    for index, message in enumerate(request.messages):
        if index and request.messages[index - 1].role == message.role:
            raise invalid(
                f'messages.{index}: roles must alternate between "user" and "assistant", '
                f'but found multiple "{message.role}" roles in a row'
            )
        if message.role == "user":
            _check_results(index, message, asked)
            asked = ()
        else:
            asked = _calls(index, message, seen)
    if asked:
        raise invalid(f"messages.{len(request.messages)}: {_missing_results(asked)}")
    uses_tools = seen or any(isinstance(block, ToolResultBlock) for block in _blocks(request))
    if uses_tools and not request.tools:
        raise invalid("tools: Requests which include `tool_use` or `tool_result` blocks must define tools")
    _check_tools(request)
    _check_marks(request)


def _check_results(index: int, message: UserMessage, asked: tuple[str, ...]) -> None:
    blocks = message.content if isinstance(message.content, list) else []
    results = [block.tool_use_id for block in blocks if isinstance(block, ToolResultBlock)]
    for result in results:
        if result not in asked:
            raise invalid(
                f"messages.{index}.content: unexpected `tool_use_id` found in `tool_result` blocks: {result}. "
                "Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
            )
    if len(set(results)) != len(results):
        raise invalid(f"messages.{index}.content: each tool_use must have a single result")
    missing = tuple(each for each in asked if each not in results)
    if missing:
        raise invalid(f"messages.{index}: {_missing_results(missing)}")
    if any(isinstance(block, ToolResultBlock) for block in blocks[len(results) :]):
        raise invalid(f"messages.{index}.content: `tool_result` blocks must come first")


def _missing_results(ids: tuple[str, ...]) -> str:
    return (
        f"`tool_use` ids were found without `tool_result` blocks immediately after: {', '.join(ids)}. "
        "Each `tool_use` block must have a corresponding `tool_result` block in the next message."
    )


def _calls(index: int, message: AssistantMessage, seen: set[str]) -> tuple[str, ...]:
    ids = [block.id for block in message.content if isinstance(block, ToolUseBlock)]
    for each in ids:
        if each in seen:
            raise invalid(f"messages.{index}.content: `tool_use` ids must be unique: {each}")
        seen.add(each)
    return tuple(ids)


def _blocks(request: CountRequest) -> list[object]:
    return [block for message in request.messages if isinstance(message.content, list) for block in message.content]


def _check_tools(request: CountRequest) -> None:
    names = [tool.name for tool in request.tools]
    if len(set(names)) != len(names):
        raise invalid("tools: Tool names must be unique.")
    choice = request.tool_choice
    if choice is not None and choice.type == "tool" and choice.name not in names:
        raise invalid(f"tool_choice: Tool '{choice.name}' not found in provided tools")


def _check_marks(request: CountRequest) -> None:
    marked = [*_blocks(request), *request.tools, *(request.system if isinstance(request.system, list) else [])]
    marks = sum(getattr(each, "cache_control", None) is not None for each in marked)
    if marks > _MAX_CACHE_MARKS:
        raise invalid(f"A maximum of {_MAX_CACHE_MARKS} blocks with cache_control may be provided. Found {marks}.")


def _check_model(model: str, max_tokens: int, prices: PriceList) -> None:
    """Any Claude by name, and whatever has a price; limits where they are known."""
    try:
        limit = prices.of(model).max_output_tokens
    except UnknownModel:
        if not _MODEL_NAME.match(model):
            raise ApiError("not_found_error", f"model: {model}") from None
        return
    if max_tokens > limit:
        raise invalid(
            f"max_tokens: {max_tokens} > {limit}, which is the maximum allowed number of output tokens for {model}"
        )
