from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from procscope.dashboard.auth import Keys, kept_token
from procscope.runtime.errors import ServeError


def test_a_restart_keeps_printed_links_valid(tmp_path: Path) -> None:
    first = kept_token(str(tmp_path / "state"))
    assert kept_token(str(tmp_path / "state")) == first
    assert len(first) >= 40


def test_only_the_owner_can_read_the_token(tmp_path: Path) -> None:
    kept_token(str(tmp_path / "state"))
    assert stat.S_IMODE((tmp_path / "state" / "token").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_a_token_that_others_could_read_is_not_trusted(tmp_path: Path) -> None:
    kept_token(str(tmp_path))
    (tmp_path / "token").chmod(0o644)
    with pytest.raises(ServeError, match="remove it"):
        kept_token(str(tmp_path))


@pytest.mark.parametrize("content", ["", "short", "\x00" * 60])
def test_a_damaged_token_is_replaced_and_not_used(tmp_path: Path, content: str) -> None:
    path = tmp_path / "token"
    path.write_text(content)
    path.chmod(0o600)
    assert len(kept_token(str(tmp_path))) >= 40


def test_a_planted_symlink_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("x" * 60)
    os.symlink(tmp_path / "elsewhere", tmp_path / "token")
    with pytest.raises(ServeError):
        kept_token(str(tmp_path))


def test_the_cookie_does_not_give_the_token_away_and_belongs_to_one_port() -> None:
    keys = Keys("t" * 40, 8787)
    assert "t" * 40 not in keys.cookie_value
    assert keys.admits({"procscope_8787": keys.cookie_value})
    assert not keys.admits({"procscope_8787": "t" * 40})
    assert not keys.admits({"procscope_9999": keys.cookie_value})
    assert not keys.admits({})


def test_strange_letters_in_a_token_are_refused_and_do_not_raise() -> None:
    keys = Keys("t" * 40, 8787)
    assert not keys.opens("\udcff")
    assert not keys.opens("é" * 40)
    assert keys.opens("t" * 40)
