"""Agents: who changes the files of a sandbox. The native loop and the gateway are imported from their own modules,
`agents.native` and `agents.gateway`, because the latter loads the SDK when it is used."""

from factory_tui.agents.context import ContextError, read_context, read_instructions
from factory_tui.agents.key import ApiKey, KeyUnusable, read_api_key
from factory_tui.agents.port import Agent, BuildJob, BuildWatch, ContextFile

__all__ = [
    "Agent",
    "ApiKey",
    "BuildJob",
    "BuildWatch",
    "ContextError",
    "ContextFile",
    "KeyUnusable",
    "read_api_key",
    "read_context",
    "read_instructions",
]
