"""What a scenario does, as a hash: a burned one counts again only when that has changed."""

import hashlib
import json

from factory_tui.model.scenario import LoadedScenario

_DOES = {"steps", "files", "env", "clock", "seed"}


def behaviour_hash(loaded: LoadedScenario) -> str:
    """SHA-256 (hex) over steps, files, fixtures, variables, services, clock and seed.

    Its id, its sentences, its comments, the rules that it covers and its layer are left out, so a scenario that is
    renamed or told in other words is still the one that an agent has seen. What is at its default is left out too:
    a part that a later version of the format adds changes no hash.
    """
    said = loaded.scenario
    does = said.model_dump(mode="json", by_alias=True, include=_DOES, exclude_defaults=True)
    does["services"] = [each.model_dump(mode="json", by_alias=True, exclude_defaults=True) for each in said.beside]
    does["fixtures"] = [(str(each.path), hashlib.sha256(each.content).hexdigest()) for each in loaded.fixtures]
    return hashlib.sha256(json.dumps(does, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
