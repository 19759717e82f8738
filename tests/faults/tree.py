"""A copy of what lives in the program, in which every call and every late import of ours asks first whether to fail.

The copy is a source tree like the checkout: programs are observed from it exactly as from the real one, under every
Python and start method, and hooks written tomorrow are covered without a word here.
"""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PARTS = ("instrument", "journal")
GROUND = ("events.py", "clock.py", "settings.py", "errors.py", "sketch.py", "thrown.py", "__init__.py")
STRIKE = Path(__file__).parent / "programs" / "strike.py"
THEIRS = frozenset({
    "original", "inner", "execute", "leave", "run", "find", "plain", "invoke", "get", "_put", "super", "super().put",
    "super().wait", "held.pop", "take", "grip.take", "grip.give", "grip.hold", "self._lock.__enter__",
    "self._future.set_running_or_notify_cancel", "self._future.set_result", "self._future.set_exception",
    "getattr(self._procscope_queue, name)", "getattr(self._future, name)", "executor.submit",
})  # fmt: skip
"""What our code calls because the program called it: those calls are the program's, their failures too."""
READING = ("reader.py", "records.py", "board_reader.py")


class Site(NamedTuple):
    """One place of ours that may fail. `what` is the call as source, or the import."""

    number: int
    file: str
    line: int
    function: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.function}: {self.what}"


def build(folder: Path) -> dict[int, Site]:
    """The tree in `folder`; its sites by number."""
    runtime = folder / "procscope" / "runtime"
    runtime.mkdir(parents=True)
    (folder / "procscope" / "__init__.py").touch()
    sites: list[Site] = []
    for path in _sources():
        relative = path.relative_to(ROOT / "runtime")
        target = runtime / relative
        target.parent.mkdir(exist_ok=True)
        target.write_text(with_strikes(path.read_text(), str(relative), sites))
    shutil.copyfile(STRIKE, runtime / "strike.py")
    (folder / "sites.json").write_text(json.dumps(sites))
    return {site.number: site for site in sites}


def _sources() -> list[Path]:
    runtime = ROOT / "runtime"
    found = [runtime / name for name in GROUND]
    for part in PARTS:
        found += sorted(path for path in (runtime / part).rglob("*.py") if path.name not in READING)
    return found


def with_strikes(source: str, file: str, sites: list[Site]) -> str:
    """`source` asking before each call; the places are added to `sites`."""
    tree = ast.parse(source)
    guards = sorted(_guards(tree))
    striker = _Striker(file, sites)
    striker.visit(tree)
    after = 1 if ast.get_docstring(tree) is not None else 0
    while after < len(tree.body) and _is_future(tree.body[after]):
        after += 1
    tree.body.insert(after, ast.parse("from procscope.runtime.strike import strike as __strike__").body[0])
    return ast.unparse(ast.fix_missing_locations(tree)) + f"\n__guards__ = {guards!r}\n"


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


class _Striker(ast.NodeTransformer):
    """f(x) becomes __strike__(n, f)(x); a late import is preceded by __strike__(n)."""

    def __init__(self, file: str, sites: list[Site]) -> None:
        self._file = file
        self._sites = sites
        self._inside: list[str] = []

    def _new(self, node: ast.AST, what: str) -> ast.Constant:
        number = len(self._sites) + 1
        line = getattr(node, "lineno", 0)
        self._sites.append(Site(number, self._file, line, ".".join(self._inside), " ".join(what.split())[:100]))
        return ast.Constant(number)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        what = ast.unparse(node)
        if _is_theirs(node):
            node.args = [self.visit(each) for each in node.args]
            return node
        self.generic_visit(node)
        strike = ast.Name("__strike__", ast.Load())
        node.func = ast.Call(strike, [self._new(node, what), node.func], [])
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self._inside.append(node.name)
        node.decorator_list = [self.visit(each) for each in node.decorator_list]
        node.body = self._block(node.body)
        self._inside.pop()
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self._inside.append(node.name)
        node.body = self._block(node.body)
        self._inside.pop()
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_Import(self, node: ast.Import) -> ast.AST | list[ast.AST]:
        return self._import(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | list[ast.AST]:
        return self._import(node)

    def _import(self, node: ast.Import | ast.ImportFrom) -> ast.AST | list[ast.AST]:
        if not self._inside:
            return node
        strike = ast.Call(ast.Name("__strike__", ast.Load()), [self._new(node, ast.unparse(node))], [])
        return [ast.Expr(strike), node]

    def _block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        seen: list[ast.stmt] = []
        for statement in body:
            visited = self.visit(statement)
            seen += visited if isinstance(visited, list) else [visited]
        return seen


def _cannot_fail(node: ast.Call) -> bool:
    """These read a word of memory."""
    called = ast.unparse(node.func)
    if called == "type":
        return len(node.args) == 1
    return called in ("get_ident", "sys.is_finalizing", "finalizing", "stream")


def _guards(tree: ast.Module) -> set[str]:
    """Functions of a module that cannot fail but by not being entered: all that they call and that may fail stands
    inside `try … except Exception`, or is such a function itself."""
    functions = {name: _unguarded(node.body) for name, node in _functions(tree.body, "")}
    guards: set[str] = set()
    while True:
        more = {name for name, called in functions.items() if called <= guards} - guards
        if not more:
            return guards
        guards |= more


def _functions(body: Sequence[ast.AST], inside: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            name = inside + node.name
            if isinstance(node, ast.FunctionDef):
                yield name, node
            yield from _functions(node.body, name + ".")
        elif not isinstance(node, ast.expr):
            yield from _functions(list(ast.iter_child_nodes(node)), inside)


def _unguarded(body: Sequence[ast.AST]) -> set[str]:
    """What is called outside of any wide `try`, as source; imports and `raise` by a name that nothing has."""
    found: set[str] = set()
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.Lambda)) or (isinstance(node, ast.Try) and _is_kept(node)):
            found |= _unguarded(node.finalbody) if isinstance(node, ast.Try) else set()
            continue
        if isinstance(node, (ast.Raise, ast.Import, ast.ImportFrom)):
            found.add("")
        elif isinstance(node, ast.Call) and not _is_theirs(node):
            found.add(ast.unparse(node.func))
        found |= _unguarded(list(ast.iter_child_nodes(node)))
    return found


def _is_kept(node: ast.Try) -> bool:
    return any(_is_wide(handler) for handler in node.handlers)


def _is_theirs(node: ast.Call) -> bool:
    return ast.unparse(node) in THEIRS or ast.unparse(node.func) in THEIRS or _cannot_fail(node)


def _is_wide(handler: ast.ExceptHandler) -> bool:
    return isinstance(handler.type, ast.Name) and handler.type.id in ("Exception", "BaseException")
