"""The bulk action of the outbox: let mails go out again."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from batchly_admin.domain.notices import MailState
from batchly_admin.models.notices import OutgoingMail
from batchly_admin.services import mailing
from batchly_admin.services.tallies import BulkAction, Params, Preview, preview_of, tally
from batchly_admin.services.unit_of_work import UnitOfWork
from batchly_admin.words import _, later, plural

UNSENT = (MailState.FAILED, MailState.KEPT)


def _send_again(uow: UnitOfWork, mail_id: UUID, _params: Params) -> str:
    mailing.renew(uow, mail_id)
    return _("Waits to be sent.")


def _preview(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    def judge(state: str) -> str | None:
        return None if state in UNSENT else MailState(state).label.lower()

    found = tally(session, OutgoingMail, ids, [OutgoingMail.state], judge=judge)
    lines = (_("{mails} will be sent again.", mails=plural(found.will, "mail")),)
    return preview_of(_("Send mails again"), lines, found, _("Send"))


MAIL_ACTIONS = (
    (
        "outgoing_mails",
        BulkAction("send-again", later("Send again"), "notifications:edit", _send_again, _preview),
    ),
)
