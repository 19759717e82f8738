"""What a thread rewrites in place is read as it was written, or not at all."""

from __future__ import annotations

import random
from pathlib import Path

from procscope.runtime.events import Progressed
from procscope.runtime.journal import black_box, layout
from procscope.runtime.journal.layout import Clocks, Progress
from procscope.runtime.journal.writer import Journal
from tests.support.journals import open_journal, segments
from tests.support.journals import said as said_in


def page(journal: Journal) -> bytes:
    return segments(journal)[0].page()


def test_nothing_is_told_where_nothing_was(tmp_path: Path) -> None:
    """A thread that is no worker would look like one that was idle since the machine started."""
    journal = open_journal(tmp_path)
    journal.region().task_ran(5, 1, 1, 2, 2)
    seen = page(journal)
    assert (black_box.clocks(seen), black_box.progress(seen), black_box.last_words(seen)) == (None, None, "")


def test_clocks_say_what_was_spent_and_when_the_call_of_now_began(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    region = journal.region()
    region.clocks(1, 2, 3, 4, 500, 6)
    assert black_box.clocks(page(journal)) == Clocks(1, 2, 3, 4, 500, 6, 0)
    region.slot_begin(5, 9, 3, 777)
    assert black_box.clocks(page(journal)) == Clocks(1, 2, 3, 4, 500, 6, 777)
    assert region.slot_now() == (5, 9, 3, -1)
    region.slot_clear()
    assert region.slot_now() is None


def test_progress_names_its_task_and_survives_it(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    region = journal.region()
    region.slot_begin(5, 9, 3, 777)
    region.slot_item(4, 800)
    region.progress(Progressed(*(region.slot_now() or (0, 0, 0, 0)), 37, 400, "resizing \ud800 " + "x" * 400))
    region.slot_clear()
    found = black_box.progress(page(journal))
    assert found is not None
    assert found[:6] == (5, 9, 3, 4, 37, 400)
    assert found.text.startswith("resizing \\ud800 x")
    assert len(found.text) == layout.PROGRESS_TEXT_MAX
    region.progress(Progressed(5, 9, 3, 4, 38, -1, ""))
    assert black_box.progress(page(journal)) == Progress(5, 9, 3, 4, 38, -1, "")


def test_the_last_word_becomes_a_record_once_when_its_task_ends(tmp_path: Path) -> None:
    """The next task, which said nothing, hid what the one before had said: it was lost where nobody looked in time."""
    journal = open_journal(tmp_path)
    region = journal.region()
    said = Progressed(5, 9, -1, -1, 37, 400, "resizing")
    region.slot_begin(5, 9, -1, 777)
    region.progress(said._replace(done=1))
    region.progress(said)
    region.task_ran(5, 9, 777, 888, 2)
    region.slot_clear()
    region.slot_begin(5, 10, -1, 900)
    region.slot_clear()
    assert [type(event).__name__ for event in said_in(journal)] == ["TaskRan", "Progressed"]
    assert said_in(journal)[1] == said


def test_progress_that_is_being_written_is_not_read(tmp_path: Path) -> None:
    """Half of the old numbers with half of the new would have been shown."""
    journal = open_journal(tmp_path)
    journal.region().progress(Progressed(5, 9, -1, -1, 1, 2, "a"))
    seen = bytearray(page(journal))
    seen[layout.PROGRESS_AT - layout.SLOT_AT] |= 1
    assert black_box.progress(bytes(seen)) is None


def test_last_words_are_bounded_and_begin_with_a_whole_line(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    region = journal.region()
    region.last_words(b"one line\n")
    assert black_box.last_words(page(journal)) == "one line\n"
    region.last_words(b"".join(b"line %d\n" % number for number in range(1000)))
    assert black_box.last_words(page(journal)).splitlines()[-1] == "line 999"
    assert black_box.last_words(page(journal)).startswith("line ")


def test_any_bytes_at_all_are_read_without_an_error() -> None:
    """A journal is untrusted: its page may hold anything."""
    dice = random.Random(5)
    size = layout.SLOT_END - layout.SLOT_AT
    for length in (0, 100, size - 1, *[size] * 200):
        seen = dice.randbytes(length)
        black_box.clocks(seen), black_box.progress(seen), black_box.last_words(seen)
