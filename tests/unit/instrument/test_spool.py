"""The one rule that is written twice."""

from __future__ import annotations

import pytest

from procscope.runtime.instrument import limits, spool
from procscope.runtime.settings import Settings


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"PROCSCOPE_STATE_DIR": "/tmp/x"},
        {"PROCSCOPE_STATE_DIR": "relative"},
        {"PROCSCOPE_DB": "/tmp/other.db"},
        {"PROCSCOPE_DB": "other.db", "PROCSCOPE_STATE_DIR": "/tmp/x"},
        {"PROCSCOPE_DB": "postgresql://host/db"},
        {"PROCSCOPE_DB": "/tmp/\udcff.db"},
    ],
)
def test_the_same_spool_as_the_settings_name(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The program wrote where no collector looked."""
    monkeypatch.delenv("PROCSCOPE_STATE_DIR")
    assert spool.path(variables) == Settings.from_environment(variables).spool


def test_limits() -> None:
    """detail, capture_args and the rest reach the hot paths in their units."""
    assert limits.of({}).slow_ns == 1_000_000
    assert limits.of({"PROCSCOPE_DETAIL": "all"}).slow_ns == 0
    assert limits.of({"PROCSCOPE_DETAIL": "failures"}).slow_ns == -1
    assert limits.of({"PROCSCOPE_CAPTURE_ARGS": "0"}).preview == 0
    assert limits.of({"PROCSCOPE_PREVIEW_BYTES": "nonsense", "PROCSCOPE_RUN": "x"}).preview == 512
    assert limits.of({"PROCSCOPE_SECRET_NAMES": "pin, code"}).secret_names == ("pin", "code")
