"""Tell the admins by e-mail, once: the first of a cause at once, the rest gathered in a digest.

A notice is rows of the local outbox, written with what it speaks of; sending is services.mailing's.
Nothing here fails because of e-mail: without a mail server the mails are kept and can be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from batchly_admin.clock import local_date
from batchly_admin.db import is_postgresql
from batchly_admin.domain.notices import (
    DIGEST,
    HUSH,
    TEST,
    MailState,
    NoticeKind,
    digest_name,
    login_warning,
)
from batchly_admin.domain.statuses import QueueStatus
from batchly_admin.ids import new_id
from batchly_admin.models.company import Role, User
from batchly_admin.models.notices import NoticeCause, OutgoingMail
from batchly_admin.models.sync import QbConnection, SyncQueueRow
from batchly_admin.services import settings
from batchly_admin.services.company import company
from batchly_admin.services.unit_of_work import UnitOfWork

BELL = "mail"
LINK = "/admin/quickbooks/status"
LINKS: dict[str, str] = {
    NoticeKind.LOGIN_ENDING: "/admin/quickbooks/connect",
    NoticeKind.LOGIN_LOST: "/admin/quickbooks/connect",
    NoticeKind.RECONCILIATION: "/sync-differences",
    NoticeKind.MISMATCH: "/sync-differences",
}
REPEATED_WITHIN = timedelta(hours=24)
SUBJECT_LENGTH = 200


def notify(
    uow: UnitOfWork,
    kind: str,
    subject: str,
    body_lines: Sequence[str],
    key: str,
    *,
    once: bool = False,
) -> bool:
    """Tell the admins of an event; tell whether a mail was written.

    `key` names the cause. Within an hour of the last mail of the same kind and cause nothing is
    mailed but counted for the digest; with `once` it is never told again at all.
    """
    if kind not in settings.get(uow.session, "notice_kinds"):
        return False
    cause = _cause(uow, kind, key)
    now = uow.now()
    last = cause.last_mail_at
    if last is not None and once:
        return False
    title = _one_line(subject)
    if last is not None and now - last < HUSH:
        cause.waiting += 1
        cause.waiting_since = cause.waiting_since or now
        cause.last_subject, cause.last_at = title, now
        uow.session.flush()
        return False
    lines = [*body_lines]
    if cause.waiting:
        lines.append(f"Since the last notice the same happened {cause.waiting} more times.")
    cause.last_mail_at, cause.last_subject, cause.last_at = now, title, now
    cause.waiting, cause.waiting_since = 0, None
    return _write(uow, kind, title, lines, LINKS.get(kind, LINK)) > 0


def differences_found(uow: UnitOfWork, new: int, open_: int) -> bool:
    """Tell that a comparison of both books found something nobody had decided on."""
    lines = [
        f"The comparison of both books found {new} new differences; {open_} are open.",
        "Each is listed with what can be done about it. Nothing was changed by itself.",
    ]
    subject = f"QuickBooks: {new} new differences"
    return notify(uow, NoticeKind.RECONCILIATION, subject, lines, "reconciliation")


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be sent: its name, and what QuickBooks or the network said."""

    label: str
    error_class: str
    error_code: str
    message: str


def repeated_failure(uow: UnitOfWork, failure: Failure, tries: int) -> bool:
    """Tell of a document that used up its tries, or of a cause that several documents fail with.

    The failed row is written already; `tries` is how often this one was sent in vain.
    """
    limit = int(settings.get(uow.session, "notice_failures_after"))
    alike = _failed_alike(uow, failure)
    if max(tries, alike) < limit:
        return False
    lines = [
        f"{failure.label} could not be sent to QuickBooks: {failure.message}",
        f"Documents that failed with this cause within a day: {alike}.",
        "Nothing is lost. The status page says what to do and can send them again.",
    ]
    key = f"{failure.error_class}:{failure.error_code}"
    return notify(uow, NoticeKind.FAILURES, f"QuickBooks: {failure.label} failed", lines, key)


def _failed_alike(uow: UnitOfWork, failure: Failure) -> int:
    row = SyncQueueRow
    query = sa.select(sa.func.count()).where(
        row.status == QueueStatus.FAILED,
        row.error_class == failure.error_class,
        sa.func.coalesce(row.error_code, "") == failure.error_code,
        row.last_attempt_at > uow.now() - REPEATED_WITHIN,
    )
    return uow.session.scalar(query) or 0


