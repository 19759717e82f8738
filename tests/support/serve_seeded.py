"""`python -m tests.support.serve_seeded [--seed] [--port N] [--db URL]`: the dashboard for whoever works on its pages.

Without a collector; templates are read again for each request. `--seed` fills a fresh database first.
"""

from __future__ import annotations

import argparse
import os
import tempfile

from procscope.dashboard import server
from procscope.dashboard.app import create_app
from procscope.runtime.settings import Settings
from procscope.runtime.store.engine import open_engine
from tests.support.seed import seed


def main() -> None:
    """Print the link and serve until Ctrl-C."""
    options = _options()
    settings = Settings.from_environment()
    if options.seed:
        settings = _seeded(settings, options)
    elif options.db:
        settings = settings.overlaid({"db": options.db})
    listener = server.bind(settings.host, options.port)
    settings = settings.overlaid({"port": listener.getsockname()[1]})
    open_engine(settings.database_url).dispose()
    app = create_app(settings)
    app.config["TEMPLATES_AUTO_RELOAD"] = True
    token = app.extensions["procscope"].keys.token
    print(f"{server.address(settings.host, settings.port)}?token={token}", flush=True)
    server.Server(listener, settings.host, app).serve_forever()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", action="store_true", help="fill a fresh database first")
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--db", default="")
    return parser.parse_args()


def _seeded(settings: Settings, options: argparse.Namespace) -> Settings:
    path = os.path.join(tempfile.mkdtemp(prefix="procscope-dev-"), "seeded.db")
    seed(path, tasks=options.tasks, workers=options.workers)
    return settings.overlaid({"db": path})


if __name__ == "__main__":
    main()
