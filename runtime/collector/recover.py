"""After a collector's death: what was open, read back from the database, so that the next goes on where it stopped."""

from __future__ import annotations

import os
from typing import Any

from procscope.runtime.collector.fold import notes
from procscope.runtime.collector.fold.primitives import COUNTED, Shared
from procscope.runtime.collector.fold.standing import NO_PRIMITIVE, Sight
from procscope.runtime.collector.fold.state import Batch, Chunk, Failing, Found, ItemRow, Open, Pool, Process, Run, Seen
from procscope.runtime.collector.tail import Place
from procscope.runtime.store import schema
from procscope.runtime.store.writer import Writer

_SEARCHED = 5000


def _columns(table: Any, left_out: tuple[str, ...] = ("rev",)) -> list[str]:
    return [column.name for column in table.c if column.name not in left_out]


_COUNTED = ("rev", "pending")
_RUN = _columns(schema.runs, _COUNTED)
_PROCESS = _columns(schema.processes)
_POOL = _columns(schema.pools, _COUNTED)
_BATCH = _columns(schema.batches)
_PRIMITIVE = _columns(schema.primitives)


def _select(table: str, names: list[str], where: str) -> str:
    return "SELECT " + ", ".join(f'"{name}"' for name in names) + f" FROM {table} WHERE {where}"


def functions(writer: Writer) -> dict[str, int]:
    """All functions' ids by name."""
    return {row[1]: row[0] for row in writer.fetch("SELECT id, name FROM functions")}


def unfinished(writer: Writer, host: str) -> list[str]:
    """Keys of this host's runs whose end is not told."""
    return [row[0] for row in writer.fetch("SELECT key FROM runs WHERE state = 'running' AND host = ?", (host,))]


def alone(writer: Writer, host: str, spool: str) -> bool:
    """Whether no other collector of this host writes to this database."""
    rows = writer.fetch("SELECT pid FROM collectors WHERE host = ? AND spool <> ?", (host, spool))
    return not any(os.path.exists(f"/proc/{row[0]}") for row in rows)


def run(writer: Writer, key: str) -> Run | None:
    """A run with all that is open in it, None where the database has none of that key."""
    rows = writer.fetch(_select("runs", _RUN, '"key" = ?'), (key,))
    if not rows:
        return None
    found = Run(**dict(zip(_RUN, rows[0], strict=True)))
    found.running = 0
    _processes(writer, found)
    _primitives(writer, found)
    _holds(writer, found)
    texts: dict[int, str | None] = {}
    by_id = _pools(writer, found, texts)
    batches = _batches(writer, found, by_id, texts)
    _tasks(writer, found, by_id, batches)
    _chunks(writer, found, by_id, batches)
    for uid, text in texts.items():
        notes.restore(found.pools[uid], text, batches)
    _presumed(writer, found, by_id, batches)
    return found


def reconciled(found: Run, places: dict[tuple[str, int], Place]) -> None:
    """Count anew what is open, from tasks and batches and from what the regions' notes say of chunks half done."""
    for place in places.values():
        kept: list[int] = place.note.get("report") or [-1] * 8
        pool = found.pools.get(kept[0])
        if pool is not None and kept[2] < 0 and not kept[4] and kept[1] in pool.chunks:
            batch = pool.batches[pool.chunks[kept[1]].batch]
            batch.announced -= kept[3] if batch.total is None else 0
    for pool in found.pools.values():
        items = sum(batch.open for batch in pool.batches.values() if not batch.itemised)
        pool.open = len(pool.rows) + items
    found.open = sum(pool.open for pool in found.pools.values())


def _processes(writer: Writer, found: Run) -> None:
    where = "run_id = ? AND state IN ('starting', 'running')"
    for row in writer.fetch(_select("processes", _PROCESS, where), (found.id,)):
        process = Process(**dict(zip(_PROCESS, row, strict=True)))
        process.counted = True
        found.processes[process.uid] = process
    where = "run_id = ? AND state NOT IN ('starting', 'running')"
    found.gone = dict(map(tuple, writer.fetch(_select("processes", ["uid", "id"], where), (found.id,))))
    uids = {known: uid for uid, known in found.gone.items()}
    uids.update({process.id: process.uid for process in found.processes.values()})
    for process in found.processes.values():
        process.parent = uids.get(process.parent_id or 0, 0)
        if process.kind == "main":
            found.main = process.uid
    where = "run_id = ? AND zombie_us IS NOT NULL"
    columns = ["uid", "parent_id", "pid", "start_ticks", "zombie_us"]
    for row in writer.fetch(_select("processes", columns, where), (found.id,)):
        found.zombies.append((row[0], uids.get(row[1], 0), row[2], row[3] or 0, row[4]))


