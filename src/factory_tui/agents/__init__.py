"""Agents: who changes the files of a sandbox. The SDK is loaded when a `ModelGateway` is made, not on import."""

from factory_tui.agents.client import load_client
from factory_tui.agents.context import FILE_CAP, ContextError, read_context, read_instructions
from factory_tui.agents.gateway import ModelGateway, RetryPolicy
from factory_tui.agents.hold import LONGEST_HOLD, ProviderHold
from factory_tui.agents.judging import ModelJudge, RecordedJudge, VoteEntry, VoteRecords
from factory_tui.agents.key import ApiKey, KeyUnusable, read_api_key
from factory_tui.agents.native import NativeAgent
from factory_tui.agents.port import Agent, BuildJob, BuildWatch, ContextFile
from factory_tui.agents.readback import ReadBackAgent, ReadBackFailed, ReadBackJob
from factory_tui.agents.wire import ModelCallFailed

__all__ = [
    "FILE_CAP",
    "LONGEST_HOLD",
    "Agent",
    "ApiKey",
    "BuildJob",
    "BuildWatch",
    "ContextError",
    "ContextFile",
    "KeyUnusable",
    "ModelCallFailed",
    "ModelGateway",
    "ModelJudge",
    "NativeAgent",
    "ProviderHold",
    "ReadBackAgent",
    "ReadBackFailed",
    "ReadBackJob",
    "RecordedJudge",
    "RetryPolicy",
    "VoteEntry",
    "VoteRecords",
    "load_client",
    "read_api_key",
    "read_context",
    "read_instructions",
]
