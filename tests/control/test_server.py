"""The control socket against its own user's good, bad and ugly clients, and against others."""

import asyncio
import json
import os
import select
import shutil
import socket
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

from factory_tui.config import Limits, Model, Settings
from factory_tui.control import ConfigurationDiffers, ControlClient, ControlError, NoEngine, Refused
from factory_tui.control.address import UnsafeDirectory, new_socket_path, publish, published_socket, withdraw
from factory_tui.control.protocol import REQUEST_LIMIT, Nothing, Pause
from factory_tui.engine import server as server_module
from factory_tui.engine import session as session_module
from factory_tui.engine.lock import EngineLock
from factory_tui.model.event import EventDraft
from factory_tui.model.failure import FailureClass
from tests.control.conftest import Plant, serving


def note(text: str) -> EventDraft:
    return EventDraft(type="image.progress", data={"text": text})


async def say(plant: Plant, *lines: bytes) -> list[dict[str, object]]:
    """Send raw lines, close our half, and read every answer."""
    reader, writer = await asyncio.open_unix_connection(plant.socket)
    writer.write(b"".join(lines))
    writer.write_eof()
    try:
        received = await reader.read()
    except ConnectionResetError:  # sent away before a word was read
        received = b""
    writer.close()
    with suppress(ConnectionResetError):
        await writer.wait_closed()
    return [json.loads(line) for line in received.splitlines() if line.strip()]


async def hung_up(writer: asyncio.StreamWriter) -> None:
    """Wait until the other end has closed, without reading anything of what it has sent."""
    poll = select.poll()
    poll.register(writer.get_extra_info("socket").fileno(), select.POLLRDHUP)
    async with asyncio.timeout(20):
        while not poll.poll(0):  # noqa: ASYNC110 - asyncio waits for what can be read, and that is there
            await asyncio.sleep(0)


async def still_answers(plant: Plant) -> bool:
    async with ControlClient.connect(plant.workspace) as client:
        return (await client.status()).info.pid == 4242


async def test_a_client_gets_answers(plant: Plant) -> None:
    async with ControlClient.connect(plant.workspace, Settings()) as client:
        answer = await client.run(["one", "two"])
        assert (answer.batch, answer.runs, answer.refused) == ("b1", ("one", "two"), (("draft-one", "it is draft"),))
        await client.cancel("r1")
        assert plant.engine.cancelled == ["r1"]
        status = await client.status()
        assert (status.running, status.queued, status.held) == ((), 0, 0)
        await client.stop()
        assert plant.engine.stopping.is_set()


async def test_requests_of_many_tasks_on_one_connection_keep_their_answers(plant: Plant) -> None:
    async with ControlClient.connect(plant.workspace, Settings()) as client:
        answers = await asyncio.gather(*(client.run([f"spec-{number}"]) for number in range(40)))
    assert [answer.runs[0] for answer in answers] == [f"spec-{number}" for number in range(40)]


async def test_a_refusal_says_what_to_do(plant: Plant) -> None:
    async with ControlClient.connect(plant.workspace, Settings()) as client:
        with pytest.raises(Refused) as refused:
            await client.cancel("done")
        assert (refused.value.what, refused.value.todo) == ("done has already ended", "nothing is left to cancel")
        with pytest.raises(Refused) as refused:
            await client.retry("r1")
        assert refused.value.missing


async def test_a_command_that_fails_inside_is_told_and_the_server_goes_on(plant: Plant) -> None:
    async with ControlClient.connect(plant.workspace, Settings()) as client:
        with pytest.raises(Refused, match="ZeroDivisionError"):
            await client.run(["broken"])
        assert (await client.run(["fine"])).runs == ("fine",)


async def test_another_configuration_is_refused_by_key_and_without_values(plant: Plant) -> None:
    mine = Settings(
        limits=Limits(attempts=3),
        model=Model(base_url="https://user:hunter2@example.org", api_key_command=("pass", "x")),
    )
    with pytest.raises(ConfigurationDiffers) as differs:
        async with ControlClient.connect(plant.workspace, mine):
            pass
    assert differs.value.keys == ("limits.attempts", "model.api_key_command", "model.base_url")
    assert "hunter2" not in str(differs.value)


async def test_running_needs_an_agreed_configuration(plant: Plant) -> None:
    async with ControlClient.connect(plant.workspace) as client:
        with pytest.raises(Refused, match="configuration"):
            await client.run(["one"])


