"""The server: documents come in, what is found goes out. Standard output belongs to the protocol."""

import asyncio
from collections import defaultdict
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from factory_tui import __version__
from factory_tui.lsp.answers import SOURCE, diagnostics, fixes, hover, outline
from factory_tui.lsp.desk import MAX_CHARACTERS, Desk, Judgement, NotJudged
from factory_tui.lsp.places import Places
from factory_tui.model.finding import Finding
from factory_tui.model.foreign import clean_line
from factory_tui.regular_file import read_regular

CHECK_AFTER = 0.1
"""Seconds without a change after which a text is judged."""


class SpecServer(LanguageServer):
    """One client, and what was last said to it."""

    def __init__(self) -> None:
        # Whole texts only: pygls counts other characters as line ends than the protocol, the validator and editors do.
        super().__init__(SOURCE, __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.desk = Desk()
        self.judged: dict[str, Judgement] = {}
        self._told: dict[str, set[str]] = defaultdict(set)
        """Document → other files that it has diagnostics for."""
        self._left_out: dict[Path, str] = {}
        """Workspace → what was last said to be left out of its judgements."""

    async def check(self, uri: str, *, after: float = 0.0) -> None:
        """Judge a document as it is now and publish what was found, unless it changes meanwhile."""
        version = self._version(uri)
        await asyncio.sleep(after)
        path = _path(uri)
        if path is None or version is None or self._version(uri) != version:
            return
        text = self.workspace.get_text_document(uri).source
        try:
            judgement = await asyncio.to_thread(self.desk.judge, path, text)
        except NotJudged as problem:
            self.window_log_message(types.LogMessageParams(types.MessageType.Warning, str(problem)))
            return
        if judgement is not None and self._version(uri) == version:
            self.judged[uri] = judgement
            self._publish(uri, judgement)

    async def judgement(self, uri: str) -> Judgement | None:
        """Of a document as it is now."""
        if self._version(uri) is None:
            return None
        known, text = self.judged.get(uri), self.workspace.get_text_document(uri).source
        if known is None or known.text != text:
            await self.check(uri)
        return self.judged.get(uri)

    def places(self, text: str) -> Places:
        return Places.of(text, self.workspace.position_codec)

    def close(self, uri: str) -> None:
        """What was said about a document and its scenarios is withdrawn."""
        self.judged.pop(uri, None)
        for each in (uri, *self._told.pop(uri, ())):
            self._send(each, [])

    def _version(self, uri: str) -> int | None:
        document = self.workspace.text_documents.get(uri)
        return document.version if document is not None else None

    def _publish(self, uri: str, judgement: Judgement) -> None:
        self._say_left_out(judgement)
        self._send(uri, diagnostics(judgement.own, self.places(judgement.text)))
        elsewhere: defaultdict[str, list[Finding]] = defaultdict(list)
        for finding in judgement.findings:
            target = _uri(judgement.workspace, finding.path) if finding.path else None
            if target is not None:
                elsewhere[target].append(finding)
        for target in self._told[uri] - elsewhere.keys():
            self._send(target, [])
        for target, findings in elsewhere.items():
            self._send(target, diagnostics(findings, self.places(_text(target))))
        self._told[uri] = set(elsewhere)

    def _say_left_out(self, judgement: Judgement) -> None:
        """Once, not for every key."""
        before, now = self._left_out.get(judgement.workspace, ""), judgement.left_out
        self._left_out[judgement.workspace] = now
        if now and now != before:
            self.window_log_message(types.LogMessageParams(types.MessageType.Warning, clean_line(now)))

    def _send(self, uri: str, found: list[types.Diagnostic]) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found))


def make_server() -> SpecServer:
    """A server with its answers."""
    server = SpecServer()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(ls: SpecServer, params: types.DidOpenTextDocumentParams) -> None:
        await ls.check(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(ls: SpecServer, params: types.DidChangeTextDocumentParams) -> None:
        await ls.check(params.text_document.uri, after=CHECK_AFTER)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(ls: SpecServer, _: types.DidSaveTextDocumentParams) -> None:
        await _all_again(ls)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def files_changed(ls: SpecServer, _: types.DidChangeWatchedFilesParams) -> None:
        await _all_again(ls)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(ls: SpecServer, params: types.DidCloseTextDocumentParams) -> None:
        ls.close(params.text_document.uri)

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    )
    async def actions(ls: SpecServer, params: types.CodeActionParams) -> list[types.CodeAction]:
        uri = params.text_document.uri
        judgement = await ls.judgement(uri)
        return fixes(uri, judgement.own, ls.places(judgement.text), params.range) if judgement else []

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hovered(ls: SpecServer, params: types.HoverParams) -> types.Hover | None:
        uri, path = params.text_document.uri, _path(params.text_document.uri)
        judgement = await ls.judgement(uri)
        if judgement is None or path is None:
            return None
        trace = await asyncio.to_thread(ls.desk.trace, path, judgement)
        glossary = await asyncio.to_thread(ls.desk.glossary, judgement)
        places = ls.places(judgement.text)
        return hover(judgement.spec, judgement.own, trace, glossary, places, params.position)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def symbols(ls: SpecServer, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        judgement = await ls.judgement(params.text_document.uri)
        return outline(judgement.spec, ls.places(judgement.text)) if judgement else []

    return server


async def _all_again(ls: SpecServer) -> None:
    """A spec may depend on another one, on its scenarios, on the configuration."""
    ls.desk.forget()
    for uri in list(ls.workspace.text_documents):
        await ls.check(uri)


def serve() -> None:
    """Speak the protocol over standard input and output until the client ends it."""
    make_server().start_io()


def _path(uri: str) -> Path | None:
    try:
        found = to_fs_path(uri)
    except ValueError:  # brackets that hold no address
        return None
    return Path(found) if found else None


def _uri(workspace: Path, path: str) -> str | None:
    uri: str | None = from_fs_path(str(workspace / path))
    return uri


def _text(uri: str) -> str:
    """Of a scenario file, for the columns of what is found in it; empty when it cannot be read."""
    path = _path(uri)
    try:
        return read_regular(path, MAX_CHARACTERS).decode("utf-8", errors="replace") if path else ""
    except OSError:
        return ""
