"""The chunksize that a map should have had, from how long its items took and what each chunk cost besides.

Kruskal and Weiss, "Allocating independent subtasks on parallel processors", IEEE Transactions on Software Engineering
11(10), 1985: n items of mean m and standard deviation s, in chunks of k on p processors, each chunk with an overhead h,
take about

    E(k) = n m / p  +  n h / (k p)  +  s √(2 k ln p)

Small chunks pay the second term, large ones leave the last worker working alone: the third. E is least at

    k = (√2 n h / (s p √(ln p)))^(2/3)
"""

from __future__ import annotations

import math
from typing import NamedTuple


class Advice(NamedTuple):
    """A better chunksize, and by which part of the whole it would have shortened the map."""

    chunksize: int
    gain: float


LEAST_GAIN = 0.05
"""Below a twentieth of the time the estimate is no better than the guess it replaces."""


def expected_us(n: int, mean_us: float, deviation_us: float, workers: int, overhead_us: float, chunksize: int) -> float:
    """E(k): about how long the map takes, in µs."""
    alone = deviation_us * math.sqrt(2 * chunksize * math.log(workers)) if workers > 1 else 0.0
    chunks = math.ceil(n / chunksize)
    # With fewer chunks than workers some have nothing to do.
    used = min(workers, chunks)
    return n * mean_us / used + chunks * overhead_us / used + alone


def best(n: int, mean_us: float, deviation_us: float, workers: int, overhead_us: float) -> int:
    """The k of the least E(k), from 1 to what gives every worker a chunk."""
    most = max(1, math.ceil(n / workers))
    if overhead_us <= 0:
        return 1
    if workers < 2 or deviation_us <= 0:
        return most
    found = math.sqrt(2) * n * overhead_us / (deviation_us * workers * math.sqrt(math.log(workers)))
    return max(1, min(most, round(math.pow(found, 2 / 3))))


def advice(
    n: int, mean_us: float, deviation_us: float, workers: int, overhead_us: float, chunksize: int
) -> Advice | None:
    """A chunksize that differs from the given one by a factor of 2 or more and would have been worth it, if any."""
    if n < 2 or workers < 1 or chunksize < 1:
        return None
    better = best(n, mean_us, deviation_us, workers, overhead_us)
    if max(better, chunksize) < 2 * min(better, chunksize):
        return None
    now, then = (expected_us(n, mean_us, deviation_us, workers, overhead_us, k) for k in (chunksize, better))
    gain = 1 - then / now if now > 0 else 0.0
    return Advice(better, gain) if gain >= LEAST_GAIN else None
