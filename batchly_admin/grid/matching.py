"""Text whatever its case, looked for and put in order in the cheapest way each database has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class _Alike(GenericFunction[bool]):
    """Whether a column is like a pattern; `/` escapes."""

    type = sa.Boolean()
    name = "batchly_alike"
    inherit_cache = True


@compiles(_Alike)
def _ilike(element: _Alike, compiler: SQLCompiler, **options: Any) -> str:
    column, pattern = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} ILIKE {pattern} ESCAPE '/')"


@compiles(_Alike, "sqlite")
def _like(element: _Alike, compiler: SQLCompiler, **options: Any) -> str:
    # SQLite's LIKE ignores the case of ASCII letters by itself; lower() around it doubles the cost.
    column, pattern = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} LIKE {pattern} ESCAPE '/')"


class _AnyCase(GenericFunction[str]):
    """A text as it stands in an order: capitals do not come first."""

    type = sa.Text()
    name = "batchly_any_case"
    inherit_cache = True


@compiles(_AnyCase)
def _collated(element: _AnyCase, compiler: SQLCompiler, **options: Any) -> str:
    # The collation of a PostgreSQL database orders as its country does.
    return str(compiler.process(next(iter(element.clauses)), **options))


@compiles(_AnyCase, "sqlite")
def _no_case(element: _AnyCase, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(next(iter(element.clauses)), **options)} COLLATE NOCASE)"


def any_case(column: Any) -> Any:
    """Give what text is ordered by; on SQLite indexes of the large tables answer it."""
    return _AnyCase(column)


class _Folded(_AnyCase):
    """A text as it is compared with others in small letters."""

    name = "batchly_folded"
    inherit_cache = True


@compiles(_Folded)
def _lowered(element: _Folded, compiler: SQLCompiler, **options: Any) -> str:
    return f"lower({compiler.process(next(iter(element.clauses)), **options)})"


@compiles(_Folded, "sqlite")
def _folded(element: _Folded, compiler: SQLCompiler, **options: Any) -> str:
    return _no_case(element, compiler, **options)


def is_one_of(column: Any, texts: Sequence[str]) -> Any:
    """Give the condition that `column` is one of some texts; indexes of the large tables answer."""
    # As it is written, too: a letter that a database does not fold stays what it is.
    wanted = dict.fromkeys(form for text in texts for form in (text, text.lower()))
    return _Folded(column).in_(list(wanted))


def contains(column: Any, text: str) -> Any:
    """Give the condition that `column` contains `text`."""
    return _Alike(column, f"%{_escaped(text)}%")


def starts_with(column: Any, text: str) -> Any:
    """Give the condition that `column` begins with `text`."""
    return _Alike(column, f"{_escaped(text)}%")


def ends_with(column: Any, text: str) -> Any:
    """Give the condition that `column` ends with `text`."""
    return _Alike(column, f"%{_escaped(text)}")


def _escaped(text: str) -> str:
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")
