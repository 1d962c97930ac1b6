"""Notices to the admins: told once, never a storm, nothing lost, nothing sent twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.clock import ManualClock
from batchly_admin.domain.notices import MailState, NoticeKind, login_warning, wait_before_retry
from batchly_admin.errors import Conflict, InvalidInput, NotFound
from batchly_admin.models.company import Organization
from batchly_admin.models.notices import NoticeCause, OutgoingMail
from batchly_admin.models.sync import QbConnection, SyncQueueRow
from batchly_admin.services import mailing, notices, settings, sync_settings, users
from batchly_admin.services.notices import Failure
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWorks
from tests import given
from tests.mail_server import PostOffice, post_office
from tests.servers import free_port

ADMIN = "ann@shop.example"
PASSWORD = "a password long enough 7"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as made:
        yield made


@pytest.fixture
def admin(uows: UnitOfWorks) -> None:
    person(uows, ADMIN, "admin")


def person(uows: UnitOfWorks, address: str, role: str) -> None:
    with uows.begin(actor=SYSTEM, source="cli") as uow:
        users.create_user(
            uow, email=address, name=address.partition("@")[0], password=PASSWORD, role=role
        )


def tell(
    uows: UnitOfWorks, subject: str = "It failed", key: str = "cause", kind: str = "failures"
) -> bool:
    with uows.begin(actor=SYSTEM, source="push") as uow:
        return notices.notify(uow, kind, subject, ["One line.", "Another."], key)


def look(uows: UnitOfWorks) -> None:
    with uows.begin(actor=SYSTEM, source="task") as uow:
        notices.look(uow)


def all_of(uows: UnitOfWorks, model: Any) -> list[Any]:
    with uows.read() as session:
        return list(session.scalars(sa.select(model).order_by(model.id)))


def mails(uows: UnitOfWorks) -> list[OutgoingMail]:
    return all_of(uows, OutgoingMail)


def send(uows: UnitOfWorks, office: PostOffice) -> bool:
    return mailing.drain(uows, office.server, seconds=30)


def connection(uows: UnitOfWorks, **values: Any) -> UUID:
    with uows.begin(actor=SYSTEM, source="form") as uow:
        made = QbConnection(
            organization_id=uow.session.scalar(sa.select(Organization.id)),
            company_id="1",
            realm_id="1",
            environment="simulator",
            base_url="http://127.0.0.1",
            **values,
        )
        uow.session.add(made)
        uow.session.flush()
        return made.id


def test_an_event_becomes_a_mail_that_arrives_with_its_link(
    uows: UnitOfWorks, office: PostOffice, admin: None, rung: list[str]
) -> None:
    assert tell(uows)

    assert rung == ["mail"], "the sender is woken, the event sends nothing itself"
    assert office.mails == []
    send(uows, office)
    (mail,) = office.mails
    assert (mail["To"], mail["Subject"]) == (ADMIN, "It failed")
    text = mail.get_content().replace("\r\n", "\n")
    assert "One line.\nAnother." in text
    assert "https://b.example/admin/quickbooks/status" in text
    (row,) = mails(uows)
    assert (row.state, row.attempts, row.error_message) == ("sent", 1, None)
    assert mail["Message-ID"] == f"<{row.id}@shop.example>"


def test_what_is_rolled_back_is_told_to_nobody(uows: UnitOfWorks, admin: None) -> None:
    def fail() -> None:
        with uows.begin(actor=SYSTEM, source="push") as uow:
            notices.notify(uow, "failures", "It failed", [], "cause")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert mails(uows) == []
    assert tell(uows), "and it does not hush the next one"


def test_one_cause_is_mailed_once_an_hour_and_the_rest_is_counted(
    uows: UnitOfWorks, office: PostOffice, admin: None, clock: ManualClock
) -> None:
    told = [tell(uows, f"INV-{number} failed") for number in range(500)]

    assert told.count(True) == 1
    (cause,) = all_of(uows, NoticeCause)
    assert (cause.waiting, cause.last_subject) == (499, "INV-499 failed")
    clock.advance(timedelta(hours=1))
    assert tell(uows, "INV-500 failed")
    assert "499 more times" in mails(uows)[-1].body
    assert all_of(uows, NoticeCause)[0].waiting == 0


def test_different_causes_and_kinds_do_not_hush_each_other(uows: UnitOfWorks, admin: None) -> None:
    assert tell(uows, key="one")
    assert tell(uows, key="two")
    assert tell(uows, key="one", kind="mismatch")


def test_every_admin_is_told_and_nobody_else(uows: UnitOfWorks, admin: None) -> None:
    person(uows, "bob@shop.example", "admin")
    person(uows, "eve@shop.example", "office")

    tell(uows)

    assert {row.recipient for row in mails(uows)} == {ADMIN, "bob@shop.example"}


def test_the_settings_say_who_is_told_and_of_what(uows: UnitOfWorks, admin: None) -> None:
    given.setting(uows, "notice_recipients", ["boss@shop.example"])
    given.setting(uows, "notice_kinds", ["mismatch"])

    assert not tell(uows)
    assert tell(uows, kind="mismatch")
    assert [row.recipient for row in mails(uows)] == ["boss@shop.example"]


def test_with_nobody_to_tell_nothing_breaks(uows: UnitOfWorks) -> None:
    assert not tell(uows)
    assert mails(uows) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("notice_recipients", ["no address"]),
        ("notice_recipients", ["a@b.example\nBcc: x@y.example"]),
        ("notice_recipients", "ann@shop.example"),
        ("notice_kinds", ["weather"]),
        ("notice_digest_at", "25:00"),
        ("notice_digest_at", "7"),
        ("notice_failures_after", 0),
        ("notice_failures_after", "3"),
        ("notice_failures_after", True),
    ],
)
def test_settings_of_notices_that_make_no_sense_are_refused(
    uows: UnitOfWorks, key: str, value: Any
) -> None:
    with uows.begin(actor=SYSTEM, source="form") as uow, pytest.raises(InvalidInput) as caught:
        settings.put(uow, key, value)

    assert caught.value.refusals[0].field == key


def test_the_digest_goes_once_a_day_at_its_time_with_all_that_was_gathered(
    uows: UnitOfWorks, office: PostOffice, admin: None, clock: ManualClock
) -> None:
    given.setting(uows, "notice_digest_at", "14:00")
    for key in ("one", "two"):
        tell(uows, f"Cause {key}", key)
    for _ in range(3):
        tell(uows, "Cause one again", "one")

    look(uows)
    assert len(mails(uows)) == 2, "noon: not yet"
    clock.advance(timedelta(hours=2))
    look(uows)
    look(uows)

    digests = [row for row in mails(uows) if row.kind == "digest"]
    assert [row.subject for row in digests] == ["QuickBooks: digest of 2026-03-04"]
    assert "- Cause one again (3 times, last on 2026-03-04 at 12:00)" in digests[0].body
    assert "Cause two" not in digests[0].body, "of that there is no more to tell"
    clock.advance(timedelta(days=1))
    look(uows)
    assert [row.kind for row in mails(uows)].count("digest") == 1, "a day without news has none"


def test_gathered_notices_of_the_next_day_have_their_own_digest(
    uows: UnitOfWorks, admin: None, clock: ManualClock
) -> None:
    given.setting(uows, "notice_digest_at", "12:30")
    for _ in range(2):
        tell(uows)
    clock.advance(timedelta(hours=1))
    look(uows)
    tell(uows)
    tell(uows)
    look(uows)
    assert [row.kind for row in mails(uows)].count("digest") == 1

    clock.advance(timedelta(days=1))
    look(uows)

    assert [row.kind for row in mails(uows)].count("digest") == 2


def test_a_repeated_cause_is_told_from_the_third_document_on(
    uows: UnitOfWorks, admin: None
) -> None:
    said = Failure("INV-3", "rejected", "6000", "Business validation error")
    for number in (1, 2):
        _failed_row(uows, number)
        with uows.begin(actor=SYSTEM, source="push") as uow:
            assert not notices.repeated_failure(uow, said, 1)

    _failed_row(uows, 3)
    with uows.begin(actor=SYSTEM, source="push") as uow:
        assert notices.repeated_failure(uow, said, 1)

    assert "Business validation error" in mails(uows)[0].body


def test_a_document_that_used_up_its_tries_is_told_by_itself(
    uows: UnitOfWorks, admin: None
) -> None:
    said = Failure("INV-1", "transient", "", "No answer")
    with uows.begin(actor=SYSTEM, source="push") as uow:
        assert not notices.repeated_failure(uow, said, 2)
        assert notices.repeated_failure(uow, said, 3)


def _failed_row(uows: UnitOfWorks, number: int) -> None:
    with uows.begin(actor=SYSTEM, source="push") as uow:
        uow.session.add(
            SyncQueueRow(
                organization_id=uow.session.scalar(sa.select(Organization.id)),
                entity_type="invoice",
                entity_id=UUID(int=number),
                status="failed",
                error_class="rejected",
                error_code="6000",
                next_attempt_at=uow.now(),
                last_attempt_at=uow.now(),
                request_id=f"r{number}",
            )
        )


def test_the_end_of_the_login_is_told_thirty_seven_and_one_days_before_each_once(
    uows: UnitOfWorks, admin: None, clock: ManualClock
) -> None:
    ends = clock.now() + timedelta(days=31, hours=1)
    connection(uows, refresh_token_expires_at=ends)
    subjects = []
    for _ in range(32 * 4):
        look(uows)
        clock.advance(timedelta(hours=6))
    subjects = [row.subject for row in mails(uows)]

    assert subjects == [
        "The login to QuickBooks ends in less than 30 days",
        "The login to QuickBooks ends in less than 7 days",
        "The login to QuickBooks ends within a day",
    ]


def test_a_renewed_login_is_not_warned_of(
    uows: UnitOfWorks, admin: None, clock: ManualClock
) -> None:
    connection(
        uows,
        refresh_token_expires_at=clock.now() + timedelta(days=90),
        refresh_token_hard_expires_at=clock.now() + timedelta(days=400),
    )
    look(uows)
    assert mails(uows) == []


def test_the_earlier_of_both_clocks_counts(
    uows: UnitOfWorks, admin: None, clock: ManualClock
) -> None:
    connection(
        uows,
        refresh_token_expires_at=clock.now() + timedelta(days=90),
        refresh_token_hard_expires_at=clock.now() + timedelta(days=5),
    )
    look(uows)
    assert [row.subject for row in mails(uows)] == [
        "The login to QuickBooks ends in less than 7 days"
    ]


@pytest.mark.parametrize(
    ("days", "told"),
    [(31, None), (30, 30), (8, 30), (7, 7), (1, 1), (0.1, 1), (0, None), (-1, None)],
)
def test_which_warning_is_due(days: float, told: int | None) -> None:
    now = datetime(2026, 3, 4, tzinfo=UTC)
    assert login_warning(now + timedelta(days=days), now) == told


# --- sending -----------------------------------------------------------------------------------


def test_without_a_mail_server_mails_are_kept_to_be_read_and_can_go_later(
    uows: UnitOfWorks, office: PostOffice, admin: None
) -> None:
    tell(uows)
    mailing.drain(uows, None)

    (row,) = mails(uows)
    assert row.state == MailState.KEPT
    assert "SMTP_HOST" in (row.error_message or "")
    send(uows, office)
    assert office.mails == [], "what was kept does not flood people later"
    with uows.begin(actor=SYSTEM, source="form") as uow:
        mailing.renew(uow, row.id)
    send(uows, office)
    assert office.to() == [ADMIN]


def test_a_server_that_is_away_is_tried_again_and_waits_longer_each_time(
    uows: UnitOfWorks, office: PostOffice, admin: None, clock: ManualClock
) -> None:
    away = mailing.MailServer("127.0.0.1", free_port(), "a@b.example", "none", timeout=1)
    tell(uows)

    mailing.drain(uows, away)
    (row,) = mails(uows)
    assert (row.state, row.attempts) == ("waiting", 1)
    assert row.next_attempt_at == clock.now() + timedelta(minutes=1)
    mailing.drain(uows, away)
    assert mails(uows)[0].attempts == 1, "its time has not come"

    clock.advance(timedelta(minutes=1))
    send(uows, office)
    assert office.to() == [ADMIN]
    assert mails(uows)[0].error_message is None


def test_after_the_last_try_it_says_so_and_a_person_can_send_it(
    uows: UnitOfWorks, office: PostOffice, admin: None, clock: ManualClock
) -> None:
    away = mailing.MailServer("127.0.0.1", free_port(), "a@b.example", "none", timeout=1)
    tell(uows)
    for _ in range(mailing.MAX_ATTEMPTS + 2):
        mailing.drain(uows, away)
        clock.advance(timedelta(hours=2))

    (row,) = mails(uows)
    assert (row.state, row.attempts) == ("failed", mailing.MAX_ATTEMPTS)
    with uows.begin(actor=SYSTEM, source="form") as uow:
        mailing.renew(uow, row.id)
    send(uows, office)
    assert office.to() == [ADMIN]


def test_a_refused_address_ends_its_own_mail_only(
    uows: UnitOfWorks, office: PostOffice, admin: None
) -> None:
    person(uows, "zoe@shop.example", "admin")
    office.at_recipient = ["550 no such person here"]
    tell(uows)

    send(uows, office)

    states = {row.state: row for row in mails(uows)}
    assert set(states) == {"failed", "sent"}
    assert "550 no such person here" in (states["failed"].error_message or "")
    assert office.to() == [states["sent"].recipient]


@pytest.mark.parametrize("answer", ["451 try later", "421 closing"])
def test_a_busy_server_is_tried_again(
    uows: UnitOfWorks, office: PostOffice, admin: None, clock: ManualClock, answer: str
) -> None:
    office.after_data = [answer]
    tell(uows)
    send(uows, office)
    assert [row.state for row in mails(uows)] == ["waiting"]

    clock.advance(timedelta(minutes=1))
    send(uows, office)

    assert office.to() == [ADMIN]


def test_an_answer_that_never_comes_leads_to_the_same_mail_not_to_another(
    uows: UnitOfWorks, office: PostOffice, admin: None, clock: ManualClock
) -> None:
    office.hang_up_after_data = 1
    tell(uows)
    send(uows, office)
    clock.advance(timedelta(minutes=1))
    send(uows, office)

    names = {mail["Message-ID"] for mail in office.mails}
    assert (len(office.mails), len(names)) == (2, 1), "the mail's name tells it is the same"
    assert mails(uows)[0].state == "sent"


def test_a_sender_that_died_leaves_its_mail_to_the_next_after_the_lease(
    uows: UnitOfWorks, office: PostOffice, admin: None, clock: ManualClock
) -> None:
    tell(uows)
    taken = mailing._take(uows)
    assert taken is not None

    send(uows, office)
    assert office.mails == [], "somebody holds it"
    clock.advance(mailing.LEASE)
    send(uows, office)
    assert office.to() == [ADMIN]

    with uows.sessions.begin() as session:
        mailing._finish(session, taken, {"state": "waiting"})
    assert mails(uows)[0].state == "sent", "who lost the lease writes nothing any more"


def test_senders_at_once_send_every_mail_once(
    uows: UnitOfWorks, office: PostOffice, admin: None
) -> None:
    for number in range(20):
        tell(uows, key=f"cause {number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: send(uows, office), range(4)))

    assert len(office.mails) == 20
    assert len({mail["Message-ID"] for mail in office.mails}) == 20


def test_a_subject_of_several_lines_cannot_add_headers(
    uows: UnitOfWorks, office: PostOffice, admin: None
) -> None:
    tell(uows, "Failed\r\nBcc: thief@example.com")
    send(uows, office)

    (mail,) = office.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Failed Bcc: thief@example.com"


def test_a_long_subject_with_letters_of_all_kinds_arrives_whole(
    uows: UnitOfWorks, office: PostOffice, admin: None
) -> None:
    words = "Łódź Käse 日本 " * 20
    tell(uows, words)
    send(uows, office)
    assert office.subjects() == [" ".join(words.split())[:200]]


def test_only_what_was_not_sent_is_sent_again(
    uows: UnitOfWorks, office: PostOffice, admin: None
) -> None:
    tell(uows)
    (row,) = mails(uows)
    with uows.begin(actor=SYSTEM, source="form") as uow, pytest.raises(Conflict):
        mailing.renew(uow, row.id)
    send(uows, office)
    with uows.begin(actor=SYSTEM, source="form") as uow, pytest.raises(Conflict):
        mailing.renew(uow, row.id)
    with uows.begin(actor=SYSTEM, source="form") as uow, pytest.raises(NotFound):
        mailing.renew(uow, UUID(int=1))


def test_waits_double_up_to_two_hours() -> None:
    waits = [wait_before_retry(tries) for tries in range(1, 11)]
    assert waits[0] == timedelta(minutes=1)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=2)


# --- the pause ---------------------------------------------------------------------------------


def test_a_person_who_pauses_and_resumes_is_named_in_the_mail(
    uows: UnitOfWorks, admin: None
) -> None:
    connection(uows)
    with uows.begin(actor=given.ANN, source="form") as uow:
        sync_settings.pause_pushes(uow, "  month end ")
    with uows.begin(actor=given.ANN, source="form") as uow, pytest.raises(Conflict):
        sync_settings.pause_pushes(uow, "again")
    with uows.begin(actor=given.ANN, source="form") as uow:
        sync_settings.resume_pushes(uow)
    with uows.begin(actor=given.ANN, source="form") as uow, pytest.raises(Conflict):
        sync_settings.resume_pushes(uow)

    assert [row.kind for row in mails(uows)] == [NoticeKind.PAUSED] * 2
    assert "paused by Ann: month end" in mails(uows)[0].body


def test_a_pause_needs_a_reason_and_a_connection(uows: UnitOfWorks) -> None:
    with uows.begin(actor=given.ANN, source="form") as uow, pytest.raises(Conflict):
        sync_settings.pause_pushes(uow, "month end")
    connection(uows)
    with uows.begin(actor=given.ANN, source="form") as uow, pytest.raises(InvalidInput):
        sync_settings.pause_pushes(uow, "  ")
