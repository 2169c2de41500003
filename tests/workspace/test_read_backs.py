"""The bundled read-backs are about the specs as they are: every remark quotes its spec."""

import json

import pytest

from factory_tui.agents.readback.answer import parse_answer
from factory_tui.specs import read_spec
from factory_tui.twins.messages.script import load_script

from .bundled import ROOT, SCRIPTS, SPECS

SCRIPTED = {spec: load_script(SCRIPTS / f"{spec}.yaml").readback for spec in SPECS}


def test_a_few_specs_have_one() -> None:
    assert sum(each is not None for each in SCRIPTED.values()) >= 3


@pytest.mark.parametrize("spec", [spec for spec, said in SCRIPTED.items() if said is not None])
def test_every_remark_quotes_its_spec(spec: str) -> None:
    said = SCRIPTED[spec]
    assert said is not None
    found = read_spec(ROOT / "specs" / f"{spec}.md")
    remarks = parse_answer(json.loads(said.model_dump_json()), found)
    assert (remarks.dropped, len(remarks.questions)) == (0, len(said.questions))
