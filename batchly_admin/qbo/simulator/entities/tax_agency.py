"""Tax agencies: whom tax is paid to."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books.entity import Entity, Spec
from batchly_admin.qbo.simulator.wire.fields import COMMON, DAY, OURS, TEXT, TRUTH

ENTITY = Entity(
    Spec(
        "TaxAgency",
        shape=COMMON
        | {"DisplayName": 100, "TaxTrackedOnSales": TRUTH, "TaxTrackedOnPurchases": TRUTH}
        | {"TaxRegistrationNumber": 30, "TaxAgencyConfig": OURS, "LastFileDate": DAY},
        operations=frozenset({"create", "read", "query"}),
        required=("DisplayName",),
        filters={"DisplayName": TEXT},
        name_field="DisplayName",
        name_space="agency",
        in_cdc=False,
    )
)
