"""The last result of each suite on each Python: kept as JSON in the checkout, written out as docs/conformance.md."""

from __future__ import annotations

import datetime
import json
import platform
import subprocess
import threading
from typing import Any

from tests.conformance.borrowed import KEPT
from tests.conformance.verdict import Verdict
from tests.support.imports import ROOT

PAGE = ROOT / "docs" / "conformance.md"
Row = dict[str, Any]
Results = dict[str, dict[str, Row]]
_one_at_a_time = threading.Lock()
_HEAD = """# Conformance

<!-- Written by `make conformance`: do not edit. -->

CPython's own tests for what we hook, each suite run twice at once: bare, and under observation in every process,
children included. A test counts as a *difference* if it ends otherwise in two of three runs alone; one that does so
less often is *flaky*, and how it ended each time is listed. *Processes* is how many wrote a journal, *faults* how
often a hook of ours failed. `programs` are small programs of ours, one idiom each, under every start method: output,
exit code, what stands on stderr, processes left over, threads and descriptors at the end. Our journals are mappings
that keep no descriptor. Up to Python 3.10 an exception that passes through a hook shows the hook's frame in its
traceback, which only there cannot be hidden: on 3.10 those lines are left out of the comparison.

Known, and not in the corpus: `lock.acquire` with arguments that it refuses shows a hook's frame; `__exit__` of a lock
that is not held shows the hook's frame in the place of the standard one; pickling the bound method `lock.acquire` fails
with AttributeError for TypeError.

Left out: `test_shutdown_deadlock_pickle` on 3.12.0 to 3.12.7 and on 3.13.0. These deadlock now and then, bare as well,
when an executor is shut down while its feeder finds that a call cannot be pickled (CPython's gh-125451), and of a suite
that hangs all the rest is missing.
"""
_COLUMNS = (
    "suite", "tests", "bare", "same", "differences", "flaky", "processes", "faults", "seconds", "date", "commit",
)  # fmt: skip


def load() -> Results:
    """Rows by Python version and suite."""
    return {path.stem: json.loads(path.read_text()) for path in KEPT.glob("3.*.json")}


def keep(version: str, suite: str, verdict: Verdict, lent: str) -> None:
    """Remember `verdict` as the last one of `suite`, and write the page anew."""
    row = _row(verdict, lent)
    with _one_at_a_time:
        _put(version, suite, row)


def _put(version: str, suite: str, row: Row) -> None:
    KEPT.mkdir(exist_ok=True)
    rows = load().get(version, {})
    rows[suite] = row
    # A file for each Python: two may be at work at once.
    (KEPT / f"{version}.json").write_text(json.dumps(rows, indent=1))
    PAGE.write_text(page(load()))


def _row(verdict: Verdict, lent: str) -> Row:
    return {
        "tests": verdict.tests,
        "bare": dict(verdict.bare),
        "same": verdict.same,
        "differences": [str(doubt) for doubt in verdict.differences],
        "flaky": [str(doubt) for doubt in verdict.flaky],
        "processes": verdict.told.processes,
        "faults": dict(verdict.told.faults),
        "seconds": round(verdict.seconds),
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "commit": _commit(),
        "lent": lent,
    }


def _commit() -> str:
    """The commit that ran; with a + if files other than the docs, which this writes itself, were not as committed."""
    try:
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs")
        return _git("rev-parse", "--short", "HEAD") + "+" * bool(changed)
    except (OSError, subprocess.SubprocessError):
        return "?"


def _git(*words: str) -> str:
    return subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=True).stdout.strip()


def page(results: Results) -> str:
    """docs/conformance.md."""
    parts = [_HEAD, f"Machine: {platform.system()} {platform.release()}, {platform.machine()}.\n"]
    for version in sorted(results, key=lambda text: [int(part) for part in text.split(".")]):
        parts.append(_section(version, results[version]))
    return "\n".join(parts)


def _section(version: str, rows: dict[str, Row]) -> str:
    lines = [f"## Python {version}\n", _line(_COLUMNS), _line("---" for _ in _COLUMNS)]
    lines += [_line(_cells(suite, row)) for suite, row in sorted(rows.items())]
    lent = {row["lent"] for suite, row in rows.items() if suite == "futures" and row["lent"]}
    lines += [f"\n`futures` is {whose}: this Python comes without it." for whose in sorted(lent)]
    for kind in ("differences", "flaky", "faults"):
        found = [f"- {suite}: {text}" for suite, row in rows.items() for text in row[kind]]
        lines += [f"\n{kind.capitalize()}:\n", *found] if found else []
    return "\n".join(lines) + "\n"


def _cells(suite: str, row: Row) -> list[str]:
    bare = ", ".join(f"{n} {name}" for name, n in row["bare"].items())
    counts = [len(row["differences"]), len(row["flaky"]), row["processes"], sum(row["faults"].values()), row["seconds"]]
    return [suite, str(row["tests"]), bare, str(row["same"]), *map(str, counts), row["date"], row["commit"]]


def _line(cells: Any) -> str:
    return f"| {' | '.join(cells)} |"
