import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from batchly_admin.clock import SystemClock
from batchly_admin.errors import ConfigError, Conflict, Reconnect, Transient
from batchly_admin.models.changes import AuditEvent, ChangeItem
from batchly_admin.models.sync import QbConnection
from batchly_admin.qbo.auth import Logins, connect, exchange, rotate_tokens
from batchly_admin.qbo.gateway import Access
from batchly_admin.qbo.vault import TokenBox
from batchly_admin.services.unit_of_work import SYSTEM
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import KEYS, Shop


def renewals(shop: Shop) -> int:
    return sum(event.event == "qbo.token.renewed" for event in shop.all(AuditEvent))


def logins(shop: Shop) -> Logins:
    return Logins(shop.uows, shop.box, Access())


def test_thirty_two_workers_renew_the_token_once(shop: Shop) -> None:
    connection_id = shop.connection().id
    start = threading.Barrier(32)

    def ask(_number: int) -> str:
        start.wait(10)
        return logins(shop).token(connection_id)

    with ThreadPoolExecutor(32) as pool:
        tokens = set(pool.map(ask, range(32)))

    assert len(tokens) == 1
    assert renewals(shop) == 1


def test_a_token_in_the_database_is_never_readable(shop: Shop) -> None:
    token = logins(shop).token(shop.connection().id)
    connection = shop.connection()

    stored = f"{connection.access_token} {connection.refresh_token} {connection.preferences}"

    assert token not in stored
    assert shop.details["refresh_token"] not in stored
    assert shop.details["client_secret"] not in stored
    written = " ".join(
        f"{item.old_value} {item.new_value}" for item in shop.all(ChangeItem)
    ) + " ".join(f"{event.subject} {event.details}" for event in shop.all(AuditEvent))
    assert token not in written
    assert shop.details["client_secret"] not in written


def test_a_token_is_renewed_some_minutes_before_it_ends(shop: Shop) -> None:
    first = logins(shop).token(shop.connection().id)
    shop.later(54 * 60)
    assert logins(shop).token(shop.connection().id) == first

    shop.later(2 * 60)
    second = logins(shop).token(shop.connection().id)

    assert second != first
    assert renewals(shop) == 2


def test_a_refused_token_is_renewed_only_when_nobody_else_just_did(shop: Shop) -> None:
    connection_id = shop.connection().id
    stale = logins(shop).token(connection_id)

    fresh = logins(shop).renew(connection_id, seen=stale)

    assert logins(shop).renew(connection_id, seen=stale) == fresh
    assert renewals(shop) == 2


def test_the_refresh_token_before_the_last_is_tried_once(shop: Shop) -> None:
    logins(shop).token(shop.connection().id)
    with shop.begin() as uow:
        connection = uow.session.get(QbConnection, shop.connection().id)
        subject = f"{connection.organization_id}|refresh_token"
        good = shop.box.open(connection.refresh_token, subject=subject)
        connection.previous_refresh_token = shop.box.seal(
            good, subject=f"{connection.organization_id}|previous_refresh_token"
        )
        connection.refresh_token = shop.box.seal("dead", subject=subject)
        connection.access_token = None

    assert logins(shop).token(shop.connection().id)
    assert shop.connection().state == "connected"


def test_a_dead_grant_marks_the_connection_and_asks_nobody_again(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    quickbooks.disconnect()

    with pytest.raises(Reconnect):
        logins(shop).token(shop.connection().id)

    assert shop.connection().state == "reconnect"
    with pytest.raises(Reconnect):
        logins(shop).token(shop.connection().id)


def test_a_login_server_that_is_away_is_no_lost_login(shop: Shop) -> None:
    details = {**shop.details, "discovery_url": "http://127.0.0.1:9/none"}
    lost = Shop(shop.uows, details, shop.redis_url)
    lost.connect()

    with pytest.raises(Transient):
        logins(lost).token(shop.connection().id)

    assert shop.connection().state == "connected"


def test_connecting_the_same_simulator_again_changes_nothing(shop: Shop) -> None:
    before = shop.connection()

    assert shop.connect() == before.id

    after = shop.connection()
    assert (after.version, after.refresh_token) == (before.version, before.refresh_token)
    assert len(shop.all(QbConnection)) == 1


def test_a_connection_a_person_ended_stays_ended(shop: Shop) -> None:
    logins(shop).revoke(shop.connection().id, SYSTEM)
    assert shop.connection().state == "disconnected"
    assert shop.connection().refresh_token is None

    shop.connect()

    assert shop.connection().state == "disconnected"


def test_another_company_is_refused_while_records_are_linked(shop: Shop) -> None:
    shop.invoice()
    shop.drain()
    access = Access(api_base=shop.details["api_base"])

    with pytest.raises(Conflict), shop.begin() as uow:
        connect(uow, shop.box, access=access, realm_id="other", refresh_token="RT")


def test_before_anything_is_linked_another_company_takes_the_place(shop: Shop) -> None:
    access = Access(api_base=shop.details["api_base"])

    with shop.begin() as uow:
        connect(uow, shop.box, access=access, realm_id="other", refresh_token="RT")

    assert [row.realm_id for row in shop.all(QbConnection)] == ["other"]


def test_keys_are_rotated_without_a_new_login(shop: Shop) -> None:
    token = logins(shop).token(shop.connection().id)
    box = TokenBox([("k2", b"1" * 32), *KEYS])
    with shop.begin() as uow:
        assert rotate_tokens(uow, box) == 1
        assert rotate_tokens(uow, box) == 0

    newest = TokenBox([("k2", b"1" * 32)])
    assert Logins(shop.uows, newest, Access()).token(shop.connection().id) == token
    with pytest.raises(ConfigError):
        logins(shop).token(shop.connection().id)


def test_the_days_of_the_grant_are_known(shop: Shop) -> None:
    logins(shop).token(shop.connection().id)

    connection = shop.connection()

    assert connection.refresh_token_expires_at is not None
    left = connection.refresh_token_expires_at - shop.uows.clock.now()
    assert timedelta(days=90) < left < timedelta(days=110)


def test_an_admin_connects_through_the_log_in_page(shop: Shop, quickbooks: Quickbooks) -> None:
    tokens = quickbooks.consent()
    with shop.begin() as uow:
        connect(
            uow,
            shop.box,
            access=quickbooks.access,
            realm_id=shop.details["realm_id"],
            tokens=tokens,
        )

    assert logins(shop).token(shop.connection().id) == tokens.access
    assert shop.connection().refresh_token_hard_expires_at is not None


def test_a_code_that_was_used_is_refused(quickbooks: Quickbooks) -> None:
    with pytest.raises(Reconnect):
        exchange(quickbooks.access, SystemClock(), code="used")


def test_with_strict_rotation_every_new_token_is_kept_before_it_is_used(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    quickbooks.control("POST", "settings", {"rotation": "strict"})

    for _ in range(4):
        assert logins(shop).token(shop.connection().id)
        shop.later(3600)

    assert shop.connection().state == "connected"
    assert renewals(shop) == 4
