"""Let go of one QuickBooks company so that another can be connected (C41): never by accident.

Ids of QuickBooks mean nothing in another company. Before another one is connected an admin releases
them; which record had which id in which company stays in `released_links` for good.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from batchly_admin.domain.statuses import QueueStatus, SyncState
from batchly_admin.errors import Conflict, InvalidInput
from batchly_admin.ids import new_id
from batchly_admin.models.catalogue import (
    PaymentMethod,
    PaymentTerm,
    Product,
    QbItem,
    TaxAgency,
    TaxCode,
    TaxRate,
)
from batchly_admin.models.matching import MatchCandidate, ReleasedLink, SetupTask
from batchly_admin.models.sync import QbConnection, QbSyncStatus, SyncQueueRow
from batchly_admin.models.synced import SYNCED
from batchly_admin.services import audit, outbox
from batchly_admin.services.unit_of_work import UnitOfWork

LISTS: tuple[tuple[str, type[Any], str], ...] = (
    ("tax_code", TaxCode, "qb_tax_code_id"),
    ("tax_rate", TaxRate, "qb_tax_rate_id"),
    ("tax_agency", TaxAgency, "qb_tax_agency_id"),
    ("payment_term", PaymentTerm, "qb_term_id"),
    ("payment_method", PaymentMethod, "qb_payment_method_id"),
)


def name_of(connection: QbConnection) -> str:
    """Give what an admin types to say that this company is meant."""
    return connection.company_name or connection.realm_id


def release(uow: UnitOfWork, *, confirmation: str) -> int:
    """Unlink every record from the present company; give how many were linked.

    Raises:
        Conflict: there is no connection, or it still holds its login.
        InvalidInput: the name typed is not the company's.
    """
    connection = uow.session.scalar(sa.select(QbConnection).limit(1).with_for_update())
    if connection is None:
        raise Conflict("No QuickBooks company was ever connected.")
    check_name(connection, confirmation)
    if connection.state == "connected":
        raise Conflict("Disconnect from QuickBooks first.")
    kinds = [(name, kind.model, kind.id_column) for name, kind in SYNCED.items()]
    count = sum(_release(uow, connection, *one) for one in (*kinds, *LISTS))
    _forget(uow, connection)
    connection.went_live_at = None
    # How to log in belongs to the installation, not to the company.
    connection.preferences = {
        key: kept for key, kept in (connection.preferences or {}).items() if key == "login"
    } or None
    connection.company_info = None
    audit.note(
        uow,
        "qbo.links_released",
        subject=f"QuickBooks company {connection.realm_id}",
        details={"links": count},
    )
    uow.session.flush()
    return count


def check_name(connection: QbConnection, confirmation: str) -> None:
    """Make sure that the admin means this company.

    Raises:
        InvalidInput: the name typed is not the company's.
    """
    name = name_of(connection)
    if confirmation.strip().casefold() != name.casefold():
        raise InvalidInput(f"Type {name} to release its links.", field="confirmation")


def _release(
    uow: UnitOfWork, connection: QbConnection, entity_type: str, model: type[Any], column: str
) -> int:
    attribute = getattr(model, column)
    found = uow.session.execute(sa.select(model.id, attribute).where(attribute.is_not(None))).all()
    if not found:
        return 0
    moment = uow.now()
    links = [
        {
            "id": new_id(),
            "created_at": moment,
            "updated_at": moment,
            "version": 1,
            "realm_id": connection.realm_id,
            "company_name": connection.company_name,
            "entity_type": entity_type,
            "entity_id": key,
            "qbo_id": qbo_id,
            "released_by": uow.actor.name,
        }
        for key, qbo_id in found
    ]
    uow.session.execute(sa.insert(ReleasedLink), links)
    # In one statement: a hundred thousand invoices are not written cell by cell.
    uow.session.execute(
        sa.update(model)
        .where(attribute.is_not(None))
        .values(
            {
                column: None,
                "qb_sync_token": None,
                "qb_created_time": None,
                "qb_last_updated_time": None,
                "sync_state": SyncState.NOT_SYNCED.value,
                "sync_note": f"Was linked to {name_of(connection)}.",
                "version": model.version + 1,
            }
        )
        .execution_options(synchronize_session=False)
    )
    return len(links)


def _forget(uow: UnitOfWork, connection: QbConnection) -> None:
    """Drop what only described the other company: mirror, cursors, proposals, waiting rows."""
    session = uow.session
    session.execute(sa.delete(QbItem))
    session.execute(
        sa.update(Product)
        .values(qb_income_account_ref=None, qb_expense_account_ref=None)
        .execution_options(synchronize_session=False)
    )
    for model in (QbSyncStatus, MatchCandidate, SetupTask):
        session.execute(sa.delete(model).where(model.connection_id == connection.id))
    session.execute(
        sa.update(SyncQueueRow)
        .where(SyncQueueRow.status.in_((*outbox.OPEN, QueueStatus.FAILED)))
        .values(
            status=QueueStatus.CANCELLED.value,
            depends_on_id=None,
            resolved_note=f"{name_of(connection)} was released.",
        )
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
