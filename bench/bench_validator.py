"""How fast specs are read and judged: one spec, and a thousand in one pass, against reading the files alone.

The control room judges a spec with its scenarios, the glossary and what earlier versions said: that is `one_ready_ms`.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from factory_tui.model.glossary import Glossary, Term
from factory_tui.model.ids import SpecId
from factory_tui.model.scenario import Suite
from factory_tui.model.spec import Kind
from factory_tui.model.version import Earlier
from factory_tui.scenarios import readiness
from factory_tui.scenarios.reading.load import read_scenario, suite_of
from factory_tui.specs import load_specs, parse, validate
from factory_tui.specs.library import SpecLibrary, spec_paths
from factory_tui.specs.templates.template import packaged

SPECS = 1_000

SCENARIOS = 4
"""Of each spec that is judged with a suite."""

RULES = 12
"""Of each spec: typical for those in this repository, which have 5 to 12."""


def typical_spec(spec_id: str) -> str:
    """About 3 kB that lint clean, with prose, a table, a code fence and a rule for each evaluation item."""
    rules = "\n".join(f"- R{n} If input {n} is no number, then the command must print `bad {n}`." for n in range(RULES))
    checks = "\n".join(
        f"- E{n} (R{n}): given input {n}, when it is a word, then `bad {n}` is seen." for n in range(RULES)
    )
    prose = "The operator keeps a ledger of a shop and closes the day with one command.\n" * 8
    head = f"---\nid: {spec_id}\ntitle: Close the day\nkind: feature\ncategory: crud\nstatus: ready\n"
    more = "target: targets/shop\nbase: main\npriority: 2\ndepends_on: []\nbudget_usd: 1.00\nsetup: []\n---\n"
    inputs = (
        "| name | type | bounds | invalid |\n|---|---|---|---|\n"
        "| FILE | path | 1 to 4096 characters inclusive | missing: code 3 |\n"
    )
    outputs = "One line on standard output.\n\n```console\n$ close\nclosed 12\n```\n\nFailure: exit code 3.\n"
    cases = "- Empty: R1\n- Boundary: R2\n- Duplicate: R3\n- Malformed: R4\n- Dependency down: there is none\n"
    needs = "- Cost: at most 1.00 USD.\n- Security: it writes no file.\n- Compatibility: Python 3.11.\n"
    never = f"- E{RULES} (R{RULES}): given any input, when it is read, then no number is printed.\n"
    answers = {
        "WHAT": prose,
        "WHO": prose,
        "INPUTS": inputs,
        "OUTPUTS": outputs,
        "RULES": f"{rules}\n- R{RULES} The command must never print a number.\n\n### Edge cases\n\n{cases}",
        "EVALUATION": f"{checks}\n{never}",
        "CONSTRAINTS": f"- Performance: at most 2 seconds.\n{needs}\n### Out of scope\n\nUndo.\n",
    }
    return head + more + "\n".join(f"## {question}\n\n{answer}" for question, answer in answers.items())


def typical_suite(spec_id: str) -> Suite:
    """A few scenarios of the spec that lint clean."""
    scenario = (
        "id: word-{n}\ncovers: [{rules}]\nkind: negative\ngiven: A shop\nwhen: Input {n} is a word\n"
        "then: It is called bad\nsteps:\n  - run: close word\n    timeout: 10s\n"
        '    expect: {{exit: 3, stdout: {{contains: "bad `{n}`"}}, stderr: ""}}\n'
    )
    read = [
        read_scenario(
            Path(f"word-{n}.yaml"),
            scenario.format(n=n, rules=", ".join(f"R{rule}" for rule in range(n, RULES + 1, SCENARIOS))).encode(),
            SpecId(spec_id),
        )
        for n in range(SCENARIOS)
    ]
    suite, broken = suite_of(spec_id, read)
    assert not broken, broken
    return suite


def measure() -> dict[str, float]:
    """Milliseconds for one spec, alone and with all that decides whether it is Ready; seconds for `SPECS` (from files,
    cold), and the ratio to reading those files alone.
    """
    library = SpecLibrary(templates={kind: packaged(kind) for kind in Kind})
    text = typical_spec("shop")
    one = _median(lambda: validate(parse(Path("shop.md"), text), library), 50)
    suite = typical_suite("shop")
    older = tuple(
        Earlier(f"{n}", {f"R{rule}": f"it says {rule} in version {n}" for rule in range(3)}) for n in range(5)
    )
    terms = (Term(f"shop term {n}", "what it means") for n in range(50))
    glossary = Glossary({each.name: each for each in terms})
    whole = replace(library, glossary=glossary, earlier={SpecId("shop"): older})
    ready = _median(lambda: readiness(parse(Path("shop.md"), text), whole, suite, ()), 50)
    with tempfile.TemporaryDirectory() as directory:
        workspace = Path(directory)
        (workspace / "specs").mkdir()
        for number in range(SPECS):
            name = f"shop-{number}"
            (workspace / "specs" / f"{name}.md").write_text(typical_spec(name), encoding="utf-8")
        floor = _median(lambda: [path.read_text(encoding="utf-8") for path in spec_paths(workspace)], 3)
        start = time.perf_counter()
        loaded = load_specs(workspace)
        for spec in loaded.specs.values():
            validate(spec, loaded)
        many = time.perf_counter() - start
    return {
        "one_spec_ms": one * 1_000,
        "one_ready_ms": ready * 1_000,
        "thousand_specs_s": many,
        "reading_alone_s": floor,
        "ratio": many / floor,
    }


def _median(action: Callable[[], object], times: int) -> float:
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name}: {value:.3f}")
