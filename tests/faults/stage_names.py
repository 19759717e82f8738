"""The names of the stages, read without importing them."""

from __future__ import annotations

import ast
from pathlib import Path

_SOURCE = Path(__file__).parent / "programs" / "stages.py"
NAMES = [
    node.name
    for node in ast.parse(_SOURCE.read_text()).body
    if isinstance(node, ast.FunctionDef) and any(ast.unparse(each) == "stage" for each in node.decorator_list)
]
