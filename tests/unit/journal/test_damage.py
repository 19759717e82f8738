"""A corrupt, truncated or hostile journal: what is around the damage is kept, the loss is counted."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from procscope.runtime.errors import JournalError
from procscope.runtime.events import TaskRan, Unknown
from procscope.runtime.journal import layout
from procscope.runtime.journal.reader import Segment, scan
from tests.support.journals import open_journal, read_all

RECORDS = 50


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A copy of a segment of RECORDS records, task numbers 0 to RECORDS - 1: cutting a mapped file kills its writer."""
    journal = open_journal(tmp_path)
    for number in range(RECORDS):
        journal.region().task_ran(5, number, 1, 2, 2)
    copies = tmp_path / "copies"
    copies.mkdir()
    return Path(shutil.copy(scan(journal.directory)[0], copies))


def numbers(path: Path, *, final: bool = True) -> tuple[list[int], int]:
    segment = Segment.open(str(path))
    events, damaged = read_all(segment, final=final)
    segment.close()
    return [event.number for event in events if isinstance(event, TaskRan)], damaged


def overwrite(path: Path, offset: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


def test_a_flipped_bit_costs_one_record_and_is_counted(path: Path) -> None:
    overwrite(path, layout.PAGE + 64 * 10 + 20, b"\xff")
    kept, damaged = numbers(path)
    assert kept == [number for number in range(RECORDS) if number != 10]
    assert damaged == 1


def test_a_live_journal_is_given_a_second_look_before_damage_is_declared(path: Path) -> None:
    overwrite(path, layout.PAGE + 64 * 10 + 20, b"\xff")
    segment = Segment.open(str(path))
    first = segment.read(0, 100)
    second = segment.read(first.offset, 100)
    assert (len(first.events), first.damaged) == (10, 0)
    assert (len(second.events), second.damaged) == (RECORDS - 11, 1)


def test_a_hole_in_a_dead_process_s_journal_is_stepped_over(path: Path) -> None:
    overwrite(path, layout.PAGE + 64 * 20, bytes(64 * 3))
    kept, damaged = numbers(path)
    assert kept == [*range(20), *range(23, RECORDS)]
    assert damaged == 1


def test_a_hole_in_a_live_journal_is_not_yet(path: Path) -> None:
    overwrite(path, layout.PAGE + 64 * 20, bytes(64 * 3))
    assert numbers(path, final=False) == (list(range(20)), 0)


def test_an_untouched_tail_of_zeros_is_no_damage(path: Path) -> None:
    assert numbers(path) == (list(range(RECORDS)), 0)


@pytest.mark.parametrize("size", [0, 100, 4096, 4100, 5000, 6001])
def test_a_truncated_file_gives_what_is_left(path: Path, size: int) -> None:
    os.truncate(path, size)
    if size < layout.PAGE:
        with pytest.raises(JournalError):
            Segment.open(str(path))
        return
    kept, _ = numbers(path)
    assert kept == list(range((size - layout.PAGE) // 64))


def test_random_garbage_never_raises_and_never_invents_a_record(path: Path) -> None:
    dice = random.Random(7)
    whole = path.read_bytes()
    for _ in range(200):
        hurt = bytearray(whole)
        for _ in range(dice.randrange(1, 60)):
            hurt[dice.randrange(layout.PAGE, layout.PAGE + 64 * RECORDS)] = dice.randrange(256)
        path.write_bytes(hurt)
        kept, damaged = numbers(path)
        assert set(kept) <= set(range(RECORDS))
        assert len(kept) == RECORDS or damaged


def test_a_record_that_claims_to_be_huge_is_damage(path: Path) -> None:
    overwrite(path, layout.PAGE + 64 * 5 + 12, b"\xff\xff\xff\x7f")
    kept, damaged = numbers(path)
    assert kept == [number for number in range(RECORDS) if number != 5]
    assert damaged == 1


def test_a_record_of_an_unknown_kind_is_kept_as_unknown(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    region = journal.region()
    region._write(layout.TAIL.pack(999, 5) + b"hello")
    region.task_ran(5, 1, 1, 2, 2)
    events, damaged = read_all(Segment.open(scan(journal.directory)[0]))
    assert events == [Unknown(999, b"hello"), TaskRan(5, 1, 1, 2, 2)]
    assert damaged == 0


@pytest.mark.parametrize(
    "body", [b"{}", b"[", b"[1]", b'["x",2,3]', b"[" * 5000, b'[1,2,3,4,"r",[1]]', b"[1e400,1,1,1,1]", b"\xff\xfe"]
)
def test_a_rich_record_that_does_not_fit_its_type_is_counted(tmp_path: Path, body: bytes) -> None:
    journal = open_journal(tmp_path)
    region = journal.region()
    region._write(layout.TAIL.pack(18, len(body)) + body)
    region.task_ran(5, 1, 1, 2, 2)
    events, damaged = read_all(Segment.open(scan(journal.directory)[0]))
    assert events == [TaskRan(5, 1, 1, 2, 2)]
    assert damaged == 1


def test_a_later_version_and_a_damaged_header_are_told_apart(path: Path) -> None:
    overwrite(path, 8, (layout.VERSION + 1).to_bytes(4, "little"))
    with pytest.raises(JournalError, match="later version"):
        Segment.open(str(path))
    overwrite(path, 8, (layout.VERSION - 1).to_bytes(4, "little"))
    with pytest.raises(JournalError, match="earlier version"):
        Segment.open(str(path))
    overwrite(path, 8, layout.VERSION.to_bytes(4, "little") + b"\0\0\0\0")
    with pytest.raises(JournalError, match="damaged header"):
        Segment.open(str(path))


def test_a_symbolic_link_is_not_followed(path: Path) -> None:
    link = path.with_name("f" * 32 + "-0000-000000.psj")
    link.symlink_to(path)
    with pytest.raises(OSError, match="symbolic"):
        Segment.open(str(link))


def test_a_pipe_among_the_segments_does_not_block(path: Path) -> None:
    pipe = path.with_name("e" * 32 + "-0000-000000.psj")
    os.mkfifo(pipe)
    with pytest.raises(JournalError):
        Segment.open(str(pipe))


def test_other_files_in_the_directory_are_no_segments(path: Path) -> None:
    for name in ("run.json", "told", "x-0000-000000.psj", "0" * 32 + "-zz-0.psj"):
        path.with_name(name).touch()
    assert scan(str(path.parent)) == [str(path)]