def process(writer: Writer, process_id: int) -> Process | None:
    """A process that has ended."""
    rows = writer.fetch(_select("processes", _PROCESS, "id = ?"), (process_id,))
    if not rows:
        return None
    found = Process(**dict(zip(_PROCESS, rows[0], strict=True)))
    found.counted = True
    found.exit_known = found.exit_code is not None
    return found


_GONE = """FROM {table} u JOIN processes p ON p.id = u.process_id
 WHERE u.run_id = ? AND p.state NOT IN ('starting', 'running')"""
_SUMS = (
    "SELECT u.primitive_id, sum(u.acquired), sum(u.released), sum(u.signals), sum(u.items_in), sum(u.items_out),"
    f" sum(u.done) {_GONE.format(table='primitive_uses')} GROUP BY u.primitive_id"
)


def _primitives(writer: Writer, found: Run) -> None:
    """With what the dead did with them; the living say it themselves, whole."""
    for row in writer.fetch(_select("primitives", _PRIMITIVE, "run_id = ?"), (found.id,)):
        shared = Shared(**dict(zip(_PRIMITIVE, row, strict=True)))
        found.primitives[shared.uid] = found.primitive_rows[shared.id] = shared
    for number, *sums in writer.fetch(_SUMS, (found.id,)):
        if number in found.primitive_rows:
            found.primitive_rows[number].total = {word: int(n) for word, n in zip(COUNTED, sums, strict=True)}


def _holds(writer: Writer, found: Run) -> None:
    dead = set(found.gone.values())
    names = ["primitive_id", "process_id", "thread", "what", "since_us", "site"]
    for number, process_id, thread, what, since_us, site in writer.fetch(
        _select("holds", names, "run_id = ?"), (found.id,)
    ):
        found.holds[number, process_id, thread, what] = (since_us, site)
        shared = found.primitive_rows.get(number)
        if process_id in dead and shared is not None and what not in NO_PRIMITIVE:
            found.dead_holds.append(Sight(shared.uid, process_id, thread, what, (), since_us, site, 0))


def _pools(writer: Writer, found: Run, texts: dict[int, str | None]) -> dict[int, Pool]:
    by_id: dict[int, Pool] = {}
    owners = {process.id: process for process in found.processes.values()}
    gone = {known: uid for uid, known in found.gone.items()}
    for row in writer.fetch(_select("pools", _POOL, "run_id = ?"), (found.id,)):
        values = dict(zip(_POOL, row, strict=True))
        texts[values["uid"]] = values.pop("note")
        pool = Pool(**values)
        pool.running = 0
        found.pools[pool.uid] = by_id[pool.id] = pool
        owner = owners.get(pool.process_id or 0)
        pool.owner = owner.uid if owner is not None else gone.get(pool.process_id or 0, 0)
        if owner is not None:
            owner.owned.append(pool.uid)
    for process in found.processes.values():
        worked_for = by_id.get(process.pool_id or 0)
        if worked_for is not None:
            process.pool = worked_for.uid
            worked_for.workers.add(process.uid)
    by_id[0] = found.pools[0] = Pool(0, found.id, 0)
    return by_id


def _batches(writer: Writer, found: Run, pools: dict[int, Pool], texts: dict[int, str | None]) -> dict[int, Batch]:
    """Those that are open, that wait for the results of their last chunks, or whose end is presumed."""
    by_id: dict[int, Batch] = {}
    noted = {number for text in texts.values() for number in notes.batch_ids(text)} or {0}
    where = f"run_id = ? AND (finished_us IS NULL OR total IS NULL OR id IN ({', '.join(map(str, noted))}))"
    for row in writer.fetch(_select("batches", _BATCH, where), (found.id,)):
        batch = Batch(**dict(zip(_BATCH, row, strict=True)))
        pool = pools.get(batch.pool_id)
        if pool is None:
            continue
        batch.known = batch.method is not None
        batch.running = 0
        batch.itemised = pool.threaded and batch.number < 0
        batch.announced = batch.total if batch.total is not None and not batch.itemised else batch.closed
        by_id[batch.id] = batch
        if batch.finished_us is None or batch.total is None:
            pool.batches[batch.number] = batch
    return by_id


