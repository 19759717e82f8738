"""Log records of WARNING and above, as their logger's filters let them through, whatever handlers there are.

The loggers' own `filter` is where we look: nothing of ours is on the stack while handlers run, and the program sees no
handler of ours.
"""

from __future__ import annotations

import os
from typing import Any

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import Drop, Logged
from procscope.runtime.instrument import patches, recorder, sayings

GROUP = "logs"
WARNING = 30


def install(module: Any) -> None:
    """Patch Filterer of logging, which Logger inherits from."""
    if recorder.limits().logs:
        patches.replace(GROUP, module.Filterer, "filter", _filter(module.Logger, module.LogRecord))


def _filter(logger: type, kind: type) -> Any:
    def make(original: Any) -> Any:
        def filter(self: Any, record: Any) -> Any:
            try:
                kept = original(self, record)
            except BaseException as error:
                error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
                raise
            try:
                if kept and issubclass(type(self), logger):
                    record = kept if issubclass(type(kept), kind) else record
                    if issubclass(type(record), kind):
                        _tell(vars(record))
            except Exception as fault:
                if patches.fault(GROUP, fault):
                    raise
            return kept

        return filter

    return make


def _tell(record: dict[str, Any]) -> None:
    """One that another process made and sent here was told there."""
    level = record.get("levelno")
    if type(level) is not int or level < WARNING or not recorder.run:
        return
    if record.get("process") not in (os.getpid(), None):
        return
    at, region = mono_ns(), recorder.region()
    task = region.slot_now()
    if not sayings.may(task, at):
        return region.drop(Drop.LOG_LIMIT)
    pool, number, chunk, offset = task or (0, 0, -1, -1)
    where = (sayings.word(record.get("name")), sayings.site(record), sayings.message(record))
    region.rich(Logged(at, pool, number, chunk, offset, min(level, 32767), *where))
