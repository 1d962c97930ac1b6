"""The bulk action of the outbox: let mails go out again."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from batchly_admin.domain.notices import MailState
from batchly_admin.models.notices import OutgoingMail
from batchly_admin.services import mailing
from batchly_admin.services.tallies import BulkAction, Params, Preview, plural, preview_of, tally
from batchly_admin.services.unit_of_work import UnitOfWork

UNSENT = (MailState.FAILED, MailState.KEPT)


def _send_again(uow: UnitOfWork, mail_id: UUID, _params: Params) -> str:
    mailing.renew(uow, mail_id)
    return "Waits to be sent."


def _preview(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    def judge(state: str) -> str | None:
        return None if state in UNSENT else MailState(state).label.lower()

    found = tally(session, OutgoingMail, ids, [OutgoingMail.state], judge=judge)
    lines = (f"{plural(found.will, 'mail')} will be sent again.",)
    return preview_of("Send mails again", lines, found, "Send")


MAIL_ACTIONS = (
    (
        "outgoing_mails",
        BulkAction("send-again", "Send again", "notifications:edit", _send_again, _preview),
    ),
)
