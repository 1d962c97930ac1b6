"""Collect everything people read into the two templates that translations are made from.

`translations/messages.pot` holds what Python, the templates and the declared tables say,
`translations/browser.pot` what the scripts say. With --write they are written, otherwise told when
they are older than the sources.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from babel.messages.catalog import Catalog  # noqa: E402
from babel.messages.pofile import write_po  # noqa: E402
from jinja2 import Environment, nodes  # noqa: E402

from batchly_admin import app  # noqa: E402
from batchly_admin.domain.rights import ROLES  # noqa: E402
from batchly_admin.domain.statuses import Choice, JobStatus, OrderStatus  # noqa: E402
from batchly_admin.errors import UserError  # noqa: E402
from batchly_admin.grid.registry import tables  # noqa: E402
from batchly_admin.grid.table import Table  # noqa: E402
from batchly_admin.words import BROWSER, FOLDER, SERVER  # noqa: E402

# The same sources give the same file, whenever it is made.
ALWAYS = datetime(2026, 1, 1, tzinfo=UTC)
HOME = Path(app.__file__).parent
LEFT_OUT = ("cli", "demo", "migrations", "qbo/simulator", "up")
SAYING = frozenset({"_", "later", "say"})

Found = str | tuple[str, str]
"""A text, or a noun with its plural."""

_STRING = r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
_SAID = re.compile(rf"(?<![\w.$])t\(\s*{_STRING}")
_NOUNS = re.compile(rf"{_STRING}(?:\s*,\s*{_STRING})?\s*\)")
_COUNTED = re.compile(r"(?<![\w.$])plural\(")


def main() -> int:
    """Compare, or write the templates with --write."""
    wanted = {SERVER: server_words(), BROWSER: browser_words()}
    stale = False
    for domain, found in wanted.items():
        path = FOLDER / f"{domain}.pot"
        text = template(found)
        if "--write" in sys.argv:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text)
        elif not path.exists() or path.read_bytes() != text:
            print(f"{path.name} is older than the sources; run `make words`.", file=sys.stderr)
            stale = True
    return int(stale)


def template(found: dict[Found, set[str]]) -> bytes:
    """Give texts as a gettext template, the same for the same texts."""
    catalog = Catalog(
        project="Batchly",
        header_comment="# What people read in Batchly; see docs/howto/translate.md.",
        creation_date=ALWAYS,
        fuzzy=False,
    )
    # A noun goes before the same word said alone: the one entry serves both.
    for key in sorted(found, key=lambda one: (one if isinstance(one, str) else one[0], str(one))):
        catalog.add(key, locations=[(place, 0) for place in sorted(found[key])])
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=100, include_lineno=False, sort_output=True)
    return buffer.getvalue().rstrip() + b"\n"


def server_words() -> dict[Found, set[str]]:
    """Give what Python, the templates and the tables say, each with the files that say it."""
    found: dict[Found, set[str]] = {}
    for path in sorted(HOME.rglob("*.py")):
        name = path.relative_to(HOME).as_posix()
        if not name.startswith(LEFT_OUT):
            _collect(found, python_words(path.read_text("utf-8")), name)
    environment = Environment(autoescape=True)
    for path in sorted((HOME / "templates").rglob("*.html")):
        tree = environment.parse(path.read_text("utf-8"))
        _collect(found, template_words(tree), path.relative_to(HOME).as_posix())
    for table in tables().values():
        _collect(found, table_words(table), "grid/tables")
    for choice in _below(Choice):
        _collect(found, (member.english for member in choice), "domain/statuses.py")
    _collect(
        found,
        (str(one).replace("_", " ") for one in (*OrderStatus, *JobStatus)),
        "services/tallies.py",
    )
    _collect(found, ROLES.values(), "domain/rights.py")
    for error in (UserError, *_below(UserError)):
        _collect(found, [(error.__doc__ or "").strip()], "errors.py")
    return found


def browser_words() -> dict[Found, set[str]]:
    """Give what the scripts say."""
    found: dict[Found, set[str]] = {}
    for path in sorted((HOME / "static" / "src").rglob("*.js")):
        name = path.relative_to(HOME).as_posix()
        _collect(found, script_words(path.read_text("utf-8")), name)
    return found


def _collect(found: dict[Found, set[str]], said: Iterable[Found], place: str) -> None:
    for one in said:
        if one:
            found.setdefault(one, set()).add(place)


def _below(kind: type[Any]) -> Iterator[Any]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def python_words(source: str) -> Iterator[Found]:
    """Give what a module says with `_` and its kin, and the plain sentences of its refusals."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _call_words(node)
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            yield from (one for one in map(_text, node.exc.args) if one and " " in one)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "msg":
            yield _text(node.value) or ""
        elif isinstance(node, ast.FunctionDef) and node.name.endswith("_lock"):
            returned = (one for one in ast.walk(node) if isinstance(one, ast.Return))
            yield from (_text(one.value) or "" for one in returned)


def _call_words(call: ast.Call) -> Iterator[Found]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given = [_text(one) for one in call.args]
    if name in SAYING and given and given[0]:
        yield given[0]
    elif name == "counted" and given and given[0]:
        yield given[0], f"{given[0]}s"
    elif name == "plural" and len(given) > 1 and given[1]:
        yield given[1], (given[2] if len(given) > 2 else None) or f"{given[1]}s"


def _text(node: ast.expr | None) -> str | None:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return str(node.value) if is_text else None  # type: ignore[union-attr]


def template_words(tree: nodes.Template) -> Iterator[Found]:
    """Give what a template says."""
    for call in tree.find_all(nodes.Call):
        name = call.node.name if isinstance(call.node, nodes.Name) else ""
        given = [one.value if isinstance(one, nodes.Const) else None for one in call.args]
        if name == "_" and given and given[0]:
            yield given[0]
        elif name == "plural" and given[1]:
            yield str(given[1]), str(given[2]) if len(given) > 2 else f"{given[1]}s"


def table_words(table: Table) -> Iterator[str]:
    """Give what a table's declaration says."""
    yield from (table.title, table.singular, table.unnamed, table.group)
    yield from (label for label, *_rest in table.links)
    yield from (view.label for view in table.views)
    yield from (title for title, _names in table.form_groups)
    for spec in table.columns:
        yield from (spec.label, spec.help, spec.once)
    if table.empty is not None:
        yield from (table.empty.title, table.empty.hint, *(label for label, _ in table.empty.links))


def script_words(source: str) -> Iterator[Found]:
    """Give what a script says with `t` and `plural`."""
    for match in _SAID.finditer(source):
        yield _plain(match[1])
    for match in _COUNTED.finditer(source):
        rest = source[_after_first_argument(source, match.end()) :]
        nouns = _NOUNS.match(rest.lstrip())
        if nouns:
            one = _plain(nouns[1])
            yield one, _plain(nouns[2]) if nouns[2] else f"{one}s"


def _after_first_argument(source: str, start: int) -> int:
    depth = 0
    for place in range(start, len(source)):
        depth += (source[place] in "([{") - (source[place] in ")]}")
        if depth == 0 and source[place] == ",":
            return place + 1
    return len(source)


def _plain(literal: str) -> str:
    return str(ast.literal_eval(literal))


if __name__ == "__main__":
    raise SystemExit(main())
