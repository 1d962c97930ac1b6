"""People: their passwords, their log-ins, and how fast somebody may guess."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from batchly_admin.domain.passwords import check_password
from batchly_admin.domain.rights import ROLES
from batchly_admin.errors import InvalidInput, NotAllowed, NotFound
from batchly_admin.ids import new_id, token
from batchly_admin.models.company import (
    LoginSession,
    LoginThrottle,
    Organization,
    Role,
    User,
    user_roles,
)
from batchly_admin.services import audit
from batchly_admin.services.unit_of_work import Actor, UnitOfWork, UnitOfWorks

REFUSED = "This e-mail address and password do not match, or the account cannot be used now."
IDLE = timedelta(minutes=60)
LONGEST = timedelta(hours=12)
FREE_TRIES = 5
LONGEST_WAIT_MINUTES = 15
FORGET_AFTER = timedelta(minutes=15)

# 19 MiB a hash, and two at once in a process: eight parallel log-ins must not fill a small dyno.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_AT_ONCE = threading.Semaphore(2)
_NOBODY = _HASHER.hash("nobody has this password")


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Who a log-in session belongs to."""

    user_id: UUID
    name: str
    email: str
    roles: tuple[str, ...]
    last_seen_at: datetime


def ensure_roles(uow: UnitOfWork) -> None:
    """Make the rows of the roles that are missing."""
    known = set(uow.session.scalars(sa.select(Role.name)))
    for name, label in ROLES.items():
        if name not in known:
            uow.session.add(Role(name=name, label=label))
    uow.session.flush()


def create_user(uow: UnitOfWork, *, email: str, name: str, role: str, password: str) -> User:
    """Make a person who can log in.

    Raises:
        InvalidInput: the address is none or taken, the role unknown, or the password too weak.
    """
    address = email.strip().lower()
    if "@" not in address or " " in address or len(address) > 254:
        raise InvalidInput(f"{email} is not an e-mail address.", field="email")
    if uow.session.scalar(sa.select(User.id).where(User.email == address)) is not None:
        raise InvalidInput(f"{address} has an account already.", field="email")
    if role not in ROLES:
        raise InvalidInput(f"{role} is not one of: {', '.join(ROLES)}.", field="role")
    _check_password(uow.session, password, address)
    ensure_roles(uow)
    found = uow.session.scalars(sa.select(Role).where(Role.name == role)).one()
    user = User(
        email=address,
        name=name.strip() or address,
        password_hash=hash_password(password),
        password_changed_at=uow.now(),
        roles=[found],
    )
    uow.session.add(user)
    uow.session.flush()
    return user


def _check_password(session: Session, password: str, email: str) -> None:
    company = session.scalar(sa.select(Organization.name).limit(1)) or ""
    check_password(password, personal=(email, company))


def hash_password(password: str) -> str:
    """Give the argon2id hash of a password."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def _matches(stored: str, password: str) -> bool:
    try:
        with _AT_ONCE:
            return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def log_in(
    uows: UnitOfWorks,
    *,
    actor: Actor,
    email: str,
    password: str,
    address: str | None,
    user_agent: str,
) -> str:
    """Open a session for whoever knows the password; give its secret.

    An unknown address, a wrong password, a disabled account and too many tries look alike, and
    take alike: a password is always hashed.

    Raises:
        NotAllowed: with one sentence for all of them.
    """
    name = email.strip().lower()[:254]
    keys = (f"account:{name}", f"address:{address}")
    with uows.read() as session:
        user = session.scalar(sa.select(User).where(User.email == name))
        held = _is_held(session, keys, uows.clock.now())
    fits = _matches(user.password_hash if user is not None else _NOBODY, password[:128])
    if user is None or not fits or held or not user.is_active:
        with uows.begin(actor=actor, source="login") as uow:
            _count_failure(uow, keys)
            audit.note(uow, "login refused", subject=name, details={"address": address})
        raise NotAllowed(REFUSED)
    who = Actor(user.name, user.id, frozenset(role.name for role in user.roles), address)
    with uows.begin(actor=who, source="login") as uow:
        uow.session.execute(sa.delete(LoginThrottle).where(LoginThrottle.key == keys[0]))
        found = uow.session.get_one(User, user.id)
        found.last_login_at = uow.now()
        if _HASHER.check_needs_rehash(found.password_hash):
            found.password_hash = hash_password(password)
        audit.note(uow, "login", subject=name, details={"address": address})
        return open_session(uow, user_id=user.id, address=address, user_agent=user_agent)


def open_session(uow: UnitOfWork, *, user_id: UUID, address: str | None, user_agent: str) -> str:
    """Open a log-in session and give its secret; the database keeps only its hash."""
    secret = token()
    now = uow.now()
    uow.session.execute(sa.delete(LoginSession).where(LoginSession.expires_at < now))
    uow.session.add(
        LoginSession(
            token_hash=_hash(secret),
            user_id=user_id,
            address=address,
            user_agent=user_agent[:200],
            last_seen_at=now,
            expires_at=now + LONGEST,
        )
    )
    return secret


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


_SESSION = (
    sa.select(User.id, User.name, User.email, LoginSession.last_seen_at, Role.name)
    .select_from(LoginSession)
    .join(User, User.id == LoginSession.user_id)
    .outerjoin(user_roles, user_roles.c.user_id == User.id)
    .outerjoin(Role, Role.id == user_roles.c.role_id)
    .where(
        LoginSession.token_hash == sa.bindparam("token_hash"),
        LoginSession.expires_at > sa.bindparam("now", type_=LoginSession.expires_at.type),
        LoginSession.last_seen_at > sa.bindparam("idle", type_=LoginSession.last_seen_at.type),
        User.is_active,
    )
)


def find_session(session: Session, secret: str, now: datetime) -> OpenSession | None:
    """Give who a session's secret belongs to, or None when it is over."""
    rows: Sequence[Any] = (
        session.connection()
        .execute(_SESSION, {"token_hash": _hash(secret), "now": now, "idle": now - IDLE})
        .all()
    )
    if not rows:
        return None
    first = rows[0]
    roles = tuple(row[4] for row in rows if row[4] is not None)
    return OpenSession(first[0], first[1], first[2], roles, first[3])


