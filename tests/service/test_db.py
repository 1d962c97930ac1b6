"""What the two databases must give back alike."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

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
