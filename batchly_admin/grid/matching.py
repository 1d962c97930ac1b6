"""Looking for a piece of text, whatever its case, in the cheapest way each database has."""

from __future__ import annotations

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
