"""Who gets in, and how: on every path, the socket's included."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.dashboards import Site, site

PRIVATE = (
    "/",
    "/runs/last",
    "/tasks",
    "/tasks/1",
    "/api/overview",
    "/api/tasks",
    "/nowhere",
    "/socket.io/?EIO=4&transport=polling",
)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as found:
        yield found


@pytest.mark.parametrize("path", PRIVATE)
def test_nothing_is_shown_without_the_cookie(door: Site, path: str) -> None:
    answer = door.stranger().get(path)
    assert answer.status_code == 401
    assert "procscope" not in answer.headers.get("Set-Cookie", "")


def test_the_401_page_teaches_where_the_link_is(door: Site) -> None:
    text = door.stranger().get("/tasks?q=x").text
    assert "procscope serve" in text
    assert "<form" in text


def test_health_says_that_we_answer_and_nothing_else(door: Site) -> None:
    answer = door.stranger().get("/api/health")
    assert answer.status_code == 200
    assert answer.get_json() == {"ok": True}


@pytest.mark.parametrize("path", ["/", "/tasks", "/login"])
def test_the_token_is_traded_for_a_cookie_and_leaves_the_address(door: Site, path: str) -> None:
    answer = door.stranger().get(path, query_string={"token": door.parts.keys.token, "q": "state:failed"})
    assert answer.status_code == 303
    assert "token" not in answer.headers["Location"]
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert door.parts.keys.token not in cookie
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_rest_of_the_address_survives_the_trade(door: Site) -> None:
    answer = door.stranger().get("/tasks", query_string={"token": door.parts.keys.token, "q": "state:failed"})
    assert answer.headers["Location"] == "/tasks?q=state%3Afailed"


def test_a_link_to_a_page_goes_through_the_login(door: Site) -> None:
    query = {"token": door.parts.keys.token, "next": "/runs/abc"}
    assert door.stranger().get("/login", query_string=query).headers["Location"] == "/runs/abc"


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil", "javascript:x", "/a\nb", ""]
)
def test_the_login_never_sends_anyone_to_another_site(door: Site, target: str) -> None:
    query = {"token": door.parts.keys.token, "next": target}
    assert door.stranger().get("/login", query_string=query).headers["Location"] == "/"


def test_a_path_that_looks_like_a_host_is_not_redirected_to(door: Site) -> None:
    answer = door.stranger().get("//evil.example/", query_string={"token": door.parts.keys.token})
    assert not answer.headers.get("Location", "").startswith("//")


@pytest.mark.parametrize("token", ["", "wrong", "\u00e9", "x" * 5000])
def test_a_wrong_token_opens_nothing(door: Site, token: str) -> None:
    stranger = door.stranger()
    answer = stranger.get("/", query_string={"token": token})
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    assert stranger.get("/").status_code == 401


def test_the_form_takes_the_token_or_the_whole_link(door: Site) -> None:
    token = door.parts.keys.token
    for pasted in (token, f"  http://127.0.0.1:8787/?token={token}\n", f"http://x/login?token={token}&next=%2F"):
        stranger = door.stranger()
        assert stranger.post("/login", data={"token": pasted, "next": "/tasks"}).headers["Location"] == "/tasks"
        assert stranger.get("/tasks").status_code == 200


def test_a_link_followed_from_a_chat_asks_again_from_our_own_page(door: Site) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    answer = door.stranger().get("/tasks?q=a", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["Refresh"] == "0; url=/tasks?q=a"
    assert "Refresh" not in door.stranger().get("/tasks?q=a", headers={"Sec-Fetch-Site": "same-origin"}).headers


def test_the_guard_stands_before_everything(door: Site) -> None:
    for path in (*PRIVATE, "/api/health", "/static/css/tokens.css", "/login"):
        answer = door.viewer().get(path, headers={"Host": "evil.example"})
        assert answer.status_code == 403, path


def test_a_socket_needs_the_cookie_too(door: Site) -> None:
    assert door.socket().is_connected()
    refused = door.parts.sockets.test_client(door.app, flask_test_client=door.stranger())
    assert not refused.is_connected()


def test_methods_that_change_things_are_not_answered(door: Site) -> None:
    viewer = door.viewer()
    assert viewer.post("/").status_code == 405
    assert viewer.delete("/tasks/1").status_code == 405