_OPEN = """SELECT id, func_id, args, submitted_us, batch_id, item_index, failure_id, number, pool_id, state, process_id,
 started_us, thread, arrived_us, bytes_out FROM tasks WHERE run_id = ? AND state < 2"""
_OF_BATCH = """SELECT id, func_id, args, submitted_us, batch_id, item_index, failure_id FROM tasks
 WHERE run_id = ? AND batch_id = ? AND item_index >= 0 AND state > 1"""


def _tasks(writer: Writer, found: Run, pools: dict[int, Pool], batches: dict[int, Batch]) -> None:
    for row in writer.fetch(_OPEN, (found.id,)):
        pool, batch = pools.get(row[8] or 0), batches.get(row[4] or 0)
        if pool is None:
            continue
        task = Open(row[0], row[1], row[2], row[3], batch.number if batch else -1, row[5], row[6])
        if batch is not None and not batch.itemised:
            batch.rows[row[5]] = task
            continue
        pool.rows[row[7]] = task
        if row[13] is not None:
            pool.arrived[row[7]] = (row[13], -1 if row[14] is None else row[14])
        if batch is not None:
            batch.announced += 1
        if row[9] == 1:
            pool.seen[row[7]] = Seen(row[10], row[11], row[12])
        if row[6] is not None:
            pool.failing[row[7]] = Failing(row[6], row[0], "")


def _chunks(writer: Writer, found: Run, pools: dict[int, Pool], batches: dict[int, Batch]) -> None:
    statement = "SELECT pool_id, number, batch_id, base, size FROM open_chunks WHERE run_id = ?"
    for pool_id, number, batch_id, base, size in writer.fetch(statement, (found.id,)):
        pool, batch = pools.get(pool_id), batches.get(batch_id)
        if pool is not None and batch is not None:
            pool.chunks[number] = Chunk(batch.number, base, size)
            if batch.total is None:
                batch.announced += size


def _presumed(writer: Writer, found: Run, pools: dict[int, Pool], batches: dict[int, Batch]) -> None:
    """Of batches whose end is presumed, the rows of items that may turn out to have ended otherwise."""
    for batch in [batch for batch in batches.values() if batch.presumed]:
        pools[batch.pool_id].batches[batch.number] = batch
        batch.announced = batch.closed
        for row in writer.fetch(_OF_BATCH, (found.id, batch.id)):
            if row[5] not in batch.ended:
                batch.rows[row[5]] = Open._make((*row[:4], batch.number, *row[5:7], True))


def items(writer: Writer, batch_id: int, first: int, end: int) -> dict[int, ItemRow]:
    """Rows of a batch's items from index `first` up to `end` that have closed, by index."""
    statement = """SELECT item_index, id, started_us, finished_us FROM tasks
     WHERE batch_id = ? AND item_index >= ? AND item_index < ? AND state > 1"""
    return {row[0]: (row[1], row[2], row[3]) for row in writer.fetch(statement, (batch_id, first, end))}


def places(writer: Writer, run_id: int) -> dict[tuple[str, int], Place]:
    """Where each region of a run was read to."""
    statement = 'SELECT journal, region, seq, "offset", note FROM journals WHERE run_id = ?'
    return {(row[0], row[1]): Place(*row[2:]) for row in writer.fetch(statement, (run_id,))}


def task(writer: Writer, run_id: int, pool_id: int, number: int) -> Found | None:
    """A closed task by its number, looked for among the last of its run."""
    statement = f"""SELECT id, func_id, state, submitted_us, started_us, finished_us, failure_id, bytes_in,
     arrived_us FROM
     (SELECT * FROM tasks WHERE run_id = ? ORDER BY id DESC LIMIT {_SEARCHED}) AS recent
     WHERE number = ? AND COALESCE(pool_id, 0) = ? AND state > 1 ORDER BY id DESC LIMIT 1"""
    rows = writer.fetch(statement, (run_id, number, pool_id))
    return Found(*rows[0]) if rows else None
