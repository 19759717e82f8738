"""`python -m procscope`: the command line."""

from __future__ import annotations

from procscope.cli import main

if __name__ == "__main__":
    main()
