"""Batchly with a full table of orders, on both databases; BATCHLY_BENCH_ORDERS sets how many."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.bench import shop
from tests.bench.subject import Subject, build

ORDERS = int(os.environ.get("BATCHLY_BENCH_ORDERS", shop.ORDERS))


def _subject(
    kind: str, request: pytest.FixtureRequest, factory: pytest.TempPathFactory
) -> Iterator[Subject]:
    url = None
    if kind == "postgresql":
        server = request.getfixturevalue("postgresql")
        url = server.url(server.create())
    found = build(factory.mktemp("bench"), url, kind=kind, orders=ORDERS)
    yield found
    found.dispose()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def subject(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Subject]:
    """Batchly on each database, somebody logged in."""
    yield from _subject(request.param, request, tmp_path_factory)


@pytest.fixture(scope="module")
def sqlite_subject(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Subject]:
    """Batchly on SQLite alone, where the database is not what is measured."""
    yield from _subject("sqlite", request, tmp_path_factory)
