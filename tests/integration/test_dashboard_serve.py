"""`procscope serve` as a person types it: one link, quiet, clean at Ctrl-C, one sentence when it cannot."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from procscope.cli.serve import command
from procscope.dashboard.auth import Keys
from procscope.dashboard.server import bind
from procscope.runtime.errors import ServeError
from tests.support.dashboards import Viewer


@contextmanager
def serving(*words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server of its own process and the link it printed."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "procscope", "serve", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "http://" in line, process.communicate(timeout=10)
        yield process, line[line.index("http://") :].strip()
    finally:
        process.kill()
        process.communicate(timeout=10)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_link_works_and_ctrl_c_leaves_nothing_behind(state_dir: Path, number: signal.Signals) -> None:
    with serving("--port", "0") as (process, link):
        said = json.loads((state_dir / "server.json").read_text())
        assert stat.S_IMODE((state_dir / "server.json").stat().st_mode) == 0o600
        token = parse_qs(urlsplit(link).query)["token"][0]
        assert said == {"pid": process.pid, "url": link.partition("?")[0], "token": token}
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with opener.open(link) as page:
            assert page.status == 200
            assert "token" not in page.url
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
        assert (process.returncode, out, err) == (0, "", "")
        assert not (state_dir / "server.json").exists()


def test_a_restart_keeps_the_token_and_so_every_link(state_dir: Path) -> None:
    tokens = []
    for _ in range(2):
        with serving("--port", "0") as (_, link):
            tokens.append(parse_qs(urlsplit(link).query)["token"])
    assert tokens[0] == tokens[1]


def test_a_port_in_use_is_one_sentence_and_exit_two() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "procscope", "serve", "--port", str(port)],
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert str(port) in done.stderr
    assert "--port" in done.stderr


def test_a_taken_default_port_is_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code = f"""if True:
            from procscope.cli.serve import serve
            from procscope.runtime.settings import Settings
            serve(Settings.from_environment().overlaid({{"port": {port}}}), insist=False)"""
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            link = process.stdout.readline()
            process.send_signal(signal.SIGINT)
            process.wait(10)
    assert "http://127.0.0.1:" in link
    assert f":{port}/" not in link


def test_another_server_s_announcement_is_left_alone(state_dir: Path) -> None:
    with serving("--port", "0") as (process, _):
        (state_dir / "server.json").write_text(json.dumps({"pid": 1, "url": "http://other/", "token": ""}))
        process.send_signal(signal.SIGINT)
        process.wait(10)
    assert json.loads((state_dir / "server.json").read_text())["pid"] == 1


@pytest.mark.parametrize(
    ("host", "port", "words"), [("203.0.113.7", 0, "not an address"), ("127.0.0.1", 70_000, "0 to 65535")]
)
def test_an_address_that_is_not_ours_is_named(host: str, port: int, words: str) -> None:
    with pytest.raises(ServeError, match=words):
        bind(host, port)


def test_listening_beyond_loopback_is_said_aloud(state_dir: Path) -> None:
    with serving("--host", "0.0.0.0", "--port", "0") as (process, link):
        assert link.startswith("http://127.0.0.1:")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
        assert err.startswith("warning: ")
        assert err.count("\n") == 1


def test_a_database_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "not.db").write_text("this is no database, it is a letter to my aunt")
    done = subprocess.run(
        [sys.executable, "-m", "procscope", "serve", "--port", "0", "--db", str(tmp_path / "not.db")],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert not (Path(os.environ["PROCSCOPE_STATE_DIR"]) / "server.json").exists()


def test_the_token_is_never_on_the_terminal_again(state_dir: Path) -> None:
    with serving("--port", "0") as (process, link):
        for path in ("?token=wrong", "nowhere", "api/tasks"):
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(link.partition("?")[0] + path).close()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
        assert (out, err) == ("", "")


def test_the_command_explains_itself() -> None:
    assert {parameter.name for parameter in command.params} >= {"host", "port", "db", "open_browser"}


def test_many_connections_that_say_nothing_do_not_stop_the_pages(state_dir: Path) -> None:
    with serving("--port", "0") as (_, link):
        parts = urlsplit(link)
        assert parts.port is not None
        silent = [socket.create_connection(("127.0.0.1", parts.port)) for _ in range(100)]
        try:
            with urllib.request.urlopen(link.partition("?")[0] + "api/health", timeout=10) as answer:
                assert json.load(answer) == {"ok": True}
        finally:
            for connection in silent:
                connection.close()


def test_open_pages_do_not_keep_the_server_from_ending(state_dir: Path) -> None:
    with serving("--port", "0") as (process, link):
        parts = urlsplit(link)
        assert parts.port is not None
        keys = Keys(parse_qs(parts.query)["token"][0], parts.port)
        viewer = Viewer(f"{keys.cookie_name}={keys.cookie_value}", parts.port)
        viewer.emit("watch", {"view": "overview"})
        assert viewer.next()[0] == "model"
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=10) == ("", "")
        assert process.returncode == 0
        viewer.close()


@pytest.mark.parametrize("host", ["::1", "localhost"])
def test_other_names_of_loopback_serve_without_a_warning(state_dir: Path, host: str) -> None:
    with serving("--host", host, "--port", "0") as (process, link):
        with urllib.request.urlopen(link.partition("?")[0] + "api/health", timeout=10) as answer:
            assert json.load(answer) == {"ok": True}
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=10) == ("", "")
