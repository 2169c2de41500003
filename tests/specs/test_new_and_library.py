"""New specs from templates, and the specs of a workspace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from factory_tui.model.finding import Level
from factory_tui.model.spec import Category, Kind, Question, Status
from factory_tui.specs import (
    EditRefused,
    SpecUnreadable,
    TemplateError,
    is_ready,
    load_specs,
    new_spec,
    read_spec,
    validate,
)
from factory_tui.specs.templates.template import packaged, packaged_text
from specs.texts import front_text, spec_text

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", Kind)
def test_a_new_spec_is_not_ready_and_says_what_to_answer(tmp_path: Path, kind: Kind) -> None:
    path = new_spec(tmp_path, "close-day", kind)
    library = load_specs(tmp_path)
    spec = library.specs[read_spec(path).id]

    found = validate(spec, library)

    assert not is_ready(found)
    assert {each.rule for each in found} == {"C01", "C02"}
    assert {each.section for each in found} == set(Question)
    assert spec.front is not None
    assert (spec.front.kind, spec.front.status, spec.front.title) == (kind, Status.DRAFT, "Close day")


@pytest.mark.parametrize("kind", Kind)
def test_every_section_of_a_template_carries_its_guidance(kind: Kind) -> None:
    for part in packaged(kind).body.split("\n## ")[1:]:
        assert part.split("\n")[1].startswith("<!--"), part


@pytest.mark.parametrize("kind", Kind)
def test_the_templates_of_this_repository_are_the_packaged_ones(kind: Kind) -> None:
    assert (REPOSITORY / "specs" / "_templates" / f"{kind}.md").read_text(encoding="utf-8") == packaged_text(kind)


def test_a_title_that_yaml_would_misread_is_quoted(tmp_path: Path) -> None:
    path = new_spec(tmp_path, "x", Kind.FEATURE, title='He said: "no" # \\ \n x', category=Category.DOCS)
    front = read_spec(path).front
    assert front is not None
    assert front.title == 'He said: "no" # \\ x'
    assert front.category is Category.DOCS


@pytest.mark.parametrize("spec_id", ["", "X", "../x", "a b", "1x", "é", "a" * 65, "-x", "a/b", "a\n"])
def test_a_bad_id_is_refused(tmp_path: Path, spec_id: str) -> None:
    with pytest.raises(EditRefused, match="cannot be an id"):
        new_spec(tmp_path, spec_id, Kind.FEATURE)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_spec_is_never_overwritten(tmp_path: Path) -> None:
    path = new_spec(tmp_path, "x", Kind.FEATURE)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(EditRefused, match="exists already"):
        new_spec(tmp_path, "x", Kind.FEATURE)
    assert path.read_text(encoding="utf-8") == "mine"


def own_template(workspace: Path, text: str) -> None:
    folder = workspace / "specs" / "_templates"
    folder.mkdir(parents=True)
    (folder / "feature.md").write_text(text, encoding="utf-8")


def test_the_workspaces_own_template_wins(tmp_path: Path) -> None:
    own = "---\ntemplate: feature@4\nsubsections: {WHO: [On call]}\n---\n## WHAT\n\nOur line.\n"
    own_template(tmp_path, own)
    path = new_spec(tmp_path, "x", Kind.FEATURE)
    library = load_specs(tmp_path)
    assert "template: feature@4\n" in path.read_text(encoding="utf-8")
    untouched = [each for each in validate(library.specs[read_spec(path).id], library) if each.rule == "C02"]
    assert [each.quote for each in untouched] == ["Our line."]

    (tmp_path / "specs" / "close-day.md").write_text(spec_text(front_text(template="feature@4")), encoding="utf-8")
    library = load_specs(tmp_path)
    messages = [each.message for each in validate(read_spec(tmp_path / "specs" / "close-day.md"), library)]
    assert len(messages) == 1
    assert "WHO has no On call: template feature@4 asks for it" in messages[0]


@pytest.mark.parametrize(
    "text", ["", "no head", "---\n[\n---\n", "---\na: b\n---\n", "---\ntemplate: constraint@1\n---\n"]
)
def test_a_broken_template_stops_new_but_not_lint(tmp_path: Path, text: str) -> None:
    own_template(tmp_path, text)
    with pytest.raises(TemplateError):
        new_spec(tmp_path, "x", Kind.FEATURE)
    (tmp_path / "specs" / "close-day.md").write_text(spec_text(), encoding="utf-8")
    library = load_specs(tmp_path)
    (finding,) = validate(next(iter(library.specs.values())), library)
    assert (finding.rule, finding.level) == ("T02", Level.WARNING)
    assert finding.message.startswith("the template cannot be used: feature.md: ")


def test_unreadable_files_are_listed_and_the_rest_is_read(tmp_path: Path) -> None:
    specs = tmp_path / "specs"
    specs.mkdir()
    (specs / "close-day.md").write_text(spec_text(), encoding="utf-8")
    (specs / "latin.md").write_bytes(b"---\nid: latin\ntitle: caf\xe9\n---\n")
    (specs / "binary.md").write_bytes(b"\x7fELF\0\0")
    (specs / "huge.md").write_bytes(b"x" * 1_000_001)
    (specs / "folder.md").mkdir()
    os.mkfifo(specs / "pipe.md")
    (specs / "dangling.md").symlink_to(tmp_path / "nowhere")
    (specs / "README.md").write_text("about", encoding="utf-8")
    (specs / "_note.md").write_text("note", encoding="utf-8")
    (specs / ".hidden.md").write_text("note", encoding="utf-8")

    library = load_specs(tmp_path)

    assert list(library.specs) == ["close-day"]
    assert {each.path.name: each.what.split(" (")[0] for each in library.unreadable} == {
        "binary.md": "it is binary",
        "dangling.md": "it is a link to no file",
        "folder.md": "it is not a regular file",
        "huge.md": "it is larger than 1,000,000 bytes",
        "latin.md": "it is not UTF-8",
        "pipe.md": "it is not a regular file",
    }
    assert "line 3" in next(each.what for each in library.unreadable if each.path.name == "latin.md")


def test_a_workspace_without_specs_is_empty(tmp_path: Path) -> None:
    assert dict(load_specs(tmp_path).specs) == {}


def test_a_dependency_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "close-day.md").write_text(spec_text(front_text(depends_on="[latin]")), encoding="utf-8")
    (tmp_path / "specs" / "latin.md").write_bytes(b"\xe9")
    library = load_specs(tmp_path)
    (finding,) = validate(next(iter(library.specs.values())), library)
    assert "the spec latin cannot be read" in finding.message


def test_reading_a_missing_spec_says_so(tmp_path: Path) -> None:
    with pytest.raises(SpecUnreadable) as caught:
        read_spec(tmp_path / "x.md")
    assert caught.value.todo


def test_the_repositorys_own_specs_and_templates_can_be_read() -> None:
    library = load_specs(REPOSITORY)
    assert library.specs
    assert not library.unreadable
    assert not library.broken_templates


def test_specs_that_cannot_be_seen_are_not_taken_for_none(tmp_path: Path):
    assert load_specs(tmp_path).unreadable == ()
    (tmp_path / "specs").write_text("a file, where the directory should be", encoding="utf-8")
    (error,) = load_specs(tmp_path).unreadable
    assert error.path == tmp_path / "specs"
    assert "cannot be read: Not a directory" in error.what


def test_specs_that_are_a_file_are_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "specs").write_text("")
    with pytest.raises(EditRefused, match="it is not a directory"):
        new_spec(tmp_path, "close-day", Kind.FEATURE)


def test_a_new_spec_that_cannot_be_written_whole_is_not_there(tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk."""
    code = (
        "import resource, signal, sys; from pathlib import Path; from factory_tui.model.spec import Kind\n"
        "from factory_tui.specs import EditRefused, new_spec\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "try: new_spec(Path(sys.argv[1]), 'close-day', Kind.FEATURE)\n"
        "except EditRefused as error: print(error)"
    )
    answer = subprocess.run([sys.executable, "-Bc", code, tmp_path], capture_output=True, text=True, check=True)
    assert "it cannot be written" in answer.stdout
    assert list((tmp_path / "specs").iterdir()) == []
