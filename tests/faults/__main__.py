"""`make faults`: every call of ours fails in turn, in every way, on every Python here. Takes an hour or so."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.faults import tree
from tests.faults.shots import KINDS
from tests.faults.stage_names import NAMES
from tests.faults.sweep import MODES, Sweep, Wanted
from tests.support.pythons import VERSIONS, Interpreter, find


def on(interpreter: Interpreter, names: list[str], wanted: Wanted, lanes: int) -> bool:
    """All shots on one Python; whether nothing was found."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="procscope-") as folder:
        faulty = Path(folder, "tree")
        sites = tree.build(faulty)
        sweep = Sweep(interpreter.path, faulty, sites, Path(folder), lanes)
        sweep.tell = lambda finding: print(f"    {finding}", flush=True)
        found = sweep.run(names, wanted)
    counts = f"{len(sites)} sites, {len(sweep.covered)} struck by {sweep.struck} of {sweep.fired} shots"
    print(f"Python {interpreter.full}: {counts}, {len(found)} wrong ({time.monotonic() - began:.0f} s)", flush=True)
    return not found


def main() -> int:
    """0 when no shot changed a program and each was counted."""
    parser = argparse.ArgumentParser(description="every call of ours fails in turn")
    parser.add_argument("--python", action="append", default=[], metavar="VERSION", help=f"of {', '.join(VERSIONS)}")
    parser.add_argument("--stage", action="append", default=[], choices=NAMES)
    parser.add_argument("--kind", action="append", default=[], choices=[*KINDS, "ValueError"])
    parser.add_argument("--mode", action="append", default=[], choices=MODES)
    parser.add_argument("--deep", type=int, default=2, help="stages that each place is struck in")
    parser.add_argument("--file", default="", help="only places in files whose path contains this")
    parser.add_argument("--lanes", type=int, default=2)
    options = parser.parse_args()
    wanted = Wanted(
        kinds=tuple(options.kind) or KINDS, modes=tuple(options.mode) or MODES, deep=options.deep, file=options.file
    )
    found = [interpreter for version in options.python or VERSIONS if (interpreter := find(version))]
    right = [on(each, options.stage or NAMES, wanted, options.lanes) for each in found]
    return 0 if all(right) else 1


if __name__ == "__main__":
    sys.exit(main())
