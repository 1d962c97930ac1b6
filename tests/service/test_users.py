"""Log-ins: every refusal looks alike, tries are counted, sessions end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy import event
from sqlalchemy.engine import Engine

from batchly_admin.clock import ManualClock
from batchly_admin.domain.rights import ROLES
from batchly_admin.errors import Conflict, InvalidInput, NotAllowed, UserError
from batchly_admin.models.changes import AuditEvent
from batchly_admin.models.company import LoginSession, LoginThrottle, Role, User
from batchly_admin.services import records, throttling, users
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWork, UnitOfWorks

PASSWORD = "correct horse battery staple 9"
EMAIL = "olga@shop.example"


def make(uows: UnitOfWorks, email: str = EMAIL, role: str = "office") -> UUID:
    with uows.begin(actor=SYSTEM, source="cli") as uow:
        return users.create_user(uow, email=email, name="Olga", role=role, password=PASSWORD).id


def refused(uows: UnitOfWorks, kind: type[UserError], act: Any) -> UserError:
    with pytest.raises(kind) as caught, uows.begin(actor=SYSTEM, source="form") as uow:
        act(uow)
    return caught.value


def log_in(
    uows: UnitOfWorks, password: str = PASSWORD, email: str = EMAIL, address: str | None = "1.1.1.1"
) -> str:
    return users.log_in(
        uows, actor=SYSTEM, email=email, password=password, address=address, user_agent="Firefox/1"
    )


def who(uows: UnitOfWorks, secret: str) -> users.LoggedIn | None:
    with uows.read() as session:
        return users.find_session(session, secret, uows.clock.now())


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "nothing"}, "email"),
        ({"email": EMAIL.upper()}, "email"),
        ({"role": "king"}, "role"),
        ({"password": "short"}, "password"),
        ({"password": "olgaolga2026!"}, "password"),
    ],
)
def test_a_person_that_cannot_be_is_refused(
    uows: UnitOfWorks, given: dict[str, str], field: str
) -> None:
    make(uows)
    values = {"email": "new@x.example", "name": "Olga", "role": "office", "password": PASSWORD}
    error = refused(uows, InvalidInput, lambda uow: users.create_user(uow, **{**values, **given}))
    assert error.field == field


def test_a_password_is_kept_as_argon2id_of_the_agreed_cost(uows: UnitOfWorks) -> None:
    make(uows)
    with uows.read() as session:
        stored = session.scalars(sa.select(User.password_hash)).one()
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_whoever_knows_the_password_gets_in(uows: UnitOfWorks) -> None:
    user_id = make(uows)
    secret = log_in(uows, email=" OLGA@shop.example ")
    found = who(uows, secret)
    assert found is not None
    assert (found.user_id, found.name, found.roles) == (user_id, "Olga", frozenset({"office"}))
    with uows.read() as session:
        assert secret not in session.scalars(sa.select(LoginSession.token_hash)).one()
        assert set(session.scalars(sa.select(AuditEvent.event))) == {"user.created", "login"}


def test_every_refusal_is_the_same_sentence(uows: UnitOfWorks) -> None:
    make(uows)
    off = make(uows, "off@shop.example")
    with uows.begin(actor=SYSTEM, source="form") as uow:
        uow.session.get_one(User, off).is_active = False
    sentences = set()
    for number, (email, password) in enumerate(
        [
            (EMAIL, "wrong"),
            ("nobody@shop.example", PASSWORD),
            ("off@shop.example", PASSWORD),
            (EMAIL, ""),
            ("", ""),
            (EMAIL, "x" * 100_000),
        ]
    ):
        with pytest.raises(NotAllowed) as caught:
            log_in(uows, password, email, f"1.1.1.{number}")
        sentences.add(caught.value.message)
    assert sentences == {users.REFUSED}


def test_an_unknown_person_is_refused_as_slowly_as_a_known_one(uows: UnitOfWorks) -> None:
    make(uows)

    def cost(email: str) -> float:
        spent = []
        for number in range(4):
            begun = perf_counter()
            with pytest.raises(NotAllowed):
                log_in(uows, "wrong", email, f"2.2.2.{number}")
            spent.append(perf_counter() - begun)
        return min(spent)

    cost("warm@up.example")
    known, unknown = cost(EMAIL), cost("nobody@shop.example")
    assert 0.4 < known / unknown < 2.5


def fail(uows: UnitOfWorks, times: int, **how: Any) -> None:
    for _ in range(times):
        with pytest.raises(NotAllowed):
            log_in(uows, "wrong password", **how)


def test_after_five_wrong_tries_the_right_one_has_to_wait(
    uows: UnitOfWorks, clock: ManualClock
) -> None:
    make(uows)
    fail(uows, 5)
    with pytest.raises(NotAllowed):
        log_in(uows)
    clock.advance(timedelta(seconds=61))
    log_in(uows)
    fail(uows, 4, address="2.2.2.2")
    log_in(uows, address="2.2.2.2")


def test_the_wait_grows_to_a_quarter_of_an_hour_and_never_for_ever() -> None:
    minutes = [throttling.wait_after(n).total_seconds() / 60 for n in (4, 5, 6, 7, 8, 9, 10, 99)]
    assert minutes == [0, 1, 2, 4, 8, 15, 15, 15]


def test_tries_are_counted_by_account_and_by_address(uows: UnitOfWorks, clock: ManualClock) -> None:
    make(uows)
    make(uows, "ann@shop.example")
    for number in range(5):
        fail(uows, 1, address=f"3.3.3.{number}")
    with pytest.raises(NotAllowed):
        log_in(uows, address="9.9.9.9")
    clock.advance(timedelta(hours=1))
    for number in range(5):
        fail(uows, 1, email=f"guess{number}@shop.example", address="4.4.4.4")
    with pytest.raises(NotAllowed):
        log_in(uows, email="ann@shop.example", address="4.4.4.4")
    log_in(uows, email="ann@shop.example", address="5.5.5.5")


def test_an_own_account_does_not_wash_an_address_clean(uows: UnitOfWorks) -> None:
    make(uows)
    fail(uows, 4, email="guess@shop.example")
    log_in(uows)
    fail(uows, 1, email="other@shop.example")
    with pytest.raises(NotAllowed):
        log_in(uows)


def test_many_tries_at_one_moment_are_many_tries(uows: UnitOfWorks) -> None:
    make(uows)

    def guess(_number: int) -> bool:
        return throttling.begin_try(uows, account=EMAIL, address=None)

    with ThreadPoolExecutor(8) as pool:
        free = sum(pool.map(guess, range(24)))
    assert free == 5
    with uows.read() as session:
        assert session.scalars(sa.select(LoginThrottle.failures)).one() == 5


def test_an_old_hash_is_renewed_at_the_log_in(uows: UnitOfWorks) -> None:
    user_id = make(uows)
    weak = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    with uows.begin(actor=SYSTEM, source="cli") as uow:
        uow.session.get_one(User, user_id).password_hash = weak
    log_in(uows)
    with uows.read() as session:
        assert "m=19456,t=2,p=1" in session.get_one(User, user_id).password_hash


def test_a_session_ends_by_idling_by_age_and_by_log_out(
    uows: UnitOfWorks, clock: ManualClock
) -> None:
    make(uows)
    idle, old, out = log_in(uows), log_in(uows), log_in(uows)
    users.close_session(uows, out)
    assert who(uows, out) is None
    clock.advance(timedelta(minutes=29))
    users.touch_session(uows, old)
    clock.advance(timedelta(minutes=2))
    assert who(uows, idle) is None
    for _ in range(24):
        users.touch_session(uows, old)
        assert who(uows, old) is not None
        clock.advance(timedelta(minutes=29))
    assert who(uows, old) is None, "twelve hours are over"


def test_a_worker_may_idle_for_a_shift(uows: UnitOfWorks, clock: ManualClock) -> None:
    make(uows, "w@shop.example", "worker")
    secret = log_in(uows, email="w@shop.example")
    clock.advance(timedelta(hours=8))
    assert who(uows, secret) is not None


def test_a_session_is_found_with_one_query(uows: UnitOfWorks, engine: Engine) -> None:
    make(uows)
    secret = log_in(uows)
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _cu, text, *_rest: seen.append(text))
    assert who(uows, secret) is not None
    assert len([text for text in seen if text.startswith("SELECT")]) == 1


def test_disabling_somebody_ends_their_sessions_at_once(uows: UnitOfWorks) -> None:
    make(uows, "boss@shop.example", "admin")
    user_id = make(uows)
    secret = log_in(uows)
    with uows.begin(actor=SYSTEM, source="grid") as uow:
        records.update_record(uow, uow.session.get_one(User, user_id), {"is_active": False})
    assert who(uows, secret) is None
    with uows.read() as session:
        assert session.scalars(sa.select(LoginSession)).all() == []


def test_the_last_admin_stays(uows: UnitOfWorks) -> None:
    user_id = make(uows, "boss@shop.example", "admin")
    refused(
        uows,
        Conflict,
        lambda uow: records.update_record(
            uow, uow.session.get_one(User, user_id), {"is_active": False}
        ),
    )


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(uows: UnitOfWorks) -> None:
    user_id = make(uows)
    mine, other = log_in(uows), log_in(uows)

    def change(current: str, new: str) -> Any:
        def act(uow: UnitOfWork) -> None:
            users.change_password(uow, user_id=user_id, current=current, new=new, keep_session=mine)

        return act

    assert refused(uows, InvalidInput, change("wrong", "x" * 5)).field == "current_password"
    assert refused(uows, InvalidInput, change(PASSWORD, "short")).field == "password"
    assert refused(uows, InvalidInput, change(PASSWORD, PASSWORD)).field == "password"
    with uows.begin(actor=SYSTEM, source="form") as uow:
        change(PASSWORD, "another long sentence 3")(uow)
    assert who(uows, mine) is not None
    assert who(uows, other) is None
    log_in(uows, "another long sentence 3")


def test_people_see_and_end_their_own_sessions(uows: UnitOfWorks) -> None:
    user_id = make(uows)
    mine, other = log_in(uows), log_in(uows)
    with uows.read() as session:
        listed = users.open_sessions(session, user_id, mine, uows.clock.now())
    assert sorted(one["current"] for one in listed) == [False, True]
    assert listed[0]["device"] == "Firefox"
    gone = next(one["id"] for one in listed if not one["current"])
    users.end_session(uows, user_id=UUID(int=1), session_id=gone)
    assert who(uows, other) is not None, "of somebody else's nothing ends"
    users.end_session(uows, user_id=user_id, session_id=gone)
    assert who(uows, other) is None
    third = log_in(uows)
    users.end_other_sessions(uows, user_id=user_id, keep_session=mine)
    assert who(uows, third) is None
    assert who(uows, mine) is not None


def test_roles_are_made_once(uows: UnitOfWorks) -> None:
    for _ in range(2):
        with uows.begin(actor=SYSTEM, source="cli") as uow:
            users.ensure_roles(uow)
    with uows.read() as session:
        assert set(session.scalars(sa.select(Role.name))) == set(ROLES)
