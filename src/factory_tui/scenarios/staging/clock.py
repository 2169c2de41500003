"""The clock of a scenario: the date that its commands see, while everything that measures time goes on as it is.

`datefudge`, preloaded into the commands, moves the date and nothing else. Programs that bring their own C library
(static ones, those written in Go) do not load it and see the real date.
"""

from typing import TYPE_CHECKING

from factory_tui.model.scenario import Clock
from factory_tui.scenarios.matching.matchers import ScenarioFault
from factory_tui.scenarios.staging.moment import moment

if TYPE_CHECKING:
    from factory_tui.sandbox.port import Sandbox

_ASK = """\
for each in /usr/lib/*/datefudge/datefudge.so /usr/lib/datefudge/datefudge.so; do
  if [ -f "$each" ]; then echo "library $each"; break; fi
done
[ "$1" = UTC ] || [ -f "/usr/share/zoneinfo/$1" ] && echo "zone $1"
echo "now $(date +%s)"
"""
"""The sandbox's own time is asked for: a remote engine has a clock of its own."""


async def clock_environment(clock: Clock, sandbox: "Sandbox", call_id: str) -> dict[str, str]:
    """Variables by which commands see the clock, counted from now on.

    Raises:
        ScenarioFault: the sandbox has no program to set the date with, or does not know the time zone.
    """
    argv = ("/bin/sh", "-c", _ASK, "sh", clock.zone)
    from factory_tui.sandbox.port import Exec  # who only reads scenarios loads no sandbox

    result = await sandbox.exec(Exec(argv=argv, call_id=call_id, env={"PATH": sandbox.path}, timeout_s=30.0))
    said = dict(line.partition(" ")[::2] for line in result.stdout.decode(errors="replace").splitlines())
    if "library" not in said:
        raise ScenarioFault(
            "clock: datefudge, which sets the date, is missing in the sandbox; build the image again "
            "(factory-tui image build), or with the local sandbox install the package datefudge"
        )
    if "zone" not in said:
        raise ScenarioFault(
            f"clock: the sandbox knows no time zone {clock.zone}; build the image again (factory-tui image build), or "
            "with the local sandbox install the package tzdata"
        )
    start = int(moment(clock).timestamp())
    given = {"LD_PRELOAD": said["library"], "TZ": clock.zone}
    if clock.frozen:
        return {**given, "DATEFUDGE": str(start), "DATEFUDGE_DOSTATIC": "1"}
    return {**given, "DATEFUDGE": str(int(said["now"]) - start)}
