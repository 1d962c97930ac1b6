"""What the tests of the grid share: the small shop and a session that looks at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from batchly_admin.db import make_readers
from tests.service.grid.shop import fill


@pytest.fixture
def shop(engine: Engine) -> Mapping[str, list[UUID]]:
    return fill(engine)


@pytest.fixture
def reader(engine: Engine) -> Iterator[Session]:
    with make_readers(engine)() as session:
        yield session
