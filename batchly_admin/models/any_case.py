"""Text whatever its case, put in order and compared, as each database has an index for it.

On SQLite both are its NOCASE; PostgreSQL orders as the collation of the database says, and compares
small letters. The large tables have indexes for either.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class _AnyCase(GenericFunction[str]):
    """A text as it stands in an order: capitals do not come first."""

    type = sa.Text()
    name = "batchly_any_case"
    inherit_cache = True


@compiles(_AnyCase)
def _collated(element: _AnyCase, compiler: SQLCompiler, **options: Any) -> str:
    return str(compiler.process(next(iter(element.clauses)), **options))


@compiles(_AnyCase, "sqlite")
def _no_case(element: _AnyCase, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(next(iter(element.clauses)), **options)} COLLATE NOCASE)"


def any_case(column: Any) -> Any:
    """Give what a text is ordered by."""
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


def folded(column: Any) -> Any:
    """Give what a text is compared by; `forms` are what it is compared with."""
    return _Folded(column)


def forms(texts: Iterable[str]) -> list[str]:
    """Give the forms of texts among which `folded` finds them whatever their case."""
    # As it is written, too: a letter that a database does not fold stays what it is.
    return list(dict.fromkeys(form for text in texts for form in (text, text.lower())))


def is_one_of(column: Any, texts: Iterable[str]) -> Any:
    """Give the condition that `column` is one of some texts."""
    return folded(column).in_(forms(texts))
