"""What observation costs a program: a bare and an observed one live side by side and take turns, block by block.

A machine that others share changes its speed by two within minutes; two blocks that follow each other within a tenth of
a second meet about the same one. Printed are the medians over the rounds: wall and CPU of the observed block over those
of the bare one beside it, CPU microseconds added per task, and the spread of that (half the distance between the
quartiles). CPU is that of the program and of its workers. Gate on CPU.

    python -m benchmarks.overhead [--rounds N] [--only NAME] [--json] [--setting sync=off]…
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.cases import CASES, Case, program

ROOT = Path(__file__).resolve().parents[1]
_BOOT = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); from procscope.runtime.instrument.boot import run_program; "
    f"sys.path.remove({str(ROOT)!r}); run_program(sys.argv[1:])"
)
_START_UP = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); "
    "from procscope.runtime.instrument.boot import from_environment; from_environment()"
)
_NO_CACHE = "PYTHONDONTWRITEBYTECODE"  # with it, every interpreter would compile us again
Sample = tuple[float, float]
"""(wall, cpu) seconds."""


class Side:
    """One of the two programs, kept alive; `turn()` is one block."""

    def __init__(self, case: Case, python: str, environment: dict[str, str], script: Path) -> None:
        words = ["-c", _BOOT] if "PROCSCOPE_RUN" in environment else []
        script.write_text(program(case))
        argv = [python, *words, str(script)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(argv, env=environment, stdin=pipe, stdout=pipe, text=True)

    def turn(self) -> Sample:
        """(wall, cpu) of one block."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        wall, cpu = map(float, self._process.stdout.readline().split())
        return wall, cpu

    def end(self) -> None:
        """Let the program end."""
        self._process.communicate(timeout=60)


def environment_of(home: str, settings: list[str] | None) -> dict[str, str]:
    """For a bare program (None), or for one observed with `settings` like sync=off, into a spool of its own."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PROCSCOPE_", _NO_CACHE))}
    if settings is None:
        return plain
    run = Path(tempfile.mkdtemp(dir=Path(home) / "spool"))
    chosen = dict(setting.split("=", 1) for setting in settings)
    named = {f"PROCSCOPE_{name.upper()}": value for name, value in chosen.items()}
    return {**plain, "PROCSCOPE_STATE_DIR": home, "PROCSCOPE_RUN": run.name, **named}


def compare(case: Case, python: str, rounds: int, settings: list[str]) -> dict[str, Any]:
    """Bare and observed blocks of one case, in turn."""
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "spool").mkdir(mode=0o700)
        sides = [
            Side(case, python, environment_of(home, chosen), Path(home) / "case.py") for chosen in (None, settings)
        ]
        samples: list[list[Sample]] = [[], []]
        for turn in range(min(rounds, case.rounds)):
            for which in (0, 1) if turn % 2 else (1, 0):
                samples[which].append(sides[which].turn())
        for side in sides:
            side.end()
    return summary(case.name, case.n, *samples) | {"budget": _budget(case)}


def summary(name: str, n: int, bare: list[Sample], observed: list[Sample]) -> dict[str, Any]:
    """Medians over the pairs, and what one task costs more."""
    pairs = list(zip(bare, observed, strict=True))
    added = sorted((b[1] - a[1]) / n * 1e6 for a, b in pairs)
    quarter = len(added) // 4
    return {
        "name": name,
        "bare_cpu_us": statistics.median(cpu for _, cpu in bare) / n * 1e6,
        "wall_ratio": statistics.median(b[0] / a[0] for a, b in pairs),
        "cpu_ratio": statistics.median(b[1] / a[1] for a, b in pairs),
        "cpu_us_added": statistics.median(added),
        "spread_us": (added[-1 - quarter] - added[quarter]) / 2,
    }


def _budget(case: Case) -> str:
    parts = [f"≤ {case.budget_ratio:.2f}×"] if case.budget_ratio else []
    return ", ".join([*parts, *([f"≤ {case.budget_cpu_us:g} µs"] if case.budget_cpu_us else [])])


def start_up(python: str, environment: dict[str, str]) -> Sample:
    """An interpreter that does nothing, as installed: the start-up file's line, then nothing."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    line = _START_UP if "PROCSCOPE_RUN" in environment else "import sys"
    subprocess.run([python, "-c", line], env=environment, check=True)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare_start_up(python: str, rounds: int, settings: list[str]) -> dict[str, Any]:
    """Starts of a bare and of an observed interpreter, in turn."""
    samples: list[list[Sample]] = [[], []]
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "spool").mkdir(mode=0o700)
        for _ in range(rounds):
            for which, chosen in enumerate((None, settings)):
                samples[which].append(start_up(python, environment_of(home, chosen)))
    return summary("interpreter start", 1, *samples) | {"budget": "≤ 5000 µs"}


def main() -> None:
    """Run the cases that --only names (a part of the name), all by default."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--only", default="")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--setting", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not options.json:
        print(f"{'':24}{'bare cpu':>13}{'wall':>8}{'cpu':>9}{'cpu added':>14}{'spread':>12}   budget")
    for case in CASES:
        if options.only in case.name:
            show(compare(case, options.python, options.rounds, options.setting), options.json)
    if options.only in "interpreter start":
        show(compare_start_up(options.python, options.rounds, options.setting), options.json)


def show(row: dict[str, Any], as_json: bool) -> None:
    """One line of the table, or one JSON object."""
    if as_json:
        print(json.dumps(row), flush=True)
        return
    print(
        f"{row['name']:24}{row['bare_cpu_us']:10.2f} µs{row['wall_ratio']:7.2f}×{row['cpu_ratio']:8.3f}×"
        f"{row['cpu_us_added']:11.2f} µs{row['spread_us']:9.2f} µs   {row['budget']}",
        flush=True,
    )


if __name__ == "__main__":
    main()