def watch_login(uow: UnitOfWork) -> bool:
    """Tell when the login to QuickBooks ends in 30, 7 or 1 days: each of it once."""
    connection = uow.session.scalar(
        sa.select(QbConnection).order_by(QbConnection.created_at).limit(1)
    )
    if connection is None or connection.state != "connected":
        return False
    clocks = (connection.refresh_token_expires_at, connection.refresh_token_hard_expires_at)
    ends = min((moment for moment in clocks if moment is not None), default=None)
    days = login_warning(ends, uow.now()) if ends is not None else None
    if ends is None or days is None:
        return False
    day = local_date(ends, company(uow.session).time_zone)
    left = "within a day" if days == 1 else f"in less than {days} days"
    lines = [
        f"The login to QuickBooks ends on {day.isoformat()}.",
        "Connect again before that day; nothing has to be done afterwards.",
        "If it ends, documents wait here until somebody connects. Nothing is lost.",
    ]
    subject = f"The login to QuickBooks ends {left}"
    key = f"{days} days before {day.isoformat()}"
    return notify(uow, NoticeKind.LOGIN_ENDING, subject, lines, key, once=True)


def send_digest(uow: UnitOfWork) -> bool:
    """Write the day's digest when its time has come and something waits for it."""
    zone = ZoneInfo(company(uow.session).time_zone)
    wall = uow.now().astimezone(zone)
    if wall.time().replace(tzinfo=None) < digest_time(uow.session):
        return False
    waiting = sa.select(NoticeCause).where(NoticeCause.waiting > 0)
    if uow.session.scalar(waiting.with_only_columns(NoticeCause.id).limit(1)) is None:
        return False
    made = _cause(uow, DIGEST, digest_name(wall.date()))
    if made.last_mail_at is not None:
        return False
    made.last_mail_at = uow.now()
    causes = list(
        uow.session.scalars(
            waiting.order_by(NoticeCause.kind, NoticeCause.waiting_since).with_for_update()
        )
    )
    lines = []
    for cause in causes:
        lines.append(_spell(cause, zone))
        cause.waiting, cause.waiting_since = 0, None
    subject = f"QuickBooks: digest of {wall.date().isoformat()}"
    first = "What happened again after you had been told of it:"
    return _write(uow, DIGEST, subject, [first, "", *lines], LINK) > 0


def send_test(uow: UnitOfWork) -> int:
    """Write a mail that says that mail arrives; give to how many people it goes."""
    lines = ["This is a test. Notices about QuickBooks will arrive here."]
    return _write(uow, TEST, "Batchly: test of the notices", lines, None)


def look(uow: UnitOfWork) -> None:
    """Do what is due by the clock, and wake the sender for what waits."""
    watch_login(uow)
    send_digest(uow)
    uow.session.flush()
    if is_due(uow.session, uow.now()):
        uow.ring_after_commit(BELL)


def is_due(session: Session, now: datetime) -> bool:
    """Tell whether a mail waits that may be sent now."""
    query = sa.select(OutgoingMail.id).where(
        OutgoingMail.state.in_((MailState.WAITING, MailState.SENDING)),
        OutgoingMail.next_attempt_at <= now,
    )
    return session.scalar(query.limit(1)) is not None


def recipients(session: Session) -> list[str]:
    """Give who is told: the addresses of the settings, else every active admin."""
    chosen = settings.get(session, "notice_recipients")
    if chosen:
        return [str(address) for address in chosen]
    admins = (
        sa.select(User.email)
        .where(User.is_active, User.roles.any(Role.name == "admin"))
        .order_by(User.email)
    )
    return list(session.scalars(admins))


def digest_time(session: Session) -> time:
    """Give the time of day at which the digest goes, by the company's clock."""
    return time.fromisoformat(str(settings.get(session, "notice_digest_at")))


def _write(uow: UnitOfWork, kind: str, subject: str, lines: Sequence[str], link: str | None) -> int:
    people = recipients(uow.session)
    for address in people:
        uow.session.add(
            OutgoingMail(
                id=new_id(),
                kind=str(kind),
                recipient=address,
                subject=subject,
                body="\n".join(lines),
                link=link,
                next_attempt_at=uow.now(),
            )
        )
    uow.session.flush()
    if people:
        uow.ring_after_commit(BELL)
    return len(people)


def _cause(uow: UnitOfWork, kind: str, key: str) -> NoticeCause:
    """Give the row of a cause, locked: two events at once are told of once."""
    session = uow.session
    session.flush()
    insert = postgresql.insert if is_postgresql(session) else sqlite.insert
    values = {"kind": str(kind), "key": _one_line(key), "waiting": 0}
    moment = uow.now()
    stamps = {"id": new_id(), "created_at": moment, "updated_at": moment, "version": 1}
    session.execute(
        insert(NoticeCause)
        .values(**values, **stamps)
        .on_conflict_do_nothing(index_elements=[NoticeCause.kind, NoticeCause.key])
    )
    return session.scalars(
        sa.select(NoticeCause)
        .where(NoticeCause.kind == values["kind"], NoticeCause.key == values["key"])
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _spell(cause: NoticeCause, zone: ZoneInfo) -> str:
    times = "once" if cause.waiting == 1 else f"{cause.waiting} times"
    last = cause.last_at.astimezone(zone) if cause.last_at is not None else None
    when = f", last on {last:%Y-%m-%d} at {last:%H:%M}" if last is not None else ""
    return f"- {cause.last_subject} ({times}{when})"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:SUBJECT_LENGTH]
