"""People who log in: their accounts, passwords and open sessions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.passwords import weakness
from batchly_admin.domain.rights import ROLES
from batchly_admin.errors import Conflict, InvalidInput, NotAllowed, NotFound
from batchly_admin.ids import new_id, token
from batchly_admin.models.company import LoginSession, Organization, Role, User, user_roles
from batchly_admin.services import audit, hashing, throttling
from batchly_admin.services.unit_of_work import Actor, UnitOfWork, UnitOfWorks

IDLE = timedelta(minutes=30)
IDLE_ON_THE_FLOOR = timedelta(hours=12)
ABSOLUTE = timedelta(hours=12)
REFUSED = (
    "The e-mail address or the password is not right, or there were too many tries. "
    "Wait a moment and try again."
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Who an open session belongs to."""

    session_id: UUID
    user_id: UUID
    name: str
    email: str
    roles: frozenset[str]
    last_seen_at: datetime


def ensure_roles(uow: UnitOfWork) -> dict[str, Role]:
    """Make the rows of roles that are missing; give all of them by name."""
    found = {role.name: role for role in uow.session.scalars(sa.select(Role))}
    for name, label in ROLES.items():
        if name not in found:
            found[name] = Role(id=new_id(), name=name, label=label)
            uow.session.add(found[name])
    uow.session.flush()
    return found


def create_user(uow: UnitOfWork, *, email: str, name: str, role: str, password: str) -> User:
    """Make a person with one role.

    Raises:
        InvalidInput: when the address is none or taken, the role unknown or the password weak.
    """
    address = email.strip().casefold()
    if not _EMAIL.fullmatch(address) or len(address) > 254:
        raise InvalidInput(f"{email} is not an e-mail address.", field="email")
    if uow.session.scalar(sa.select(User.id).where(User.email == address)) is not None:
        raise InvalidInput(f"There is a user with the address {address} already.", field="email")
    roles = ensure_roles(uow)
    if role not in roles:
        names = ", ".join(ROLES)
        raise InvalidInput(f"There is no role {role}; there are {names}.", field="role")
    _check_password(uow, password, address, name)
    user = User(
        id=new_id(),
        email=address,
        name=" ".join(name.split()) or address.partition("@")[0],
        password_hash=hashing.hash_password(password),
        password_changed_at=uow.now(),
        roles=[roles[role]],
    )
    uow.session.add(user)
    uow.session.flush()
    audit.note(uow, "user.created", subject=address, details={"role": role})
    return user


def update_user(uow: UnitOfWork, user: User, values: Mapping[str, Any]) -> None:
    """Change a person; who is disabled is logged out everywhere.

    Raises:
        InvalidInput: when the address is none.
        Conflict: when somebody locks themselves out, or the last admin.
    """
    for name, value in values.items():
        setattr(user, name, value)
    user.email = (user.email or "").strip().casefold()
    if not _EMAIL.fullmatch(user.email):
        raise InvalidInput(f"{user.email} is not an e-mail address.", field="email")
    if user.is_active is False:
        if user.id == uow.actor.user_id:
            raise Conflict("You cannot disable yourself.", field="is_active")
        uow.session.flush()
        if any(role.name == "admin" for role in user.roles):
            _refuse_last_admin(uow)
        close_all(uow, user_id=user.id)


def verify_login(uows: UnitOfWorks, *, email: str, password: str, address: str | None) -> UUID:
    """Give the id of the person whose password this is.

    An unknown address, a wrong password, a disabled person and too many tries look alike and take
    alike long. The try is counted before the password is looked at, so that many at once are
    counted too.

    Raises:
        NotAllowed: with one neutral sentence.
    """
    name = email.strip().casefold()[:254]
    is_free = throttling.begin_try(uows, account=name, address=address)
    with uows.read() as session:
        found = session.execute(
            sa.select(User.id, User.password_hash, User.is_active).where(User.email == name)
        ).first()
    nobody = hashing.nobody()
    stored = found.password_hash if found is not None else nobody
    is_right = hashing.is_password(stored, password[: hashing.LONGEST])
    if not (is_free and is_right and found is not None and found.is_active):
        raise NotAllowed(REFUSED)
    throttling.forgive(uows, account=name, address=address)
    user_id: UUID = found.id
    return user_id


