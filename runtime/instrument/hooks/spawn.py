"""Preparation data of spawn and forkserver children carries the run."""

from __future__ import annotations

from procscope.runtime.instrument import children, identity, patches, recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

GROUP = "spawn"


def install(module: ModuleType) -> None:
    """Patch get_preparation_data of multiprocessing.spawn."""
    patches.replace(GROUP, module, "get_preparation_data", _get_preparation_data)


def _get_preparation_data(original: Any) -> Any:
    def get_preparation_data(*args: Any, **options: Any) -> Any:
        data = original(*args, **options)
        try:
            birth = identity.starting.birth
            if recorder.run and birth is not None:
                data["procscope"] = children.Baggage(birth)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
        return data

    return get_preparation_data
