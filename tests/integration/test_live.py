"""Changes reach those who watch, and only them, in time and in small messages."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from procscope.dashboard.delta import apply
from procscope.dashboard.views import subscribe
from procscope.runtime.store.engine import open_engine
from tests.support.dashboards import Site, Viewer, served, site
from tests.support.waiting import wait_until


@pytest.fixture
def live(tmp_path: Path) -> Iterator[tuple[Site, int]]:
    with served(tmp_path, tasks=200) as found:
        yield found


@pytest.fixture
def writer(live: tuple[Site, int]) -> Iterator[Engine]:
    engine = open_engine(live[0].settings.database_url)
    yield engine
    engine.dispose()


def change(engine: Engine, sql: str, **values: Any) -> None:
    """Change rows as the collector does: with the next revision."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE sequences SET value = value + 1 WHERE name = 'rev'"))
        connection.execute(text(sql.replace("REV", "(SELECT value FROM sequences WHERE name = 'rev')")), values)


def test_a_change_in_a_worker_reaches_an_open_page_well_within_a_second(live: tuple[Site, int], writer: Engine) -> None:
    found, port = live
    viewer = Viewer(found.cookie, port)
    viewer.emit("watch", {"view": "run", "params": {"key": found.live.run}})
    event, body = viewer.next()
    assert event == "model"
    node = f"p{found.live.stuck_process}"
    held = body["model"]
    viewer.emit("ack", {"n": body["n"]})
    change(writer, "UPDATE processes SET cpu = 77, rev = REV WHERE id = :id", id=found.live.stuck_process)
    began = time.monotonic()
    while True:
        event, body = viewer.next()
        viewer.emit("ack", {"n": body["n"]})
        held = apply(held, body)
        if next(n["cpu"] for n in held["nodes"] if n["id"] == node) == 77:
            break
    assert time.monotonic() - began < 1.0
    assert len(json.dumps(body["lists"])) < 500
    viewer.close()


def test_a_model_that_grew_by_deltas_equals_one_asked_for_anew(live: tuple[Site, int], writer: Engine) -> None:
    found, port = live
    viewer = Viewer(found.cookie, port)
    viewer.emit("watch", {"view": "run", "params": {"key": found.live.run}})
    held = viewer.next()[1]["model"]
    viewer.emit("ack", {"n": 1})
    dead = found.live.stuck_process
    change(writer, "UPDATE processes SET state = 'killed', signal = 9, ended_us = 1, rev = REV WHERE id = :id", id=dead)
    node = f"p{dead}"

    def caught_up() -> bool:
        nonlocal held
        got = viewer.receive(timeout=0.3)
        if got is not None:
            viewer.emit("ack", {"n": got[1]["n"]})
            held = apply(held, got[1])
        return bool(next(n["state"] for n in held["nodes"] if n["id"] == node) == "killed")

    wait_until(caught_up, 10)
    fresh = found.parts.desk.model(subscribe({"view": "run", "params": {"key": found.live.run}}))
    assert [bare(n) for n in held["nodes"]] == [bare(n) for n in fresh["nodes"]]
    assert held["run"]["tasks"] == fresh["run"]["tasks"]
    viewer.close()


def bare(node: dict[str, Any]) -> dict[str, Any]:
    """Without what moves with the clock: sparklines, and a pool's estimates."""
    return {key: value for key, value in node.items() if key not in ("at", "pool") and not key.endswith("_series")}


def test_a_viewer_that_does_not_acknowledge_gets_one_message_and_no_more(
    live: tuple[Site, int], writer: Engine
) -> None:
    found, port = live
    viewer = Viewer(found.cookie, port)
    viewer.emit("watch", {"view": "overview"})
    number = viewer.next()[1]["n"]
    for waiting in (100, 200, 300):
        change(writer, "UPDATE pools SET pending = :n, rev = REV", n=waiting)
        assert viewer.receive(timeout=0.4) is None
    viewer.emit("ack", {"n": number})
    event, body = viewer.next()
    assert event == "delta"
    assert {patch["depth"] for patch in body["lists"]["pools"]["upsert"]} == {300}
    viewer.close()


def test_an_error_names_what_was_wrong_with_the_wish_and_the_socket_lives_on(live: tuple[Site, int]) -> None:
    found, port = live
    viewer = Viewer(found.cookie, port)
    wishes: list[Any] = [{"view": "secrets"}, {"view": "run"}, {"view": []}, ["x"], None]
    wishes.append({"view": "task", "params": {"id": "1; DROP"}})
    for wish in wishes:
        viewer.emit("watch", wish)
        event, body = viewer.next()
        assert event == "error"
        assert body["message"]
    viewer.emit("watch", {"view": "task", "params": {"id": "999999"}})
    assert viewer.next() == ("error", {"message": "there is no task 999999: list them with procscope tasks"})
    for nonsense in ({"n": "x"}, {"n": True}, {"n": 1 << 80}, "ack", None):
        viewer.emit("ack", nonsense)
    viewer.emit("watch", {"view": "tasks", "params": {"q": "state:failed"}})
    assert viewer.next()[0] == "model"
    viewer.close()


