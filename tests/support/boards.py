"""Everything that the boards of a run say, read as the bytes are described, without the collector's reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from procscope.runtime.journal import board_layout as layout
from procscope.runtime.journal import layout as segments


class Line(NamedTuple):
    """One row: who wrote it, its words, both sketches, the text its words point to."""

    journal: str
    region: int
    pid: int
    words: tuple[int, ...]
    waits: tuple[int, ...]
    holds: tuple[int, ...]
    born: list[str]
    held_site: str

    @property
    def uid(self) -> int:
        return self.words[layout.UID]

    @property
    def held(self) -> int:
        return layout.held(self.words)


class Waiting(NamedTuple):
    """A wait slot that is in use."""

    pid: int
    uid: int
    what: int
    since: int
    site: str


def lines(run: Path) -> list[Line]:
    """Every row of every board in a run's directory."""
    found: dict[tuple[str, int], dict[int, bytes]] = {}
    for path in sorted(run.glob("*.psb")):
        journal, region, seq = layout.parse_board_name(path.name) or ("", 0, 0)
        found.setdefault((journal, region), {})[seq] = path.read_bytes()
    return [line for place, files in found.items() for data in files.values() for line in _rows(place, data, files)]


def waits(run: Path) -> list[Waiting]:
    """Every thread that waits, or died waiting."""
    found = []
    for path in sorted(run.glob("*-000000.psj")):
        page = path.read_bytes()[: segments.PAGE]
        since, uid, what, length = segments.WAIT.unpack_from(page, segments.WAIT_AT)
        site = page[segments.WAIT_TEXT_AT : segments.WAIT_TEXT_AT + length].decode()
        if since:
            found.append(Waiting(_pid(page), uid, what, since, site))
    return found


def _pid(page: bytes) -> int:
    pid: int = segments.FIELDS.unpack_from(page, segments.FIELDS_AT)[11]
    return pid


def _rows(place: tuple[str, int], data: bytes, files: dict[int, bytes]) -> list[Line]:
    assert data[:8] == layout.MAGIC
    _, used, _, _ = layout.TABLE.unpack_from(data, layout.TABLE_AT)
    view = memoryview(data)
    rows = []
    for at in range(layout.ROWS_AT, layout.ROWS_AT + used * layout.ROW, layout.ROW):
        words = tuple(view[at : at + 192].cast("Q"))
        if not words[layout.UID]:
            continue
        waits, holds = tuple(view[at + 192 : at + 672].cast("I")), tuple(view[at + 672 : at + 1152].cast("I"))
        born = json.loads(_text(files, words[layout.BORN]) or "[]")
        rows.append(Line(*place, _pid(data), words, waits, holds, born, _text(files, words[layout.HELD_SITE])))
    return rows


def _text(files: dict[int, bytes], number: int) -> str:
    if not number:
        return ""
    data, at = files[number >> 32], number & 0xFFFFFFFF
    (length,) = layout.TEXT.unpack_from(data, at)
    return data[at + 2 : at + 2 + length].decode()


def total(found: list[Line], uid: int, word: int) -> Any:
    """The sum of one word over everybody's rows of a primitive."""
    return sum(line.words[word] for line in found if line.uid == uid)
