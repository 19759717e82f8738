"""joblib.Parallel: each call of its batches as an item, whatever backend runs them."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from procscope.runtime.instrument import bundles, patches

GROUP = "joblib"
_calls: WeakKeyDictionary[Any, tuple[Any, bundles.Call]] = WeakKeyDictionary()
"""A Parallel object → the mark of its present call, and that."""


def install(module: Any) -> None:
    """Patch joblib.parallel."""
    patches.replace(GROUP, module.BatchCompletionCallBack, "__init__", _about_to_submit)
    patches.replace(GROUP, module.Parallel, "_terminate_and_reset", _over)
    bundles.kinds[module.BatchedCalls] = _itself
    backends = __import__("joblib._parallel_backends", fromlist=["_"])
    for name in ("_TracebackCapturingWrapper", "SafeFunction"):
        if hasattr(backends, name):
            bundles.kinds[getattr(backends, name)] = _wrapped
    failed = __import__("joblib._utils", fromlist=["_"])
    if hasattr(failed, "_ExceptionWithTraceback"):
        bundles.failures.add(failed._ExceptionWithTraceback)


def _itself(calls: Any) -> Any:
    return calls


def _wrapped(wrapper: Any) -> Any:
    return wrapper.func


def _call_of(parallel: Any) -> bundles.Call:
    state = vars(parallel)
    mark = state.get("_call_id", state.get("_start_time"))
    found = _calls.get(parallel)
    if found is None or found[0] != mark:
        found = _calls[parallel] = (mark, bundles.Call())
    return found[1]


def _about_to_submit(original: Any) -> Any:
    """What a batch's end will call is made just before the batch is submitted, by the same thread."""

    def __init__(self: Any, dispatch_timestamp: Any, batch_size: Any, parallel: Any) -> None:
        original(self, dispatch_timestamp, batch_size, parallel)
        try:
            if GROUP not in patches.off:
                bundles.submitting.call = _call_of(parallel)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise

    return __init__


def _over(original: Any) -> Any:
    def _terminate_and_reset(self: Any) -> Any:
        try:
            bundles.submitting.call = None
            found = _calls.pop(self, None)
            if found is not None:
                found[1].over()
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
        return original(self)

    return _terminate_and_reset
