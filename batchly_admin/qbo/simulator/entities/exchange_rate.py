"""Exchange rates: what a currency is worth at home on a day. Written by update alone."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import Entity, Record, Spec
from batchly_admin.qbo.simulator.wire.fields import ANY, COMMON, DAY, NUMBER, TEXT
from batchly_admin.qbo.simulator.wire.refusals import Fault


class ExchangeRate(Entity):
    """One rate of one day."""

    def known_id(self, books: Books, fields: Record) -> str:
        """Give the rate of the same currency and day, which a new one replaces."""
        code = str(fields.get("SourceCurrencyCode", "")).casefold()
        day = fields.get("AsOfDate", books.today().isoformat())
        rows = books.store.sql(
            'SELECT "Id" FROM "ExchangeRate" WHERE "SourceCurrencyCode" = ? AND "AsOfDate" = ?',
            (code, day),
        )
        return str(rows[0][0]) if rows else ""

    def prepare(
        self, books: Books, record: Record, before: Record | None, options: frozenset[str]
    ) -> None:
        """Check the currencies and the rate.

        Raises:
            Fault: 2220 or 2240.
        """
        record.setdefault("TargetCurrencyCode", currency.home(books))
        record.setdefault("AsOfDate", books.today().isoformat())
        for name in ("SourceCurrencyCode", "TargetCurrencyCode"):
            if record[name] not in currency.CURRENCIES:
                raise Fault("2220", f"Invalid currency : {record[name]}", element=name)
        if record["Rate"] <= 0:
            raise Fault("2240", "The rate is not above zero", element="Rate")


ENTITY = ExchangeRate(
    Spec(
        "ExchangeRate",
        shape=COMMON
        | {"SourceCurrencyCode": 3, "TargetCurrencyCode": 3, "Rate": NUMBER, "AsOfDate": DAY}
        | {"CustomField": ANY},
        operations=frozenset({"create", "read", "update", "query"}),
        required=("SourceCurrencyCode", "Rate"),
        filters={"SourceCurrencyCode": TEXT, "AsOfDate": DAY},
        in_cdc=False,
        has_tokens=False,
    )
)
