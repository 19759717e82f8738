"""One run from its first file to its last: what each turn of the loop does for it, in order."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass

from procscope.runtime import clock
from procscope.runtime.collector import pages, witness
from procscope.runtime.collector.aftermath import Aftermath
from procscope.runtime.collector.fold import losses, pools, processes, runs
from procscope.runtime.collector.fold.state import Batch, Pool, Process, Run, World
from procscope.runtime.collector.reaper import Death, Reaper
from procscope.runtime.collector.rundir import KEPT, RunDirectory
from procscope.runtime.collector.sampler import Sampler
from procscope.runtime.collector.slots import Running
from procscope.runtime.collector.tail import Region, removed
from procscope.runtime.journal import black_box

GRACE = 1.0
"""Seconds that a dead process's parent has for telling an exit code the system does not tell."""


@dataclass(slots=True)
class Dying:
    """A process known to be dead whose journal may still hold unread records."""

    exit_code: int | None
    since: float
    at_us: int
    orderly: bool = False


class Follower:
    """Keeps a run up to date; `world` is set anew each turn by the loop through its changes."""

    def __init__(self, world: World, directory: RunDirectory, reaper: Reaper, sampler: Sampler) -> None:
        self.world = world
        self.directory = directory
        self.run: Run = directory.run
        self.clear = False
        self.full = False
        self._reaper = reaper
        self._sampler = sampler
        self._dying: dict[int, Dying] = {}
        self._closing: set[Pool] = set()
        self._active: set[Pool | Batch] = set()
        self._main_over: Dying | None = None
        self._buried: list[Region] = []
        self._files_gone: list[tuple[str, int]] = []
        self._fresh = False
        self._aftermath = Aftermath(world, directory.run)
        self._resume()

    def _resume(self) -> None:
        """Take up what a collector before this one left undone."""
        run = self.run
        for process in run.processes.values():
            if process.pid:
                self._watch(process)
        for pool in run.pools.values():
            owner = run.processes.get(pool.owner)
            if pool.open and pool.uid and (pools.over(pool) or owner is None):
                self._closing.add(pool)
        main = run.processes.get(run.main) or run.processes.get(0)
        if run.live and main is None:
            known = self.world.load(run.gone.get(run.main, 0))
            code = known.exit_code if known is not None else None
            at_us = (known.ended_us if known is not None else None) or clock.wall_ns() // 1000
            self._main_over = Dying(code, 0.0, at_us)

    def died(self, uid: int, death: Death) -> None:
        """A watched process is dead: from the next reading on its journal is final."""
        process = self.run.processes.get(uid)
        if process is None and uid == 0:
            uid = self.run.main
            process = self.run.processes.get(uid)
        if process is None or not process.live:
            return
        known = self._dying.get(uid)
        if known is not None:
            known.exit_code = death.exit_code if known.exit_code is None else known.exit_code
            return
        self._dying[uid] = Dying(death.exit_code, time.monotonic(), clock.wall_ns() // 1000)
        for region in self.directory.by_process.get(uid, ()):
            region.final, region.quiet = True, False

    def read(self) -> None:
        """Find new files and read ahead."""
        self._fresh = False
        self.directory.discover(self.world, force=bool(self._dying))
        if 0 in self._dying and 0 not in self.run.processes:
            self._dying[self.run.main] = self._dying.pop(0)
        for process, _ in self.directory.found:
            self._watch(process)
            if process.uid in self._dying:
                for region in self.directory.by_process[process.uid]:
                    region.final = True
        for process_id in self.directory.replaced:
            self._sampler.forget(process_id)
        self.directory.replaced.clear()
        self.directory.found.clear()
        self.directory.fill()

    def fold(self, room: int, turn: int, last_full: int) -> None:
        """Fold what is read."""
        self.full, self.clear = self.directory.fold(self.world, room, turn, last_full)
        changes = self.world.changes
        for process in [process for process in changes.processes if process.run_id == self.run.id]:
            if process.live and process.pid:
                self._watch(process)
        self._closing |= {pool for pool in changes.pools if pool.run_id == self.run.id and pools.over(pool)}

    def _watch(self, process: Process) -> None:
        key = (self.run.id, process.uid)
        if not process.live or process.uid in self._dying or self._reaper.watching(key):
            return
        self._fresh = True
        self._reaper.watch(key, process.pid, process.start_ticks, process.boot_id)
        self._sampler.add(process)

    def look(self, now: int, now_us: int) -> Running:
        """Read the slots: what runs now."""
        running = Running(self.world, self.run, now)
        for uid, regions in self.directory.by_process.items():
            if uid in self._dying:
                continue
            for region in regions:
                page = region.page()
                slot = black_box.slot(page)
                if slot is not None and region.source is not None:
                    running.see(region.source, slot)
                pages.advance(self.world, region, page)
        running.plain()
        live_regions = (region for regions in self.directory.by_process.values() for region in regions)
        self.directory.boards.look(self.world, live_regions, now, now_us)
        live = [process for process in self.run.processes.values() if process.live]
        self._active = running.settle(self._active, live, now_us)
        self._aftermath.look(now_us)
        return running

    def reap(self) -> None:
        """Close what the dead were at, once everything they wrote is folded."""
        dying = len(self._dying)
        for uid in list(self._dying):
            process = self.run.processes.get(uid)
            if process is None:
                del self._dying[uid]
            elif self.directory.drained(uid) and self._exit_told(process, self._dying[uid]):
                self._bury(process, self._dying.pop(uid))
        if len(self._dying) != dying:
            self.directory.boards.show(self.world, clock.mono_ns())

    def _exit_told(self, process: Process, dying: Dying) -> bool:
        if dying.exit_code is not None or process.exit_known:
            return True
        if process.kind == "main":
            all_told, dying.exit_code = witness.told(self.directory.path)
            return all_told or dying.exit_code is not None or time.monotonic() - dying.since > GRACE
        parent = self.run.processes.get(process.parent)
        waits = parent is not None and parent.live and parent.uid not in self._dying
        return not waits or time.monotonic() - dying.since > GRACE

    def _bury(self, process: Process, dying: Dying) -> None:
        world, run = self.world, self.run
        if dying.exit_code is not None:
            process.exit_code, process.exit_known = dying.exit_code, True
        processes.judge(process)
        at_us = processes.died_us(run, process, dying.at_us)
        regions = self.directory.forget(process.uid)
        pages.died(world, run, process, regions, at_us)
        for region in regions:
            slot = region.slot()
            if slot is not None and region.source is not None:
                losses.lose(region.source, slot, at_us)
        processes.ended(world, run, process, dying.exit_code, at_us)
        self.directory.boards.buried(world, process, regions, clock.mono_ns(), at_us)
        self._aftermath.buried(process, at_us)
        self._buried += regions
        self._sampler.forget(process.id)
        for pool in [run.pools[uid] for uid in process.owned if uid in run.pools]:
            pool.owner_end = processes.words(process)
            pools.orphaned(world, pool, process.ended_us or at_us)
            self._closing.add(pool)
        if process.kind == "main" or process.uid == run.main:
            self._main_over = Dying(process.exit_code, dying.since, process.ended_us or at_us, process.orderly)

    def settle(self, running: Running, at_us: int) -> None:
        """Close the open tasks of pools nobody works for; end the run when its main process has ended."""
        if not (self.full and self.clear):
            return
        for pool in [pool for pool in self._closing if self._deserted(pool)]:
            words = pool.owner_end or "its process ended"
            done = pools.settle(self.world, self.run, pool, running.busy.get(pool.uid, set()), at_us, words)
            if done and pools.settled(pool):
                self._closing.discard(pool)
        # Whoever is watched since this turn only may have been dead before the main process: the next turn knows.
        if self._main_over is not None and not self._dying and not self._fresh and self._nothing_hangs():
            self._end(self._main_over)

    def _deserted(self, pool: Pool) -> bool:
        """Whether nobody will run what waits in it."""
        owner = self.run.processes.get(pool.owner)
        if any(uid in self._dying for uid in pool.workers) or (owner is not None and pool.owner in self._dying):
            return False
        return owner is None or not owner.live or pool.threaded or not pool.workers

    def _end(self, over: Dying) -> None:
        for process in self.run.processes.values():
            if process.live and not process.pid:
                processes.ended(self.world, self.run, process, None, over.at_us)
        if self.run.live:
            self.look(clock.mono_ns(), over.at_us)  # those buried in this turn run no more
            main = self.run.processes.get(self.run.main) or self.run.processes.get(0)
            runs.end(self.world, self.run, main, over.exit_code, over.at_us, orderly=over.orderly)

    def _nothing_hangs(self) -> bool:
        return not any(pool.open and not pool.workers for pool in self._closing)

    def before_commit(self) -> None:
        """Have the offsets written that belong to what is folded."""
        changes = self.world.changes
        self.directory.count_drops(self.world)
        changes.journals.extend(self.directory.offsets(self.run.id))
        changes.journals.extend(region.row(self.run.id) for region in self._buried)
        changes.journals_gone.extend(self._files_gone)
        self._files_gone = []

    def after_commit(self) -> None:
        """Remove the files that are read to the end, forget the processes that have ended. A row of `journals` goes
        in the transaction after its file: without it the file would be read anew."""
        for region in self.directory.regions.values():
            if region.consumed:
                removed(region.consumed)
                region.consumed = []
        for region in self._buried:
            region.close()
            removed([*region.consumed, *region.paths.values()])
            self._files_gone.append((region.journal, region.number))
        self._buried = []
        removed(self.directory.boards.over)
        self.directory.boards.over = []
        for path, aside in self.directory.set_aside:
            with contextlib.suppress(OSError):
                os.rename(path, aside)
        self.directory.set_aside = []
        run = self.run
        for uid in [uid for uid, process in run.processes.items() if not process.live]:
            run.gone[uid] = run.processes.pop(uid).id

    def spend(self, now: int) -> None:
        """What the workers' time went to up to `now` (monotonic ns)."""
        for uid, regions in self.directory.by_process.items():
            process = self.run.processes.get(uid)
            if process is not None and process.kind == "worker" and uid not in self._dying:
                pages.spend(self.world, process, regions, now)

    def sampled_pools(self) -> list[Pool]:
        """Pools worth a sample: those in use."""
        return [
            pool for pool in self.run.pools.values() if pool.uid and (pool.open or pool.state in ("open", "closing"))
        ]

    def sample_channels(self, at_s: int) -> list[int]:
        """Sample the channels in use; their ids."""
        return self.directory.boards.sample(self.world.changes, at_s)

    @property
    def over(self) -> bool:
        """Whether nothing of the run is left to follow."""
        return not (self.run.live or self.run.processes or self._files_gone or self._buried)

    def close(self) -> None:
        """Let go of all files and, where the run is over, of its directory."""
        for region in self.directory.regions.values():
            region.close()
        self.directory.boards.close()

    def remove(self) -> None:
        """The run is over and written: its directory goes, but for what could not be read and is kept."""
        with contextlib.suppress(OSError), os.scandir(self.directory.path) as entries:
            paths = [entry.path for entry in entries if not entry.is_dir(follow_symlinks=False)]
            if not any(path.endswith(KEPT) for path in paths):
                removed(paths)
        with contextlib.suppress(OSError):
            os.rmdir(self.directory.path)