def log_in(
    uows: UnitOfWorks,
    *,
    actor: Actor,
    email: str,
    password: str,
    address: str | None,
    user_agent: str,
) -> str:
    """Open a session for whoever knows the password, and give its secret.

    Raises:
        NotAllowed: with one neutral sentence, whatever was wrong.
    """
    origin = Actor(actor.name, actor.user_id, actor.roles, address)
    try:
        user_id = verify_login(uows, email=email, password=password, address=address)
    except NotAllowed:
        with uows.begin(actor=origin, source="form") as uow:
            audit.note(uow, "login.refused", subject=email.strip()[:254])
        raise
    with uows.begin(actor=origin, source="form") as uow:
        user = uow.session.get(User, user_id, with_for_update=True)
        if user is None or not user.is_active:
            raise NotAllowed(REFUSED)
        if hashing.is_outdated(user.password_hash):
            user.password_hash = hashing.hash_password(password)
        user.last_login_at = uow.now()
        secret = open_session(uow, user, address, user_agent)
        audit.note(uow, "login", subject=user.email)
    return secret


def open_session(uow: UnitOfWork, user: User, address: str | None, agent: str) -> str:
    """Open a session and give its secret; only a fingerprint of it is kept."""
    secret = token()
    now = uow.now()
    uow.session.add(
        LoginSession(
            id=new_id(),
            token_hash=_fingerprint(secret),
            user_id=user.id,
            address=address,
            user_agent=agent[:200],
            last_seen_at=now,
            expires_at=now + ABSOLUTE,
        )
    )
    uow.session.flush()
    return secret


# Built once: every request asks, and building the statement costs more than running it.
_WHO = (
    sa.select(
        LoginSession.__table__.c.id,
        LoginSession.__table__.c.last_seen_at,
        User.__table__.c.id,
        User.__table__.c.name,
        User.__table__.c.email,
        Role.__table__.c.name,
    )
    .select_from(
        LoginSession.__table__.join(
            User.__table__, User.__table__.c.id == LoginSession.__table__.c.user_id
        )
        .outerjoin(user_roles, user_roles.c.user_id == User.__table__.c.id)
        .outerjoin(Role.__table__, Role.__table__.c.id == user_roles.c.role_id)
    )
    .where(
        LoginSession.__table__.c.token_hash == sa.bindparam("token_hash"),
        LoginSession.__table__.c.expires_at > sa.bindparam("now"),
        User.__table__.c.is_active,
    )
)


def find_session(session: Session, secret: str, now: datetime) -> LoggedIn | None:
    """Give who an open session belongs to: one query, for every request asks."""
    values = {"token_hash": _fingerprint(secret), "now": now}
    rows = session.connection().execute(_WHO, values).all()
    if not rows:
        return None
    session_id, seen, user_id, name, email, _role = rows[0]
    roles = frozenset(row[5] for row in rows if row[5])
    idle = IDLE_ON_THE_FLOOR if roles == {"worker"} else IDLE
    if seen <= now - idle:
        return None
    return LoggedIn(session_id, user_id, name, email, roles, seen)


def touch_session(uows: UnitOfWorks, secret: str) -> None:
    """Take note that somebody is still there."""
    with uows.sessions.begin() as session:
        session.execute(
            sa.update(LoginSession)
            .where(LoginSession.token_hash == _fingerprint(secret))
            .values(last_seen_at=uows.clock.now())
        )


def close_session(uows: UnitOfWorks, secret: str) -> None:
    """End a session by its secret."""
    with uows.sessions.begin() as session:
        session.execute(
            sa.delete(LoginSession).where(LoginSession.token_hash == _fingerprint(secret))
        )


