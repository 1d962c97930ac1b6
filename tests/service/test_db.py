"""What the two databases must give back alike."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from batchly_admin import db
from batchly_admin.db import make_engine, make_glances, make_readers
from batchly_admin.ids import new_id
from batchly_admin.models.company import Setting
from batchly_admin.models.customers import PriceOverride
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWorks


@pytest.mark.parametrize(
    "value", [1, 0, -7, 2.5, True, False, "1", "12.50", "", "null", [1, "2"], {"a": None}, None]
)
def test_json_comes_back_as_it_went_in(uows: UnitOfWorks, value: Any) -> None:
    with uows.begin(actor=SYSTEM, source="cli") as uow:
        uow.session.add(Setting(key="any", value=value if value is not None else {"none": None}))
    with uows.read() as session:
        found = session.scalar(sa.select(Setting.value))
    assert found == (value if value is not None else {"none": None})
    assert type(found) is type(value) or value is None


def test_a_float_is_no_amount(uows: UnitOfWorks) -> None:
    statement = sa.select(PriceOverride.id).where(PriceOverride.unit_price == 1.5)
    with uows.read() as session, pytest.raises(sa.exc.StatementError, match="never floats"):
        session.execute(statement)


def test_amounts_are_exact(uows: UnitOfWorks) -> None:
    with uows.read() as session:
        cents = sa.literal(Decimal("0.10"), PriceOverride.__table__.c.unit_price.type)
        assert session.scalar(sa.select(cents)) == Decimal("0.1000")


def _count(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Setting)) or 0


def test_a_reader_sees_one_moment_and_a_glance_what_stands(engine: Engine) -> None:
    rows = [{"key": f"news {number}", "value": number} for number in (1, 2)]
    with make_readers(engine)() as reader, make_glances(engine)() as glance:
        counts = []
        for row in rows:
            counts.append((_count(reader), _count(glance)))
            with engine.begin() as connection:
                connection.execute(sa.insert(Setting), {"id": new_id(), **row})
        counts.append((_count(reader), _count(glance)))
    before = counts[0][0]
    assert counts == [(before, before), (before, before + 1), (before, before + 2)]


def test_a_glance_holds_no_transaction_open(engine: Engine) -> None:
    with make_glances(engine)() as glance:
        _count(glance)
        driver: Any = glance.connection().connection.driver_connection
        is_open = (
            driver.info.transaction_status != 0
            if engine.dialect.name == "postgresql"
            else driver.in_transaction
        )
    assert not is_open


def test_a_connection_that_was_cut_while_it_rested_is_opened_anew(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "RESTED", 0.0)
    engine, other = make_engine(postgresql_url), make_engine(postgresql_url)
    process = sa.text("SELECT pg_backend_pid()")
    with make_glances(engine)() as session:
        first = session.scalar(process)
    with other.begin() as connection:
        connection.execute(sa.text("SELECT pg_terminate_backend(:one, 5000)"), {"one": first})
    with make_glances(engine)() as session:
        assert session.scalar(process) != first
    engine.dispose()
    other.dispose()
