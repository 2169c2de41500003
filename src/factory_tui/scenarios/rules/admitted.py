"""Q08: a scenario is proven on the untouched base. Decided while a run is prepared, where there is a base to run it on.

`factory_tui.scenarios.admission` runs each scenario there, and `factory_tui.engine` holds the run whose suite has one
that does not do what its `base` says: `base: fail` fails there, `base: pass` passes there.
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
        requires="on the untouched base, `base: fail` fails and `base: pass` passes there but not on a stub",
        decided="while a run is prepared, and by `scenario admit`; a scenario that does otherwise holds the run",
    ),
)