def close_all(uow: UnitOfWork, *, user_id: UUID, keep: str | None = None) -> None:
    """End every session of a person, save for the one with the secret `keep`."""
    statement = sa.delete(LoginSession).where(LoginSession.user_id == user_id)
    if keep is not None:
        statement = statement.where(LoginSession.token_hash != _fingerprint(keep))
    uow.session.execute(statement.execution_options(synchronize_session=False))


def end_session(uows: UnitOfWorks, *, user_id: UUID, session_id: UUID) -> None:
    """End one session of a person."""
    with uows.sessions.begin() as session:
        session.execute(
            sa.delete(LoginSession).where(
                LoginSession.user_id == user_id, LoginSession.id == session_id
            )
        )


def end_other_sessions(uows: UnitOfWorks, *, user_id: UUID, keep_session: str) -> None:
    """End every session of a person but this one."""
    with uows.sessions.begin() as session:
        session.execute(
            sa.delete(LoginSession).where(
                LoginSession.user_id == user_id,
                LoginSession.token_hash != _fingerprint(keep_session),
            )
        )


def open_sessions(
    session: Session, user_id: UUID, secret: str, now: datetime
) -> list[dict[str, Any]]:
    """Give where a person is logged in, the latest first; the present session is marked."""
    mine = _fingerprint(secret)
    query = (
        sa.select(LoginSession)
        .where(LoginSession.user_id == user_id, LoginSession.expires_at > now)
        .order_by(LoginSession.last_seen_at.desc())
    )
    return [
        {
            "id": one.id,
            "current": one.token_hash == mine,
            "device": _device(one.user_agent or ""),
            "address": one.address or "",
            "created_at": one.created_at,
            "last_seen_at": one.last_seen_at,
        }
        for one in session.scalars(query)
    ]


def change_password(
    uow: UnitOfWork, *, user_id: UUID, current: str, new: str, keep_session: str | None = None
) -> None:
    """Change a password; every session but `keep_session` ends.

    Raises:
        NotFound: when there is no such person.
        InvalidInput: when the present password is wrong or the new one weak.
    """
    user = uow.session.get(User, user_id)
    if user is None:
        raise NotFound("There is no such user.")
    if not hashing.is_password(user.password_hash, current[: hashing.LONGEST]):
        raise InvalidInput("The current password is not right.", field="current_password")
    if current == new:
        raise InvalidInput("The new password is the old one.", field="password")
    _check_password(uow, new, user.email, user.name)
    user.password_hash = hashing.hash_password(new)
    user.password_changed_at = uow.now()
    close_all(uow, user_id=user.id, keep=keep_session)
    audit.note(uow, "password.changed", subject=user.email)


def _check_password(uow: UnitOfWork, password: str, email: str, name: str) -> None:
    company = uow.session.scalar(sa.select(Organization.name).limit(1)) or ""
    words = _WORDS.findall(f"{company} {name} {email} batchly")
    reason = weakness(password, words)
    if reason is not None:
        raise InvalidInput(reason, field="password")


def _refuse_last_admin(uow: UnitOfWork) -> None:
    left = uow.session.scalar(
        sa.select(sa.func.count())
        .select_from(User)
        .join(user_roles, user_roles.c.user_id == User.id)
        .join(Role, Role.id == user_roles.c.role_id)
        .where(Role.name == "admin", User.is_active)
    )
    if not left:
        raise Conflict("Somebody has to stay admin.", field="is_active")


def _fingerprint(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _device(agent: str) -> str:
    browsers = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"))
    systems = (
        *(("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad")),
        *(("Android", "Android"), ("Mac OS", "Mac"), ("Linux", "Linux")),
    )
    both = (*browsers, ("Safari/", "Safari"))
    browser = next((label for mark, label in both if mark in agent), "")
    system = next((label for mark, label in systems if mark in agent), "")
    return " on ".join(part for part in (browser, system) if part) or "Unknown device"
