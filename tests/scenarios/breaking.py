"""A host whose sandboxes run out, and sandboxes that a command can break."""

from factory_tui.sandbox.port import SandboxUnavailable


class BrokenAfter:
    """A host that makes so many sandboxes and then no more; a command `break the sandbox` takes its sandbox away."""

    def __init__(self, host, sandboxes):
        self._host, self._left, self.requests, self.commands = host, sandboxes, [], []

    def __getattr__(self, name):
        return getattr(self._host, name)

    async def create(self, request):
        self.requests.append(request)
        if self._left == 0:
            raise SandboxUnavailable("no engine answers\nstart it")
        self._left -= 1
        return Breakable(await self._host.create(request), self.commands)


class Breakable:
    def __init__(self, sandbox, commands):
        self._sandbox, self._commands = sandbox, commands

    def __getattr__(self, name):
        return getattr(self._sandbox, name)

    async def exec(self, command):
        self._commands.append(command.argv[-1])
        if "break the sandbox" in command.argv[-1]:
            await self._sandbox.destroy()
        return await self._sandbox.exec(command)
