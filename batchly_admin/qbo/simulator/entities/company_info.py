"""The company: there is exactly one."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books.entity import Entity, Spec
from batchly_admin.qbo.simulator.wire.fields import ADDRESS, COMMON, DAY, EMAIL, OURS, PHONE, WEB

ENTITY = Entity(
    Spec(
        "CompanyInfo",
        shape=COMMON
        | {"CompanyName": 1024, "LegalName": 1024, "CompanyAddr": ADDRESS, "LegalAddr": ADDRESS}
        | {"CustomerCommunicationAddr": ADDRESS, "Country": 30, "Email": EMAIL, "WebAddr": WEB}
        | {"CustomerCommunicationEmailAddr": EMAIL, "PrimaryPhone": PHONE, "EmployerId": 20}
        | {"FiscalYearStartMonth": 20, "SupportedLanguages": 100, "CompanyStartDate": DAY}
        | {"NameValue": OURS, "DefaultTimeZone": 50},
        operations=frozenset({"read", "update", "query"}),
        in_cdc=False,
        is_single=True,
    )
)
