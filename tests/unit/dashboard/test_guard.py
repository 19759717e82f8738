"""What a hostile page can make a browser send must end at the outermost layer, on every path."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from werkzeug.test import Client

from procscope.dashboard.guard import Guard

PATHS = ("/", "/api/health", "/static/x.css", "/socket.io/?EIO=4&transport=polling", "/login")


def inner(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"inside"]


def ask(host: str, listening: str = "127.0.0.1", path: str = "/", method: str = "GET", **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(Guard(inner, listening)).open(path, method=method, headers={"Host": host, **named}).status_code


@pytest.mark.parametrize("path", PATHS)
def test_dns_rebinding_is_refused_on_every_path_the_socket_included(path: str) -> None:
    assert ask("evil.example:8787", path=path) == 403
    assert ask("127.0.0.1.evil.example", path=path) == 403
    assert ask("localhost.evil.example:8787", path=path) == 403


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8787", "localhost:8787", "LOCALHOST", "[::1]:8787", "127.1.2.3:1", "localhost.:80"]
)
def test_loopback_names_and_addresses_are_let_in_also_through_a_tunnel_of_another_port(host: str) -> None:
    assert ask(host) == 200


@pytest.mark.parametrize(
    "host", ["", "a b", "evil.example@127.0.0.1", "127.0.0.1:8787,evil.example", "[::1", "x:999999", "127.0.0.1/"]
)
def test_a_malformed_host_is_not_guessed_at(host: str) -> None:
    assert ask(host) in (400, 403)


def test_a_lan_address_is_ours_only_when_we_listen_there() -> None:
    assert ask("192.168.1.7:8787") == 403
    assert ask("192.168.1.7:8787", listening="192.168.1.7") == 200
    assert ask("192.168.1.7:8787", listening="0.0.0.0") == 200
    assert ask("[fd00::7]:8787", listening="::") == 200
    assert ask("evil.example:8787", listening="0.0.0.0") == 403


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://127.0.0.1:9999",
        "http://localhost:8787",
        "null",
        "file://",
        "http://127.0.0.1:8787.evil.example",
    ],
)
@pytest.mark.parametrize("path", PATHS)
def test_an_origin_that_is_not_the_very_host_is_refused(origin: str, path: str) -> None:
    assert ask("127.0.0.1:8787", path=path, Origin=origin) == 403


def test_our_own_origin_is_let_in() -> None:
    assert ask("127.0.0.1:8787", Origin="http://127.0.0.1:8787", method="POST") == 200


def test_another_site_may_link_to_us_but_not_embed_or_fetch_us() -> None:
    link = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    assert ask("127.0.0.1:8787", **link) == 200
    assert ask("127.0.0.1:8787", **{**link, "Sec_Fetch_Dest": "iframe"}) == 403
    assert ask("127.0.0.1:8787", method="POST", **link) == 403
    assert ask("127.0.0.1:8787", Sec_Fetch_Site="same-site", Sec_Fetch_Mode="no-cors", Sec_Fetch_Dest="image") == 403
    assert ask("127.0.0.1:8787", Sec_Fetch_Site="same-origin", Sec_Fetch_Mode="cors") == 200


def test_the_refusal_is_one_sentence_of_plain_text_that_echoes_nothing() -> None:
    answer = Client(Guard(inner, "127.0.0.1")).get("/", headers={"Host": "evil.example"})
    assert answer.text.count("\n") == 1
    assert "evil" not in answer.text
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
