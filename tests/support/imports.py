"""What each module of the house imports, read from its source and never by importing it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
SKIPPED = {"__pycache__", "node_modules", "build", "dist"}


class Import(NamedTuple):
    """One import: the full dotted name, its line, and whether it happens only for type checkers."""

    name: str
    line: int
    typing_only: bool


class Module(NamedTuple):
    """A source file, its dotted name (procscope.runtime.events) and its tree."""

    path: Path
    name: str
    tree: ast.Module

    @property
    def where(self) -> str:
        """The path from the root of the checkout."""
        return str(self.path.relative_to(ROOT))

    def imports(self) -> Iterator[Import]:
        """Every import at any depth; `from a import b` counts as a and, where b is a module of ours, as a.b."""
        guarded = set(_type_checking_only(self.tree))
        for node in ast.walk(self.tree):
            for name in self._named(node):
                yield Import(name, getattr(node, "lineno", 0), node in guarded)

    def _named(self, node: ast.AST) -> list[str]:
        if isinstance(node, ast.Import):
            return [alias.name for alias in node.names]
        if not isinstance(node, ast.ImportFrom):
            return []
        base = self._base(node)
        return [f"{base}.{alias.name}" if _is_module(f"{base}.{alias.name}") else base for alias in node.names]

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.name.split(".")
        if self.path.name != "__init__.py":
            package = package[:-1]
        kept = package[: len(package) - node.level + 1]
        return ".".join([*kept, *([node.module] if node.module else [])])


def modules(*folders: str) -> list[Module]:
    """The modules in top-level `folders` (runtime and dashboard are procscope.runtime and procscope.dashboard)."""
    return [_module(path) for folder in folders for path in _sources(ROOT / folder)]


def _sources(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*.py")
        if not SKIPPED.intersection(path.parts) and not any(parent.is_symlink() for parent in path.parents)
    )


def _module(path: Path) -> Module:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    if parts[0] in {"runtime", "dashboard", "migrations"}:
        parts.insert(0, "procscope")
    if parts[-1] == "__init__":
        parts.pop()
    return Module(path, ".".join(parts), ast.parse(path.read_text(), str(path)))


def _is_module(name: str) -> bool:
    if name.split(".")[0] not in {"procscope", "tests"}:
        return False
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def _type_checking_only(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for inner in node.body:
                yield from ast.walk(inner)
