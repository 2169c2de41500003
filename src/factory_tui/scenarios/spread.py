"""How the scenarios of a suite may be spread over sandboxes: what must not meet, and when another one is worth it."""

from collections.abc import Sequence

from factory_tui.model.scenario import Scenario
from factory_tui.scenarios.staging.environment import ports_of

WORTH_S = 0.3
"""What a further sandbox must save at least: making and removing one is not free (decision 0037)."""

_ONE_NETWORK = "the network of this machine"


def kept_apart(scenario: Scenario, *, own_network: bool) -> frozenset[str]:
    """Names of what a scenario needs for itself: two that need the same never run at the same time.

    Args:
        scenario: to be spread.
        own_network: each sandbox has a loopback of its own, so that services in two of them do not meet.
    """
    needed = {each.run for each in scenario.beside if each.shared}
    if not own_network and (scenario.beside or ports_of(scenario)):
        needed.add(_ONE_NETWORK)
    return frozenset(needed)


def worth_another(left: int, lanes: int, seconds: Sequence[float], opening_s: float) -> bool:
    """Whether one more sandbox ends a suite sooner by at least `WORTH_S`, and by no less than it takes to open.

    On a busy machine everything takes longer, opening a sandbox too, so that none is opened to make it busier.

    Args:
        left: scenarios that nobody has begun and that could begin now.
        lanes: sandboxes that work on them already.
        seconds: of every scenario so far; for one that still runs what it has taken, which is the least it will take.
        opening_s: until a sandbox can be used, as the first one showed.
    """
    if not left or not seconds:
        return False
    work = left * sum(seconds) / len(seconds)
    return work / lanes - (work + opening_s) / (lanes + 1) >= max(WORTH_S, opening_s)
