"""How a program gets into a sandbox: a Python that reads its source from stdin before anything else.

Not as an argument: the commands can read the arguments of every process, and these name paths of the host. Not as an
archive either: a sandbox need not have a place to write it that its commands cannot get at.
"""

import inspect
import json
from collections.abc import Mapping, Sequence
from types import ModuleType

from factory_tui.sandbox.inside import (
    archive,
    command,
    database,
    enclose,
    frames,
    ipc,
    processes,
    request,
    runner,
    terminal,
    tree,
)

_LOADER = """\
import json, os, sys, types
def take(size):
    data = b""
    while len(data) < size:
        data += os.read(0, size - len(data)) or os._exit(0)
    return data
modules, config = json.loads(take(int.from_bytes(take(8), "big")))
for name, source in modules:
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(source, name, "exec"), module.__dict__)
module.main(config)
"""
"""Modules come in an order in which each finds those that it imports already loaded."""

ARGUMENTS = ["-I", "-S", "-c", _LOADER]
"""For the interpreter: isolated from environment and directories, and from what is installed."""

_RUNNER = (frames, processes, command, terminal, tree, database, archive, request, ipc, runner)


def runner_parcel(config: Mapping[str, object]) -> bytes:
    """What the loader reads first, to become a runner with this configuration."""
    return _parcel(_RUNNER, config)


def enclosure_parcel(config: Mapping[str, object]) -> bytes:
    """What the loader reads first, to become a runner in a root of its own; see `inside.enclose`."""
    return _parcel((*_RUNNER, enclose), config)


def _parcel(modules: Sequence[ModuleType], config: Mapping[str, object]) -> bytes:
    sources = [(module.__name__, inspect.getsource(module)) for module in modules]
    content = json.dumps([sources, config]).encode()
    return len(content).to_bytes(8, "big") + content
