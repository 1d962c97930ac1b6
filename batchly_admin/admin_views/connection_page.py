"""What the page of the connection shows: the company, its two clocks, the use of its tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.models.changes import AuditEvent
from batchly_admin.models.sync import QbConnection
from batchly_admin.qbo import facts

EVENTS_SHOWN = 10
EVENTS = {
    "qbo.connected": "Connected",
    "qbo.disconnected": "Disconnected",
    "qbo.token.renewed": "Access renewed",
    "qbo.login_ended": "The login ended",
    "qbo.state.refused": "An answer that belonged to no session was refused",
    "qbo.other_company.refused": "Another company was refused",
    "qbo.links_released": "The links were released",
    "qbo.went_live": "Went live",
    "qbo.paused": "Paused",
    "qbo.resumed": "Resumed",
}


def company(found: QbConnection) -> dict[str, Any]:
    """Give what the card of the company shows."""
    info = found.company_info or {}
    named = {
        str(pair.get("Name")): str(pair.get("Value") or "") for pair in info.get("NameValue") or ()
    }
    currency = ((facts.read(found).preferences or {}).get("CurrencyPrefs") or {}).get(
        "HomeCurrency"
    ) or {}
    return {
        "name": found.company_name,
        "edition": named.get("OfferingSku"),
        "country": info.get("Country"),
        "currency": currency.get("value"),
        "realm_id": found.realm_id,
        "environment": found.environment,
        "connected_at": found.connected_at,
        "went_live_at": found.went_live_at,
        "last_call_at": found.last_call_at,
        "last_error": found.last_error if found.state != "connected" else None,
    }


def clocks(found: QbConnection, now: datetime) -> list[dict[str, Any]]:
    """Give both clocks of the permission: the one that use prolongs, and the final one."""
    if not found.refresh_token:
        return []
    clocks = (
        ("Unused, it ends", found.refresh_token_expires_at, False, "Each use prolongs it."),
        ("It ends for good", found.refresh_token_hard_expires_at, True, "No use prolongs it."),
    )
    rows = []
    for label, moment, is_final, words in clocks:
        end = facts.LoginEnd(moment, is_final) if moment is not None else None
        rows.append(
            {
                "label": label,
                "at": moment,
                "days": end.days_left(now) if end is not None else None,
                "tone": "amber" if end is not None and end.is_soon(now) else "green",
                "words": words if end is not None else "Intuit has not said when.",
            }
        )
    return rows


def events(session: Session) -> list[dict[str, Any]]:
    """Give the last uses and changes of the permission, from the audit log."""
    query = (
        sa.select(AuditEvent)
        .where(AuditEvent.event.in_(list(EVENTS)))
        .order_by(AuditEvent.id.desc())
        .limit(EVENTS_SHOWN)
    )
    return [
        {"words": EVENTS[event.event], "by": event.actor_name, "at": event.created_at}
        for event in session.scalars(query)
    ]