def test_a_query_with_a_mistake_is_a_model_with_the_sentence(live: tuple[Site, int]) -> None:
    viewer = Viewer(live[0].cookie, live[1])
    viewer.emit("watch", {"view": "tasks", "params": {"q": "state:brokn"}})
    event, body = viewer.next()
    assert event == "model"
    assert "is not a state" in body["model"]["error"]
    viewer.close()


def test_a_new_watch_replaces_the_one_before(live: tuple[Site, int], writer: Engine) -> None:
    found, port = live
    viewer = Viewer(found.cookie, port)
    viewer.emit("watch", {"view": "overview"})
    viewer.emit("ack", {"n": viewer.next()[1]["n"]})
    viewer.emit("watch", {"view": "task", "params": {"id": str(found.live.stuck_task)}})
    wait_until(
        lambda: (got := viewer.receive(timeout=1)) and got[0] == "model" and got[1]["model"]["view"] == "task", 10
    )
    assert {s.view for s in found.parts.hub.watched()} == {"task"}
    viewer.close()


def test_those_who_leave_are_forgotten_and_the_database_is_left_alone(live: tuple[Site, int]) -> None:
    found, port = live
    viewer = Viewer(found.cookie, port)
    viewer.emit("watch", {"view": "overview"})
    viewer.next()
    viewer.close()
    wait_until(lambda: len(found.parts.hub) == 0, 10)
    assert found.parts.hub.watched() == set()


@pytest.mark.parametrize(
    ("cookie", "origin", "status"),
    [
        ("", None, 401),
        ("procscope_8787=wrong", None, 401),
        (None, "http://evil.example", 403),
        (None, "null", 403),
        (None, "http://127.0.0.1:1", 403),
    ],
)
@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_a_socket_without_the_cookie_or_from_another_site_never_opens(
    live: tuple[Site, int], cookie: str | None, origin: str | None, status: int, transport: str
) -> None:
    found, port = live
    headers = {"Cookie": found.cookie if cookie is None else cookie, "Connection": "Upgrade", "Upgrade": "websocket"}
    headers |= {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    headers |= {"Origin": origin} if origin else {}
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", f"/socket.io/?EIO=4&transport={transport}", headers=headers)
        assert connection.getresponse().status == status


def test_a_flood_of_input_ends_the_connection_and_not_the_server(live: tuple[Site, int]) -> None:
    found, port = live
    viewer = Viewer(found.cookie, port)
    viewer.send("42" + json.dumps(["watch", {"view": "tasks", "params": {"q": "x" * 100_000}}]))
    wait_until(lambda: len(found.parts.hub) == 0, 10)
    viewer.close()
    again = Viewer(found.cookie, port)
    again.emit("watch", {"view": "overview"})
    assert again.next()[0] == "model"
    again.close()


def test_a_viewer_that_only_sends_nonsense_is_cut_and_its_answers_do_not_pile_up(live: tuple[Site, int]) -> None:
    viewer = Viewer(live[0].cookie, live[1])
    with suppress(OSError):
        for _ in range(200):
            viewer.emit("watch", {"view": "nothing"})
    wait_until(lambda: len(live[0].parts.hub) == 0, 10)
    viewer.close()


def test_a_viewer_that_stops_reading_is_cut_even_in_the_middle_of_a_message(live: tuple[Site, int]) -> None:
    found, port = live
    found.parts.hub.patience = 0.3
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
            f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Cookie: {found.cookie}\r\n\r\n".encode()
        )
        assert deaf.recv(1).startswith(b"H")
        for text_message in ("40", "42" + json.dumps(["watch", {"view": "overview"}])):
            deaf.sendall(masked(text_message))
        wait_until(lambda: found.parts.hub.watched(), 10)
        wait_until(lambda: len(found.parts.hub) == 0, 10)
        wait_until(lambda: ended(deaf), 10)


def masked(message: str) -> bytes:
    """A client's text frame (RFC 6455 §5.2) with the mask 0."""
    return bytes([0x81, 0x80 | len(message)]) + bytes(4) + message.encode()


def ended(connection: socket.socket) -> bool:
    """Read what is left: has the other side hung up?"""
    try:
        return connection.recv(1 << 16) == b""
    except ConnectionResetError:
        return True


def test_the_socketio_test_client_sees_the_same(tmp_path: Path) -> None:
    with site(tmp_path, tasks=100) as found:
        client = found.socket()
        client.emit("watch", {"view": "overview"})
        seen = wait_until(client.get_received, 10)
        assert seen[0]["name"] == "model"
        assert seen[0]["args"][0]["model"]["view"] == "overview"
        client.disconnect()
