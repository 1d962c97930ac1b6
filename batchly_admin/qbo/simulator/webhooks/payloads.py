"""The two formats of a notification: the one of old, and CloudEvents, which replaced it.

https://blogs.intuit.com/2025/11/12/upcoming-change-to-webhooks-payload-structure
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

VERBS = {
    "Create": "created",
    "Update": "updated",
    "Delete": "deleted",
    "Void": "voided",
    "Merge": "merged",
    "Emailed": "emailed",
}
SILENT = frozenset(
    {
        *("Attachable", "CompanyInfo", "CompanyCurrency", "CustomerType", "ExchangeRate"),
        *("TaxCode", "TaxRate", "TaxService"),
    }
)
"""Entities Intuit tells nobody about."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one record; `gone` is the id that a merge took away."""

    realm: str
    seq: int
    kind: str
    id: str
    operation: str
    at: str
    gone: str = ""


def legacy(changes: Sequence[Change]) -> dict[str, Any]:
    """Give the notification of old: by company, each change with its operation."""
    return {
        "eventNotifications": [
            {"realmId": realm, "dataChangeEvent": {"entities": [_entity(one) for one in some]}}
            for realm, some in groupby(changes, lambda one: one.realm)
        ]
    }


def _entity(one: Change) -> dict[str, Any]:
    found = {
        "name": one.kind,
        "id": one.id,
        "operation": one.operation,
        "lastUpdated": _utc(one.at),
    }
    return {**found, "deletedId": one.gone} if one.gone else found


def cloud_events(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Give the notification as CloudEvents: a list in which each event stands for itself."""
    return [
        {
            "specversion": "1.0",
            # The same event keeps its id however often it is sent; no other one ever gets it.
            "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{one.realm}.{one.seq}.{one.at}")),
            "source": "intuit.c2ltdWxhdG9y",
            "type": f"qbo.{one.kind.lower()}.{VERBS[one.operation]}.v1",
            "datacontenttype": "application/json",
            # Nanoseconds, as Intuit writes them.
            "time": _utc(one.at).replace("Z", "000000Z"),
            "intuitentityid": one.id,
            "intuitaccountid": one.realm,
            "data": {"deletedId": one.gone} if one.gone else {},
        }
        for one in changes
    ]


FORMATS = {"cloudevents": cloud_events, "legacy": legacy}


def _utc(at: str) -> str:
    moment = datetime.fromisoformat(at).astimezone(UTC)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
