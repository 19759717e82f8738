"""`pytest --procscope`: what each test's workers did. Without the flag nothing of procscope is imported."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The flags."""
    group = parser.getgroup("procscope", "procscope")
    group.addoption(
        "--procscope",
        action="store_true",
        help="observe the worker processes of each test; name those left alive, tasks lost and deadlocks",
    )
    group.addoption(
        "--procscope-timeout",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="end the workers of a test that takes longer, say who waits for whom, and fail it (implies --procscope)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """With a flag, the plugin proper."""
    if config.getoption("--procscope") or config.getoption("--procscope-timeout"):
        from procscope.inside import plugin

        config.pluginmanager.register(plugin.Watch(config.getoption("--procscope-timeout")), "procscope-watch")
