"""Check the size budgets, so that files and functions stay small enough to read."""

from __future__ import annotations

import ast
import re
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ("batchly_admin", "config", "tests", "tools")
LEFT_OUT = ("batchly_admin/migrations/versions/", "batchly_admin/static/dist/")

FILE_LINES = 500
TEST_FILE_LINES = 600
FUNCTION_LINES = 60
LONG_FUNCTION_LINES = 50
LONG_FUNCTIONS_SHARE = 0.04
TEMPLATE_LINES = 250
SCRIPT_LINES = 400
OWN_IMPORTS = 15
WIRING = ("app.py", "up/start.py", "admin_views/mount.py")
TELLERS = ("batchly_admin/demo/",)
"""The demo tells a whole shop's story, so its chapters know many tables."""
EXCUSES_PER_THOUSAND = 2.0

_EXCUSE = re.compile(r"#\s*(noqa|type:\s*ignore)")
_INLINE_HANDLER = re.compile(
    r"<[^>]*\son(click|change|submit|input|load|key\w+)\s*=", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Function:
    """A function, where it stands and how long it is."""

    where: str
    lines: int


def main() -> int:
    """Print every breach and the figures; fail when there is a breach."""
    breaches: list[str] = []
    functions: list[Function] = []
    sizes: list[int] = []
    excuses = total = 0
    for path in _files(PYTHON, ".py"):
        text = path.read_text(encoding="utf-8")
        count = text.count("\n")
        sizes.append(count)
        total += count
        excuses += len(_EXCUSE.findall(text))
        breaches += _file_breaches(path, text, count)
        functions += _functions(path, text)
    breaches += [
        f"{function.where}: {function.lines} lines, at most {FUNCTION_LINES}"
        for function in functions
        if function.lines > FUNCTION_LINES
    ]
    breaches += _shares(functions, excuses, total)
    breaches += [*_templates(), *_scripts()]
    for breach in breaches:
        print(breach, file=sys.stderr)
    lengths = [function.lines for function in functions] or [0]
    print(
        f"{len(sizes)} files, median {statistics.median(sizes):.0f} lines; "
        f"{len(functions)} functions, median {statistics.median(lengths):.0f} lines; "
        f"{excuses} excuses in {total} lines"
    )
    return 1 if breaches else 0


def _files(folders: tuple[str, ...], suffix: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob(f"*{suffix}")):
            if not path.relative_to(ROOT).as_posix().startswith(LEFT_OUT):
                yield path


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _file_breaches(path: Path, text: str, count: int) -> Iterator[str]:
    name = _name(path)
    limit = TEST_FILE_LINES if name.startswith("tests/") else FILE_LINES
    if count > limit:
        yield f"{name}: {count} lines, at most {limit}"
    if not name.endswith(WIRING) and not name.startswith(("tests/", *TELLERS)):
        own = _own_imports(ast.parse(text))
        if own > OWN_IMPORTS:
            yield f"{name}: imports {own} modules of ours, at most {OWN_IMPORTS}"


def _own_imports(tree: ast.Module) -> int:
    modules = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("batchly_admin"):
            modules.add(node.module)
    return len(modules)


def _functions(path: Path, text: str) -> Iterator[Function]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield Function(f"{_name(path)}:{node.lineno} {node.name}", lines)


def _shares(functions: list[Function], excuses: int, total: int) -> Iterator[str]:
    long = [function for function in functions if function.lines > LONG_FUNCTION_LINES]
    if functions and len(long) / len(functions) > LONG_FUNCTIONS_SHARE:
        yield f"{len(long)} of {len(functions)} functions are over {LONG_FUNCTION_LINES} lines"
    if total and excuses * 1000 / total > EXCUSES_PER_THOUSAND:
        yield f"{excuses} noqa and type: ignore in {total} lines, at most 2 in 1,000"


def _templates() -> Iterator[str]:
    for path in _files(("batchly_admin/templates",), ".html"):
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > TEMPLATE_LINES:
            yield f"{_name(path)}: {text.count(chr(10))} lines, at most {TEMPLATE_LINES}"
        if _INLINE_HANDLER.search(text):
            yield f"{_name(path)}: an inline handler; the content security policy blocks it"


def _scripts() -> Iterator[str]:
    for path in _files(("batchly_admin/static/src",), ".js"):
        count = path.read_text(encoding="utf-8").count("\n")
        if count > SCRIPT_LINES:
            yield f"{_name(path)}: {count} lines, at most {SCRIPT_LINES}"


if __name__ == "__main__":
    raise SystemExit(main())