def touch_session(uows: UnitOfWorks, secret: str) -> None:
    """Note that somebody is at work, so that the session does not end."""
    with uows.sessions.begin() as session:
        session.execute(
            sa.update(LoginSession)
            .where(LoginSession.token_hash == _hash(secret))
            .values(last_seen_at=uows.clock.now())
        )


def log_out(uows: UnitOfWorks, secret: str) -> None:
    """End a session."""
    with uows.sessions.begin() as session:
        session.execute(sa.delete(LoginSession).where(LoginSession.token_hash == _hash(secret)))


def end_session(uows: UnitOfWorks, *, user_id: UUID, session_id: UUID) -> None:
    """End one of a person's sessions."""
    with uows.sessions.begin() as session:
        session.execute(
            sa.delete(LoginSession).where(
                LoginSession.id == session_id, LoginSession.user_id == user_id
            )
        )


def end_other_sessions(uows: UnitOfWorks, *, user_id: UUID, keep_session: str) -> None:
    """End every session of a person but one."""
    with uows.sessions.begin() as session:
        session.execute(_others(user_id, keep_session))


def _others(user_id: UUID, keep_session: str) -> sa.Delete:
    return sa.delete(LoginSession).where(
        LoginSession.user_id == user_id, LoginSession.token_hash != _hash(keep_session)
    )


def open_sessions(
    session: Session, user_id: UUID, secret: str, now: datetime
) -> list[dict[str, Any]]:
    """Give a person's open sessions, the newest first."""
    found = session.scalars(
        sa.select(LoginSession)
        .where(
            LoginSession.user_id == user_id,
            LoginSession.expires_at > now,
            LoginSession.last_seen_at > now - IDLE,
        )
        .order_by(LoginSession.created_at.desc())
    )
    mine = _hash(secret)
    return [
        {
            "id": one.id,
            "current": one.token_hash == mine,
            "device": one.user_agent or "Unknown device",
            "address": one.address or "",
            "created_at": one.created_at,
            "last_seen_at": one.last_seen_at,
        }
        for one in found
    ]


def change_password(
    uow: UnitOfWork, *, user_id: UUID, current: str, new: str, keep_session: str
) -> None:
    """Change a person's password; every other session of theirs ends.

    Raises:
        InvalidInput: the present password is wrong, or the new one too weak.
        NotFound: there is no such person.
    """
    user = uow.session.get(User, user_id)
    if user is None:
        raise NotFound
    if not _matches(user.password_hash, current[:128]):
        raise InvalidInput("This is not your present password.", field="current_password")
    _check_password(uow.session, new, user.email)
    user.password_hash = hash_password(new)
    user.password_changed_at = uow.now()
    uow.session.execute(_others(user_id, keep_session))
    audit.note(uow, "password changed", subject=user.email)


def _is_held(session: Session, keys: Sequence[str], now: datetime) -> bool:
    found = session.scalar(
        sa.select(LoginThrottle.id)
        .where(LoginThrottle.key.in_(keys), LoginThrottle.blocked_until > now)
        .limit(1)
    )
    return found is not None


def _count_failure(uow: UnitOfWork, keys: Sequence[str]) -> None:
    now = uow.now()
    for key in keys:
        row = uow.session.scalar(
            sa.select(LoginThrottle).where(LoginThrottle.key == key).with_for_update()
        )
        if row is None:
            row = LoginThrottle(id=new_id(), key=key[:300], failures=0)
            uow.session.add(row)
        elif row.last_failure_at is not None and now - row.last_failure_at > FORGET_AFTER:
            row.failures = 0
        row.failures += 1
        row.last_failure_at = now
        over = row.failures - FREE_TRIES
        if over >= 0:
            row.blocked_until = now + timedelta(minutes=min(2**over, LONGEST_WAIT_MINUTES))
    uow.session.flush()
