"""Opening a database: privately, without blocking anybody, and with one useful sentence where it cannot be."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from procscope.runtime.errors import StoreError
from procscope.runtime.settings import Settings
from procscope.runtime.store.engine import open_engine
from procscope.runtime.store.queries import Store
from tests.support.seed import seed


def mode(path: Path) -> int:
    """The permission bits of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_files_are_private_from_the_first_moment(tmp_path: Path) -> None:
    """Arguments of tasks hold names, paths and worse; the umask of a service is often 022."""
    before = os.umask(0)
    try:
        engine = open_engine(str(tmp_path / "deep" / "er" / "a.db"))
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO functions (id, name) VALUES (1, 'f')"))
        files = sorted((tmp_path / "deep" / "er").iterdir())
        assert {file.name for file in files} == {"a.db", "a.db-shm", "a.db-wal"}
        assert {mode(file) for file in files} == {0o600}
        assert mode(tmp_path / "deep") == mode(tmp_path / "deep" / "er") == 0o700
        engine.dispose()
    finally:
        os.umask(before)


@pytest.mark.parametrize("name", ["a b.db", "q?x=1#y.db", "50%.db", "ü.db", "a;b'c.db"])
def test_any_file_name_is_a_file_name(tmp_path: Path, name: str) -> None:
    """A question mark that begins a query opens another file."""
    open_engine(str(tmp_path / name)).dispose()
    assert name in {file.name for file in tmp_path.iterdir()}
    Store.open(Settings(db=str(tmp_path / name))).close()


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    """Two dashboards on one file are harmless because neither can change it."""
    open_engine(str(tmp_path / "a.db")).dispose()
    reader = open_engine(str(tmp_path / "a.db"), read_only=True)
    with pytest.raises(StoreError, match="read-only"), reader.connect() as connection:
        connection.execute(text("DELETE FROM runs"))
    reader.dispose()


def test_a_reader_never_blocks_the_writer_and_keeps_its_picture(tmp_path: Path) -> None:
    """A slow page that holds up the collector loses the events it is late for."""
    writer = open_engine(str(tmp_path / "a.db"))
    with Store.open(str(tmp_path / "a.db")) as store, store.snapshot():
        assert store.rev() == 0
        for number in range(3):
            with writer.begin() as connection:
                connection.execute(text("DELETE FROM sequences"))
                connection.execute(text("INSERT INTO sequences (name, value) VALUES ('rev', :n)"), {"n": number + 1})
        assert store.rev() == 0
    with Store.open(str(tmp_path / "a.db")) as store:
        assert store.rev() == 3
    writer.dispose()


def test_a_copy_without_its_wal_in_a_read_only_place_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Post-mortem: the file from the server, on an archive where nothing can be created."""
    seed(str(tmp_path / "a.db"), tasks=100)
    archive = tmp_path / "archive"
    archive.mkdir()
    shutil.copy(tmp_path / "a.db", archive / "a.db")
    archive.chmod(0o500)
    (archive / "a.db").chmod(0o400)
    if os.access(archive, os.W_OK):
        pytest.skip("this user may write everywhere")
    with Store.open(str(archive / "a.db")) as store:
        assert store.run("last").name == "nightly.py"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("{tmp}/none.db", "there is no database at {tmp}/none.db"),
        ("{tmp}/none/x.db", "there is no directory"),
        ("{tmp}/text.db", "is not a SQLite database"),
        ("{tmp}/text.db/x.db", "part of its path is a file"),
        ("{tmp}", "needs the path of a file"),
        ("sqlite://", "needs the path of a file"),
        ("mysql://me:secret@host/x", "databases of type mysql are not known"),
        ("postgresql+nope://me:secret@host/x", "there is no driver"),
        ("postgresql://host:port/x", "cannot be read"),
    ],
)
def test_what_cannot_be_opened_is_one_sentence(tmp_path: Path, url: str, said: str) -> None:
    """A traceback of a driver names neither the file nor the remedy, but often the password."""
    (tmp_path / "text.db").write_text("these are not the pages you are looking for" * 50)
    with pytest.raises(StoreError) as caught:
        open_engine(url.format(tmp=tmp_path), read_only=True)
    assert said.format(tmp=tmp_path) in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_the_state_directory_is_made_a_mistyped_path_is_not(state_dir: Path, tmp_path: Path) -> None:
    """`procscope serve` on a fresh machine teaches; `--db /tpyo` tells."""
    with Store.open(Settings.from_environment()) as store:
        assert store.runs() == []
    assert (state_dir / "procscope.db").exists()
    with pytest.raises(StoreError, match="there is no database"):
        Store.open(Settings(db=str(tmp_path / "typo.db")))
    assert not (tmp_path / "typo.db").exists()


def test_a_database_that_breaks_while_it_is_open(tmp_path: Path) -> None:
    """The disk that rots under a running dashboard ends a page, in words, not the server."""
    path = tmp_path / "a.db"
    seed(str(path), tasks=400)
    with Store.open(str(path)) as store:
        with open(path, "r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * 400_000)
        store.engine.dispose()
        with pytest.raises(StoreError, match=r"is damaged|cannot be used|not a SQLite"):
            store.tasks_by_id(list(range(1, 400)))
