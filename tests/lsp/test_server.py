"""The language server, as an editor sees it: a process that is spoken to over its standard input and output."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.uris import from_fs_path

from factory_tui.cli.init import write_workspace

PATIENCE_S = 60.0


class Editor:
    """An editor with one server."""

    def __init__(self, client: LanguageClient) -> None:
        self.client = client
        self.shown: dict[str, list[types.Diagnostic]] = {}
        self.logged: list[str] = []
        self._news = asyncio.Event()

        @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def shown(params: types.PublishDiagnosticsParams) -> None:
            self.shown[params.uri] = list(params.diagnostics)
            self._news.set()

        @client.feature(types.WINDOW_LOG_MESSAGE)
        def logged(params: types.LogMessageParams) -> None:
            self.logged.append(params.message)
            self._news.set()

    async def until(self, condition: object) -> None:
        """Wait until a condition on what is shown holds."""
        assert callable(condition)
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                self._news.clear()
                await self._news.wait()

    def rules(self, path: Path) -> list[object]:
        return [each.code for each in self.shown.get(uri(path), [])]

    def open(self, path: Path, text: str | None = None) -> None:
        document = types.TextDocumentItem(uri(path), "markdown", 1, path.read_text() if text is None else text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(document))

    def change(self, path: Path, text: str, version: int) -> None:
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(version=version, uri=uri(path)),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )


def uri(path: Path) -> str:
    found = from_fs_path(str(path))
    assert found is not None
    return found


@asynccontextmanager
async def an_editor(workspace: Path) -> AsyncIterator[Editor]:
    client = LanguageClient("editor", "1")
    await client.start_io(sys.executable, "-m", "factory_tui", "lsp")
    editor = Editor(client)
    await client.initialize_async(
        types.InitializeParams(capabilities=types.ClientCapabilities(), root_uri=uri(workspace))
    )
    client.initialized(types.InitializedParams())
    try:
        yield editor
    finally:
        await client.shutdown_async(None)
        client.exit(None)
        await client.stop()


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    write_workspace(tmp_path)
    return tmp_path


@pytest.fixture
def spec(workspace: Path) -> Path:
    return workspace / "specs" / "count-words.md"


async def test_findings_follow_the_text_while_it_is_typed(workspace: Path, spec: Path) -> None:
    async with an_editor(workspace) as editor:
        editor.open(spec)
        await editor.until(lambda: uri(spec) in editor.shown)
        assert editor.rules(spec) == []
        broken = spec.read_text().replace("(R1, R4)", "(R1, R9)")
        editor.change(spec, broken, 2)
        await editor.until(lambda: "C09" in editor.rules(spec))
        found = next(each for each in editor.shown[uri(spec)] if "R9" in each.message)
        row = next(number for number, line in enumerate(broken.split("\n")) if "R9" in line)
        assert (found.range.start.line, found.severity, found.source) == (
            row,
            types.DiagnosticSeverity.Error,
            "factory-tui",
        )
        editor.change(spec, spec.read_text(), 3)
        await editor.until(lambda: editor.rules(spec) == [])


async def test_a_scenario_is_marked_in_its_own_file_and_the_mark_goes_with_the_spec(
    workspace: Path, spec: Path
) -> None:
    scenario = workspace / "scenarios" / "count-words" / "empty-file.yaml"
    scenario.write_text(scenario.read_text().replace("covers: [R2]", "covers: [R8]"))
    async with an_editor(workspace) as editor:
        editor.open(spec)
        await editor.until(lambda: "Q02" in editor.rules(scenario))
        editor.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri(spec))))
        await editor.until(lambda: editor.rules(scenario) == [])


async def test_columns_are_counted_as_the_protocol_counts_them(workspace: Path, spec: Path) -> None:
    """A sign beyond the basic plane is two units wide."""
    async with an_editor(workspace) as editor:
        text = spec.read_text().replace("An editor who has a word limit", "An 🖨 editor TBD who has a word limit")
        editor.open(spec, text)
        await editor.until(lambda: "C02" in editor.rules(spec))
        found = next(each for each in editor.shown[uri(spec)] if each.code == "C02")
        assert (found.range.start.character, found.range.end.character) == (13, 16)


async def test_a_fix_that_decides_nothing_is_offered_as_an_edit(workspace: Path, spec: Path) -> None:
    async with an_editor(workspace) as editor:
        text = spec.read_text().replace("## WHO", "## Who")
        editor.open(spec, text)
        await editor.until(lambda: "C01" in editor.rules(spec))
        (found,) = editor.shown[uri(spec)]
        actions = await editor.client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(uri(spec)), found.range, types.CodeActionContext([found])
            )
        )
        assert actions is not None
        (action,) = actions
        assert isinstance(action, types.CodeAction)
        assert action.edit is not None
        assert action.edit.changes is not None
        (edit,) = action.edit.changes[uri(spec)]
        row = edit.range.start.line
        assert text.split("\n")[row] == "## Who"
        lines = text.split("\n")
        lines[row] = lines[row][: edit.range.start.character] + edit.new_text + lines[row][edit.range.end.character :]
        assert "\n".join(lines) == spec.read_text()


async def test_the_name_of_a_rule_tells_what_proves_it(workspace: Path, spec: Path) -> None:
    async with an_editor(workspace) as editor:
        editor.open(spec)
        lines = spec.read_text().split("\n")
        row = next(number for number, line in enumerate(lines) if line.startswith("- E2 (R2)"))
        said = await editor.client.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(uri(spec)), types.Position(row, 6))
        )
        assert said is not None
        assert isinstance(said.contents, types.MarkupContent)
        assert "If FILE is empty" in said.contents.value
        assert "evaluation: E2 · scenarios: empty-file" in said.contents.value


async def test_the_outline_has_the_questions_and_their_items(workspace: Path, spec: Path) -> None:
    async with an_editor(workspace) as editor:
        editor.open(spec)
        symbols = await editor.client.text_document_document_symbol_async(
            types.DocumentSymbolParams(types.TextDocumentIdentifier(uri(spec)))
        )
        assert symbols is not None
        names = {each.name: [child.name.split()[0] for child in each.children or []] for each in symbols}  # type: ignore[union-attr]
        assert list(names) == ["WHAT", "WHO", "INPUTS", "OUTPUTS", "RULES", "EVALUATION", "CONSTRAINTS"]
        assert names["RULES"] == ["R1", "R2", "R3", "R4", "Edge"]


async def test_what_is_no_spec_is_left_alone(workspace: Path, spec: Path) -> None:
    async with an_editor(workspace) as editor:
        readme = workspace / "README.md"
        editor.open(readme, "TBD")
        editor.open(spec)
        await editor.until(lambda: uri(spec) in editor.shown)
        assert uri(readme) not in editor.shown


async def test_a_broken_configuration_is_told_and_the_server_goes_on(workspace: Path, spec: Path) -> None:
    config = workspace / "factory.toml"
    good = config.read_text()
    config.write_text("[nonsense\n")
    async with an_editor(workspace) as editor:
        editor.open(spec)
        await editor.until(lambda: any("factory.toml" in each for each in editor.logged))
        config.write_text(good)
        editor.change(spec, spec.read_text().replace("(R1, R4)", "(R9)"), 2)
        await editor.until(lambda: "C09" in editor.rules(spec))


async def test_a_history_that_cannot_be_read_is_told_once_and_specs_are_judged(workspace: Path, spec: Path) -> None:
    (workspace / "runs.db").write_bytes(b"no database" * 1000)
    async with an_editor(workspace) as editor:
        editor.open(spec, spec.read_text().replace("(R1, R4)", "(R9)"))
        await editor.until(lambda: "C09" in editor.rules(spec))
        editor.change(spec, spec.read_text(), 2)
        await editor.until(lambda: not editor.rules(spec))
        assert len([each for each in editor.logged if "earlier versions are left out" in each]) == 1


async def test_odd_line_ends_do_not_move_what_is_found(workspace: Path, spec: Path) -> None:
    """A form feed and a line separator end no line; CRLF and CR do."""
    async with an_editor(workspace) as editor:
        text = spec.read_text().replace("## WHO", "a\x0cb\u2028c\n\n## WHO").replace("\n", "\r\n")
        text = text.replace("(R1, R4)", "(R9)")
        editor.open(spec, text)
        await editor.until(lambda: "C09" in editor.rules(spec))
        found = next(each for each in editor.shown[uri(spec)] if "R9" in each.message)
        assert "(R9)" in text.split("\r\n")[found.range.start.line]


async def test_an_address_that_no_file_can_have_keeps_no_other_document_waiting(workspace: Path, spec: Path) -> None:
    async with an_editor(workspace) as editor:
        for odd in (f"file:///{'a' * 5000}/specs/x.md", "file://[x/specs/x.md", "file:///a%00/specs/x.md", "::"):
            document = types.TextDocumentItem(odd, "markdown", 1, "text")
            editor.client.text_document_did_open(types.DidOpenTextDocumentParams(document))
        editor.open(spec)
        await editor.until(lambda: uri(spec) in editor.shown)
        (workspace / "factory.toml").write_text("[nonsense]\n")
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([]))
        await editor.until(lambda: any("nonsense" in each for each in editor.logged))
        assert not any("Error in server" in each for each in editor.logged)
