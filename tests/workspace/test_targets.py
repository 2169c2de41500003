"""The bundles hold what their sources hold, and every spec's target is one of them or starts empty."""

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from .bundled import ROOT, library

SOURCES = ROOT / "scripts" / "targets"
TARGETS = ROOT / "targets"
STARTS_EMPTY = {
    "archive-tools",
    "catalogue",
    "manuals",
    "ops-tools",
    "postage",
    "price-list",
    "shortlinks",
    "stock",
    "supplier-mail",
    "work-hours",
}

NAMES = sorted(path.name for path in SOURCES.iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def make_targets() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_targets", ROOT / "scripts" / "make_targets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def head(bundle: Path) -> str:
    done = subprocess.run(
        ["git", "bundle", "list-heads", bundle, "refs/heads/main"], capture_output=True, text=True, check=True
    )
    return done.stdout.split()[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_bundle_is_the_commit_that_its_source_makes(name: str, make_targets: ModuleType, tmp_path: Path):
    assert make_targets.make(SOURCES / name, tmp_path / "made.bundle") == head(TARGETS / f"{name}.bundle")


def test_making_a_bundle_twice_gives_the_same_bytes(make_targets: ModuleType, tmp_path: Path):
    for each in ("one", "two"):
        make_targets.make(SOURCES / NAMES[0], tmp_path / f"{each}.bundle")
    assert (tmp_path / "one.bundle").read_bytes() == (tmp_path / "two.bundle").read_bytes()


def test_every_source_has_a_bundle_and_every_bundle_a_source():
    assert sorted(path.stem for path in TARGETS.glob("*.bundle")) == NAMES


def test_every_target_of_a_spec_is_bundled_or_starts_empty():
    targets = {spec.front.target for spec in library().specs.values() if spec.front}
    assert targets == {f"targets/{name}" for name in (*NAMES, *STARTS_EMPTY)}


def test_the_page_about_targets_names_them_all():
    page = (TARGETS / "README.md").read_text(encoding="utf-8")
    assert [name for name in (*NAMES, *sorted(STARTS_EMPTY)) if f"`{name}" not in page] == []
