"""What a stub build is made of."""

from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.artifact import EMPTY, Artifact, ArtifactFile
from factory_tui.scenarios.admission.stub import NOTHING, stub_of
from tests.scenarios.conftest import scenario, tree

SHELL = frozenset({"cat", "test", "if", "then", "fi"})


def files(artifact: Artifact) -> dict[str, bytes]:
    return {str(each.path): each.content for each in artifact}


def runs(text: str):
    return scenario("{}", steps=[{"run": text}])


def test_every_file_of_the_base_is_emptied_and_its_programs_do_nothing():
    base = tree({"bin/bank": "#!/bin/sh\necho 5\n", "bank.py": "print(5)\n", "data/rates.csv": "1,2\n"})
    stub = stub_of(base, runs("bank"), SHELL)
    assert files(stub) == {"bin/bank": NOTHING, "bank.py": b"", "data/rates.csv": b""}
    assert [each.executable for each in stub] == [each.executable for each in base]


def test_commands_that_neither_base_nor_sandbox_has_are_there_and_do_nothing():
    stub = stub_of(
        EMPTY, runs("if bank x; then cat y | links; fi; tools/sum; python3 app.py; /usr/bin/z; ../up"), SHELL
    )
    assert files(stub) == {
        "bin/bank": NOTHING,
        "bin/links": NOTHING,
        "bin/python3": NOTHING,
        "tools/sum": NOTHING,
        "app.py": b"",
    }
    assert all(each.executable for each in stub)


def test_services_conditions_terminals_and_shell_scripts_of_the_scenario_call_commands_too():
    given = scenario(
        """
        files: {check.sh: "#!/bin/sh\\naudit x\\n", notes.txt: "whatever it says"}
        service: {run: served, ready: {run: probe, within: 1s}}
        steps:
          - wait: {run: settled, within: 1s}
          - tui: {run: board}
        """
    )
    names = {path.removeprefix("bin/") for path in files(stub_of(EMPTY, given, frozenset()))}
    assert names == {"served", "probe", "settled", "board", "audit"}


def test_shell_scripts_of_fixtures_call_commands_too():
    fixtures = tree({"check.sh": "#!/bin/sh\nbank x\n", "notes": "links\n"})
    assert set(files(stub_of(EMPTY, runs("cat x"), SHELL, fixtures))) == {"bin/bank"}


def test_what_stands_where_a_command_would_be_stays():
    base = tree({"bin": "a file", "tools/sum/part": "x"})
    assert set(files(stub_of(base, runs("bank; tools/sum"), SHELL))) == {"bin", "tools/sum/part"}


@given(st.text(alphabet="ab/. ;|$()'\"\n", max_size=40))
def test_a_stub_is_always_a_tree(text: str):
    base = Artifact.of([ArtifactFile(PurePosixPath("a/b"), b"1"), ArtifactFile(PurePosixPath("b"), b"2", True)])
    paths = [each.path for each in stub_of(base, runs(text), frozenset())]
    assert len(paths) == len(set(paths))
    assert not {parent for path in paths for parent in path.parents} & set(paths)
    assert not any(path.is_absolute() or ".." in path.parts for path in paths)
