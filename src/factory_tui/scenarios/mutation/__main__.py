"""The child of `planning`: an order on standard input, the chosen changes on standard output."""

import resource
import sys

from factory_tui.scenarios.mutation.plan import choose
from factory_tui.scenarios.mutation.planning import Chosen, Order

_MEMORY = 1 << 30
_CPU_SECONDS = 120


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    order = Order.model_validate_json(sys.stdin.buffer.read())
    made = choose(order.sources, order.limit)
    sys.stdout.write(Chosen(changes=made.chosen, candidates=made.candidates).model_dump_json())


if __name__ == "__main__":
    main()
