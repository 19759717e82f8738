"""What queries answer with: frozen values. Times are µs since the epoch (`*_us`), sizes bytes, CPU % of a core."""

from __future__ import annotations

from procscope.runtime.store.rows.failure_rows import Failure, raised_from_json
from procscope.runtime.store.rows.log_rows import LogLine
from procscope.runtime.store.rows.present import PoolRate, RunProgress, Totals
from procscope.runtime.store.rows.primitive_rows import Edge, End, Holder, Primitive
from procscope.runtime.store.rows.run_rows import Batch, Collector, Counts, Drops, Pool, Process, Run
from procscope.runtime.store.rows.series import ChannelSeries, HostSeries, PoolSeries, ProcessSeries
from procscope.runtime.store.rows.task_rows import Quantiles, Recent, Running, Task, TaskDetail, TaskPage

__all__ = [
    "Batch",
    "ChannelSeries",
    "Collector",
    "Counts",
    "Drops",
    "Edge",
    "End",
    "Failure",
    "Holder",
    "HostSeries",
    "LogLine",
    "Pool",
    "PoolRate",
    "PoolSeries",
    "Primitive",
    "Process",
    "ProcessSeries",
    "Quantiles",
    "Recent",
    "Run",
    "RunProgress",
    "Running",
    "Task",
    "TaskDetail",
    "TaskPage",
    "Totals",
    "raised_from_json",
]
