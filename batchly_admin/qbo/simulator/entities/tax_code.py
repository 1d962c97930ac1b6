"""Tax codes; only the tax service makes them."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books.entity import Entity, Spec
from batchly_admin.qbo.simulator.wire.fields import TEXT, TRUTH

ENTITY = Entity(
    Spec(
        "TaxCode",
        operations=frozenset({"read", "query"}),
        filters={"Name": TEXT, "Active": TRUTH},
        name_field="Name",
        name_space="code",
        in_cdc=False,
        uncounted=("TAX", "NON", "CustomSalesTax"),
    )
)
