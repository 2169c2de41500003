"""Q08: a scenario is proven on the untouched base and on a stub build. Decided where there is a base to run it on.

`factory_tui.scenarios.admission` tries each scenario on both, and `factory_tui.engine` holds the run whose suite has
one that does not do what its `base` says on the base, or that a stub passes.
"""

from factory_tui.model.finding import Level
from factory_tui.scenarios.rules.about import nothing
from factory_tui.specs.rules.rule import Rule

RULES = (
    Rule(
        "Q08",
        Level.ERROR,
        "a scenario that passes before anything is built proves nothing",
        nothing,
        waivable=False,
        requires="`base: fail` fails on the untouched base and `base: pass` passes there; both fail on a stub build",
        decided="while a run is prepared, and by `scenario admit`; a scenario that does otherwise holds the run",
    ),
)