async def test_following_has_no_gap_between_history_and_news(plant: Plant) -> None:
    for number in range(5):
        await plant.store.emit(note(f"old {number}"))

    async def write() -> None:
        for number in range(200):
            await plant.store.emit(note(f"new {number}"))

    writing = asyncio.create_task(write())
    seen = []
    async with ControlClient.connect(plant.workspace) as client:
        async for event in client.follow(after_seq=2):
            seen.append(event.seq)
            if event.seq == 205:
                break
    await writing
    assert seen == list(range(3, 206))


async def test_following_ends_when_the_engine_ends(tmp_path: Path) -> None:
    seen = []
    async with serving(tmp_path / "workspace") as plant:
        await plant.store.emit(note("only"))
        async with ControlClient.connect(plant.workspace) as client:
            stream = client.follow()
            seen.append((await anext(stream)).seq)
    assert [event.seq async for event in stream] == []
    assert seen == [1]


async def test_a_follower_that_does_not_read_is_dropped_and_nobody_waits_for_it(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "SLOW_SECONDS", 0.2)
    monkeypatch.setattr(server_module, "HEARTBEAT_SECONDS", 0.05)
    reader, writer = await asyncio.open_unix_connection(plant.socket, limit=1024)
    writer.write(b'{"v": 1, "id": 1, "method": "follow", "params": {}}\n')
    for _ in range(40):
        await plant.store.emit(note("x" * 100_000))
    assert await still_answers(plant)

    await hung_up(writer)
    received = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert len(received) < 39 * 100_000
    assert await still_answers(plant)


async def test_a_client_takes_the_stream_up_again_where_it_was_dropped(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "SLOW_SECONDS", 0.1)
    seen = []
    async with ControlClient.connect(plant.workspace) as client:
        stream = client.follow()
        for number in range(300):
            await plant.store.emit(note("x" * 100_000))
            if number == 0:
                seen.append((await anext(stream)).seq)
        await asyncio.sleep(0.4)  # slower than the server's patience
        async for event in stream:
            seen.append(event.seq)
            if event.seq == 300:
                break
    assert seen == list(range(1, 301))


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"hello\n",
        b"{}\n",
        b"[]\n",
        b"null\n",
        b'{"v": 1, "id": 1, "method": "explode", "params": {}}\n',
        b'{"v": 2, "id": 1, "method": "status", "params": {}}\n',
        b'{"v": 1, "id": 1, "method": "cancel", "params": {}}\n',
        b'{"v": 1, "id": 1, "method": "cancel", "params": {"run": ["r1"]}}\n',
        b'{"v": 1, "id": 1, "method": "status", "params": {}, "more": 1}\n',
        b'{"v": 1, "id": 1, "method": "follow", "params": {"after_seq": -1}}\n',
        b"\xff\xfe\x00\n",
        b'{"v": 1, "id": 1, "method": "run", "params": {"specs": "\xff"}}\n',
        b'{"v": 1, "id": 1, "method": "cancel", "params": {"run": "\\udcff"}}\n',
        b"[" * 100_000 + b"\n",
        b'{"v": 1, "id": 1, "method"',
    ],
)
async def test_a_malformed_request_is_refused_and_the_next_is_answered(plant: Plant, line: bytes) -> None:
    answers = await say(plant, line, b"\n" if not line.endswith(b"\n") else b"", b'{"method": "status", "id": 7}\n')

    assert answers[-1]["id"] == 7
    assert answers[-1]["result"]["info"]["pid"] == 4242
    assert all(answer["error"]["todo"] for answer in answers[:-1])
    assert len(answers) == (1 if line == b"\n" else 2)


async def test_an_oversized_request_ends_its_own_conversation(plant: Plant) -> None:
    reader, writer = await asyncio.open_unix_connection(plant.socket)
    writer.write(b"x" * (2 * REQUEST_LIMIT + 10))
    answer = await reader.readline()
    assert "bytes" in json.loads(answer)["error"]["what"]
    writer.close()
    await still_answers(plant)


async def test_a_silent_client_is_sent_away(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "FIRST_REQUEST_SECONDS", 0.05)
    reader, writer = await asyncio.open_unix_connection(plant.socket)
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
    assert await still_answers(plant)


async def test_clients_beyond_the_limit_are_refused(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "CLIENTS_LIMIT", 3)
    crowd = [await asyncio.open_unix_connection(plant.socket) for _ in range(3)]
    for reader, writer in crowd:
        writer.write(b'{"method": "status"}\n')
        assert await reader.readline()
    reader, writer = await asyncio.open_unix_connection(plant.socket)
    assert "clients" in json.loads(await reader.readline())["error"]["what"]
    for _, each in [*crowd, (reader, writer)]:
        each.close()
        await each.wait_closed()


