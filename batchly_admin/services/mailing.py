"""Send what stands in the local outbox: one mail at a time, under a lease, by SMTP.

The row is taken and committed, the mail is sent with nothing open in the database, and the result
is written down. Whoever dies in between leaves a row whose lease runs out; it is sent again under
the same Message-ID, by which mail servers and people know it for the same mail.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin import logs
from batchly_admin.domain.notices import MailState, wait_before_retry
from batchly_admin.errors import Conflict, NotFound
from batchly_admin.ids import token
from batchly_admin.models.notices import OutgoingMail
from batchly_admin.services.notices import BELL
from batchly_admin.services.unit_of_work import UnitOfWork, UnitOfWorks

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 10
NO_SERVER = "No mail server is set up (SMTP_HOST), so the mail is kept here."
NOT_NOW = "The mail server could not be used: {error}. It is tried again by itself."
REFUSED = "The mail server refused it: {error}"
PERMANENT = 500
LOGIN_FAILED = (530, 534, 535, 538)
"""The password is wrong, not the mail: it goes out when an admin has put that right."""

_OPEN = (MailState.WAITING, MailState.SENDING)
_log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class MailServer:
    """How mail leaves the house."""

    host: str
    port: int
    sender: str
    security: str = "starttls"
    username: str | None = None
    password: str | None = None
    base_url: str | None = None
    timeout: float = 20.0


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail held under a lease."""

    id: UUID
    lease_token: str
    attempts: int
    recipient: str
    subject: str
    body: str
    link: str | None


class Refused(Exception):
    """The mail server will never take this mail."""


def drain(uows: UnitOfWorks, server: MailServer | None, *, seconds: float = 5.0) -> bool:
    """Send what is due for some seconds; tell whether something due is left."""
    if server is None:
        _keep(uows)
        return False
    deadline = uows.clock.monotonic() + seconds
    while uows.clock.monotonic() <= deadline:
        mail = _take(uows)
        if mail is None:
            return False
        _deliver(uows, server, mail)
    return True


def renew(uow: UnitOfWork, mail_id: UUID) -> OutgoingMail:
    """Let a mail go out again that failed or was kept.

    Raises:
        NotFound: there is none.
        Conflict: it was sent, or is waiting already.
    """
    mail = uow.session.get(OutgoingMail, mail_id, with_for_update=True)
    if mail is None:
        raise NotFound("This mail is not there any more.")
    if mail.state == MailState.SENT:
        raise Conflict("This mail was sent already.")
    if mail.state in _OPEN:
        raise Conflict("This mail is waiting to be sent already.")
    mail.state = MailState.WAITING.value
    mail.attempts, mail.next_attempt_at, mail.error_message = 0, uow.now(), None
    uow.session.flush()
    uow.ring_after_commit(BELL)
    return mail


def compose(server: MailServer, mail: Mail, *, date: Any) -> EmailMessage:
    """Give the message as it leaves; its Message-ID is always the same for one row."""
    message = EmailMessage()
    message["From"] = server.sender
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(date)
    domain = server.sender.rpartition("@")[2].strip("> ") or "batchly"
    message["Message-ID"] = f"<{mail.id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    body = mail.body
    if mail.link:
        address = f"{server.base_url}{mail.link}" if server.base_url else f"in Batchly, {mail.link}"
        body = f"{body}\n\nLook: {address}"
    message.set_content(f"{body}\n")
    return message


def _keep(uows: UnitOfWorks) -> None:
    with uows.sessions.begin() as session:
        session.execute(
            sa.update(OutgoingMail)
            .where(OutgoingMail.state.in_(_OPEN), OutgoingMail.next_attempt_at <= uows.clock.now())
            .values(state=MailState.KEPT.value, error_message=NO_SERVER, lease_token=None)
        )


def _take(uows: UnitOfWorks) -> Mail | None:
    now = uows.clock.now()
    with uows.sessions.begin() as session:
        row = session.scalars(
            sa.select(OutgoingMail)
            .where(OutgoingMail.state.in_(_OPEN), OutgoingMail.next_attempt_at <= now)
            .order_by(OutgoingMail.next_attempt_at, OutgoingMail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return None
        row.state = MailState.SENDING.value
        row.attempts += 1
        row.lease_token, row.next_attempt_at = token(16), now + LEASE
        return Mail(
            row.id, row.lease_token, row.attempts, row.recipient, row.subject, row.body, row.link
        )


def _deliver(uows: UnitOfWorks, server: MailServer, mail: Mail) -> None:
    now = uows.clock.now()
    try:
        send(server, compose(server, mail, date=now))
    except Refused as error:
        values = _failed(REFUSED.format(error=error))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        words = NOT_NOW.format(error=_words(error))
        _log.warning("A mail to %s was not sent: %s", mail.recipient, _words(error))
        if mail.attempts >= MAX_ATTEMPTS:
            values = _failed(words.removesuffix(" It is tried again by itself."))
        else:
            when = uows.clock.now() + wait_before_retry(mail.attempts)
            values = {
                "state": MailState.WAITING.value,
                "next_attempt_at": when,
                "error_message": words,
            }
    else:
        values = {
            "state": MailState.SENT.value,
            "sent_at": uows.clock.now(),
            "error_message": None,
        }
    with uows.sessions.begin() as session:
        _finish(session, mail, values)


def _failed(words: str) -> dict[str, Any]:
    return {"state": MailState.FAILED.value, "error_message": words[:1000]}


def _finish(session: Session, mail: Mail, values: Mapping[str, Any]) -> None:
    session.execute(
        sa.update(OutgoingMail)
        .where(OutgoingMail.id == mail.id, OutgoingMail.lease_token == mail.lease_token)
        .values(lease_token=None, **values)
        .execution_options(synchronize_session=False)
    )


def send(server: MailServer, message: EmailMessage) -> None:
    """Hand one message to the mail server.

    Raises:
        Refused: it will never be taken.
        OSError: the server cannot be reached.
        SMTPException: the server does not take it for now.
    """
    wire = _open(server)
    try:
        if server.username:
            wire.login(server.username, server.password or "")
        wire.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        _raise_if_permanent(code, words)
        raise
    except smtplib.SMTPResponseException as error:
        _raise_if_permanent(error.smtp_code, error.smtp_error)
        raise
    finally:
        # The mail is taken or not by now; how the server says good-bye changes nothing.
        with contextlib.suppress(OSError, smtplib.SMTPException):
            wire.quit()


def _open(server: MailServer) -> smtplib.SMTP:
    if server.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
    wire = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
    if server.security == "starttls":
        try:
            wire.starttls(context=ssl.create_default_context())
        except (OSError, smtplib.SMTPException):
            wire.close()
            raise
    return wire


def _raise_if_permanent(code: int, words: bytes | str) -> None:
    if code >= PERMANENT and code not in LOGIN_FAILED:
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        raise Refused(f"{code} {' '.join(text.split())}"[:300])


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]
