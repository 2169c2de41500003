"""Specs of a library are parsed when somebody looks at them, and look the same as if all had been."""

from pathlib import Path

import pytest

from factory_tui.model.ids import SpecId
from factory_tui.model.spec import Spec
from factory_tui.specs import load_specs, parse
from factory_tui.specs.library import SpecLibrary, SpecsOnDemand, _parsed
from tests.specs.texts import front_text, spec_text

ONE, TWO, THREE = (SpecId(name) for name in ("one", "two", "three"))


def spec(name: str, title: str = "Close the day") -> Spec:
    return parse(Path(f"{name}.md"), spec_text(front_text(id=name, title=title)))


def test_each_is_parsed_once_and_only_when_it_is_asked_for() -> None:
    asked: list[str] = []

    def parsed(name: SpecId) -> Spec:
        asked.append(name)
        return spec(name)

    specs = SpecsOnDemand([TWO, ONE], parsed)
    assert (list(specs), len(specs), ONE in specs, THREE in specs) == ([TWO, ONE], 2, True, False)
    assert asked == []
    assert specs[ONE] is specs[ONE]
    assert asked == [ONE]
    assert specs.get(THREE) is None
    with pytest.raises(KeyError):
        specs[THREE]


def test_a_spec_that_is_being_typed_takes_the_place_of_its_file() -> None:
    library = SpecLibrary({ONE: spec("one"), TWO: spec("two")})
    typed = spec("one", "Close the week")
    now = library.with_spec(typed).specs
    assert dict(now) == {ONE: typed, TWO: library.specs[TWO]}
    assert list(library.with_spec(spec("three")).specs) == [ONE, TWO, THREE]


def test_reading_a_workspace_parses_none_of_its_specs(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    for name in (ONE, TWO):
        (tmp_path / "specs" / f"{name}.md").write_text(spec_text(front_text(id=name)), encoding="utf-8")
    before = _parsed.cache_info().misses
    library = load_specs(tmp_path)
    assert (list(library.specs), _parsed.cache_info().misses) == ([ONE, TWO], before)
    assert library.specs[TWO].id == TWO
    assert _parsed.cache_info().misses == before + 1
