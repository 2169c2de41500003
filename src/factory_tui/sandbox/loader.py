"""How a program gets into a sandbox: a Python that reads its source from stdin before anything else.

Not as an argument: the commands can read the arguments of every process, and these name paths of the host.
"""

import inspect
import json
from types import ModuleType
from typing import Any

_LOADER = """\
import json, os, sys
def take(size):
    data = b""
    while len(data) < size:
        data += os.read(0, size - len(data)) or os._exit(0)
    return data
source, config = json.loads(take(int.from_bytes(take(8), "big")))
sys.argv = ["runner", json.dumps(config)]
exec(compile(source, "runner", "exec"), {"__name__": "__main__"})
"""

ARGUMENTS = ["-I", "-S", "-c", _LOADER]
"""For the interpreter: isolated from environment and directories, and from what is installed."""


def parcel(program: ModuleType, config: dict[str, Any]) -> bytes:
    """What the loader reads first: the program's source and its configuration."""
    content = json.dumps([inspect.getsource(program), config]).encode()
    return len(content).to_bytes(8, "big") + content