async def test_a_client_that_closed_its_half_still_gets_the_stream(plant: Plant) -> None:
    reader, writer = await asyncio.open_unix_connection(plant.socket)
    writer.write(b'{"method": "follow", "id": 3}\n')
    writer.write_eof()
    await plant.store.emit(note("after the half was closed"))

    line = json.loads(await reader.readline())
    assert (line["id"], line["event"]["text"]) == (3, "after the half was closed")
    writer.close()
    await writer.wait_closed()


async def test_a_follower_that_vanished_is_forgotten(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "HEARTBEAT_SECONDS", 0.01)
    monkeypatch.setattr(server_module, "CLIENTS_LIMIT", 2)
    for _ in range(4):
        _, writer = await asyncio.open_unix_connection(plant.socket)
        writer.write(b'{"method": "follow"}\n')
        writer.close()
        await writer.wait_closed()
        async with asyncio.timeout(10):
            while not await _admitted(plant):
                pass


async def _admitted(plant: Plant) -> bool:
    try:
        return await still_answers(plant)
    except (Refused, NoEngine):
        return False


async def test_the_socket_is_private(plant: Plant) -> None:
    assert stat.S_IMODE(plant.socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(plant.socket.parent.stat().st_mode) == 0o700
    assert len(os.fsencode(plant.socket)) <= 107


async def test_another_user_is_refused(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = os.geteuid()
    monkeypatch.setattr(server_module.os, "geteuid", lambda: mine + 1)
    assert await say(plant, b'{"method": "status"}\n') == []


async def test_a_peer_whose_user_cannot_be_told_is_refused(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module.socket, "SO_PEERCRED", 9999)
    assert await say(plant, b'{"method": "status"}\n') == []


def test_a_long_workspace_path_still_has_a_short_socket_path(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 200) / ("e" * 200)
    deep.mkdir(parents=True)
    assert len(os.fsencode(new_socket_path(deep))) <= 107
    assert new_socket_path(deep) != new_socket_path(tmp_path)


def test_a_directory_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as runtime:  # short: a long one would not be considered
        theirs = Path(runtime) / f"factory-tui-{os.geteuid()}"
        theirs.mkdir()
        theirs.chmod(0o755)
        with pytest.raises(UnsafeDirectory):
            new_socket_path(tmp_path, {"XDG_RUNTIME_DIR": runtime})


def test_a_directory_in_place_of_the_pointer_is_named(tmp_path: Path) -> None:
    pointer = tmp_path / ".factory" / "engine.sock.path"
    pointer.mkdir(parents=True)
    with pytest.raises(ControlError, match=str(pointer)):
        publish(tmp_path, tmp_path / "socket")
    assert list(pointer.parent.iterdir()) == [pointer]


def test_a_file_in_the_way_of_the_sockets_directory_is_named(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as runtime:
        in_the_way = Path(runtime) / f"factory-tui-{os.geteuid()}"
        in_the_way.touch()
        with pytest.raises(UnsafeDirectory, match=str(in_the_way)):
            new_socket_path(tmp_path, {"XDG_RUNTIME_DIR": runtime})


def test_a_pointer_into_an_open_directory_is_not_followed(tmp_path: Path) -> None:
    open_directory = tmp_path / "open"
    open_directory.mkdir()
    open_directory.chmod(0o777)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(open_directory / "s"))
        (tmp_path / ".factory").mkdir()
        (tmp_path / ".factory" / "engine.sock.path").write_text(str(open_directory / "s"))
        with pytest.raises(UnsafeDirectory):
            published_socket(tmp_path)


@pytest.mark.parametrize("pointer", ["", "relative", "/nowhere/at/all", "/etc/passwd", "a\0b", "x" * 5000])
async def test_a_pointer_to_nothing_means_no_engine(tmp_path: Path, pointer: str) -> None:
    (tmp_path / ".factory").mkdir()
    (tmp_path / ".factory" / "engine.sock.path").write_text(pointer)
    with pytest.raises(NoEngine):
        async with ControlClient.connect(tmp_path):
            pass


async def test_the_engine_of_a_workspace_is_not_that_of_its_copy(plant: Plant, tmp_path: Path) -> None:
    with EngineLock(plant.workspace):
        copy = tmp_path / "copy"
        shutil.copytree(plant.workspace, copy)
        with pytest.raises(NoEngine):
            async with ControlClient.connect(copy):
                pass
        async with ControlClient.connect(plant.workspace) as client:
            await client.status()


async def test_an_engine_is_found_although_its_workspace_was_renamed(plant: Plant, tmp_path: Path) -> None:
    with EngineLock(plant.workspace):
        renamed = plant.workspace.rename(tmp_path / "renamed")
        async with ControlClient.connect(renamed) as client:
            await client.status()
        renamed.rename(plant.workspace)


async def test_a_socket_nobody_listens_on_means_no_engine(tmp_path: Path) -> None:
    async with serving(tmp_path / "workspace") as plant:
        pointer = (plant.workspace / ".factory" / "engine.sock.path").read_text()
    path = Path(pointer.strip())
    assert not path.exists()
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(path))
    dead.close()
    (plant.workspace / ".factory" / "engine.sock.path").write_text(pointer)
    with pytest.raises(NoEngine):
        async with ControlClient.connect(plant.workspace):
            pass
    async with serving(plant.workspace) as again:
        assert await still_answers(again)


async def test_what_the_operator_decides_reaches_the_engine(plant: Plant) -> None:
    async with ControlClient.connect(plant.workspace, Settings()) as client:
        assert await client.answer("r1", "yes") == "again"
        assert (await client.escape("r1", "wrong")).why_not == "it has moved on"
        await client.classify(5, FailureClass.SPEC_GAP, "the spec never says")
        assert await client.propose() == (3, 4)
        assert await client.accept(3) == "feature@2"
        with pytest.raises(Refused, match="already part"):
            await client.accept(9)
        await client.reject(4, "once only")
        await client.pause()
        assert (await client.status()).paused
        await client.resume()
        assert not (await client.status()).paused
    assert plant.engine.told == [
        ("answer", "r1", "yes"),
        ("escape", "r1", "wrong"),
        ("classify", 5, FailureClass.SPEC_GAP, "the spec never says"),
        ("reject", 4, "once only"),
    ]


@pytest.mark.parametrize(
    ("reason", "what"),
    [("", "at least 1 character"), ("x" * 1001, "at most 1000 characters"), ("\udcff", "valid string")],
)
async def test_words_that_the_engine_would_not_take_are_refused_with_the_reason(
    plant: Plant, reason: str, what: str
) -> None:
    async with ControlClient.connect(plant.workspace, Settings()) as client:
        with pytest.raises(Refused, match=what):
            await client.reject(4, reason)
        with pytest.raises(Refused, match=what):
            await client.escape("r1", reason)
        with pytest.raises(Refused, match=what):
            await client.answer("r1", reason)
        assert (await client.status()).info.pid == 4242
    assert plant.engine.told == []


async def test_an_engine_of_another_version_is_named_as_that(plant: Plant) -> None:
    async with ControlClient.connect(plant.workspace, Settings()) as client:
        newer = Pause.model_construct(v=1, id=1, method="pause-until-noon", params=Nothing())
        with pytest.raises(ControlError, match="does not know `pause-until-noon`"):
            await client.call(newer)


async def test_an_answer_needs_an_agreed_configuration_as_it_spends_money(plant: Plant) -> None:
    request = b'{"id": 1, "method": "answer", "params": {"run": "r1", "answer": "yes"}}\n'
    (answer,) = await say(plant, request)
    assert "configuration" in str(answer["error"])
    assert plant.engine.told == []


@pytest.mark.parametrize(
    "params",
    [
        b'{"failure": 0, "failure_class": "SPEC-GAP"}',
        b'{"failure": 1, "failure_class": "NO-SUCH"}',
        b'{"failure": 1}',
        b'{"failure": "1; drop", "failure_class": "SPEC-GAP"}',
    ],
)
async def test_a_class_that_there_is_not_is_refused_with_its_place(plant: Plant, params: bytes) -> None:
    (answer,) = await say(plant, b'{"id": 1, "method": "classify", "params": ' + params + b"}\n")
    assert "not a request" in str(answer["error"])


async def test_an_engine_that_lost_its_place_leaves_the_socket_of_the_next_one(tmp_path: Path) -> None:
    async with serving(tmp_path / "w") as first:
        first.socket.unlink()
        async with serving(tmp_path / "w2") as second:
            # As after `.factory` was deleted under a live engine: the next one took the same name.
            second.socket.rename(first.socket)
            publish(first.workspace, first.socket)
            withdraw(first.workspace, first.socket, (0, 0))
            assert published_socket(first.workspace) == first.socket
