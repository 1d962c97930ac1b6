"""Notifications as QuickBooks writes them, in both shapes, and their signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from uuid import uuid4

SECRET = "the verifier token of this app"


def sign(body: bytes, secret: str = SECRET) -> str:
    """Give the signature of a body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def cloud_event(
    realm: str,
    entity: str,
    qbo_id: str,
    verb: str = "updated",
    *,
    at: str = "2026-03-04T17:00:00.123456789Z",
    event_id: str = "",
    **data: str,
) -> dict[str, Any]:
    """Give one event as QuickBooks writes it today."""
    return {
        "specversion": "1.0",
        "id": event_id or str(uuid4()),
        "source": "intuit.dGVzdA==",
        "type": f"qbo.{entity.lower()}.{verb}.v1",
        "datacontenttype": "application/json",
        "time": at,
        "intuitentityid": qbo_id,
        "intuitaccountid": realm,
        "data": data,
    }


def legacy(realm: str, *entities: dict[str, str]) -> dict[str, Any]:
    """Give one company's part of a notification as QuickBooks wrote it of old."""
    return {"realmId": realm, "dataChangeEvent": {"entities": list(entities)}}


def changed(
    name: str,
    qbo_id: str,
    operation: str = "Update",
    *,
    at: str = "2026-03-04T17:00:00.000Z",
    **more: str,
) -> dict[str, str]:
    """Give one change as QuickBooks wrote it of old."""
    return {"name": name, "id": qbo_id, "operation": operation, "lastUpdated": at, **more}
