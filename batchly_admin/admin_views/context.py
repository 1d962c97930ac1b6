"""What a request knows: who asks, which company this is, a session to read with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, Response, after_this_request, current_app, g, request
from sqlalchemy.orm import Session

from batchly_admin.clock import local_date
from batchly_admin.domain.rights import ROLES, granted
from batchly_admin.errors import NotAllowed
from batchly_admin.grid.table import Table
from batchly_admin.jobs.runtime import Runtime
from batchly_admin.models.company import Organization
from batchly_admin.services.unit_of_work import Actor
from batchly_admin.words import _

COMPANY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Person:
    """Who is logged in, with all they may do."""

    user_id: UUID
    name: str
    email: str
    roles: frozenset[str]
    rights: frozenset[str]

    @property
    def role_label(self) -> str:
        """Give the roles as people read them."""
        return ", ".join(_(ROLES[name]) for name in ROLES if name in self.roles)


@dataclass(frozen=True, slots=True)
class Company:
    """The company as pages need it."""

    name: str
    currency: str
    locale: str
    time_zone: str


@lru_cache(maxsize=64)
def rights_of(roles: frozenset[str]) -> frozenset[str]:
    """Give the rights of a set of roles; computed once for each combination."""
    return granted(roles)


def runtime() -> Runtime:
    """Give the parts of this process."""
    found: Runtime = current_app.extensions["batchly"]
    return found


def reader() -> Session:
    """Give this request's reading session; it is closed when the request ends."""
    if "reader" not in g:
        g.reader = runtime().glances()
    found: Session = g.reader
    return found


def moment() -> Session:
    """Give a session that sees one moment until the answer is sent: for what is streamed."""
    found = runtime().readers()

    @after_this_request
    def _close_with(answer: Response) -> Response:
        answer.call_on_close(found.close)
        return answer

    return found


def person() -> Person:
    """Give who is logged in.

    Raises:
        NotAllowed: when nobody is.
    """
    found: Person | None = g.get("person")
    if found is None:
        msg = "Please log in."
        raise NotAllowed(msg)
    return found


def actor() -> Actor:
    """Give who is logged in as the actor of a unit of work."""
    who = person()
    return Actor(who.name, who.user_id, who.roles, request.remote_addr)


def may(right: str) -> bool:
    """Tell whether the person has a right."""
    found: Person | None = g.get("person")
    return found is not None and right in found.rights


def may_see(table: Table) -> bool:
    """Tell whether the person may look at a table and its records."""
    found: Person | None = g.get("person")
    return found is not None and table.is_open_to(found.rights)


def company() -> Company:
    """Give the company; kept for some seconds, because every page asks and it hardly changes."""
    store: dict[str, Any] = current_app.extensions["batchly_company"]
    moment = runtime().clock.monotonic()
    if not store or store["until"] < moment:
        row = (
            reader()
            .execute(
                sa.select(
                    Organization.name,
                    Organization.currency,
                    Organization.locale,
                    Organization.time_zone,
                ).limit(1)
            )
            .one()
        )
        store.update(until=moment + COMPANY_SECONDS, company=Company(*row))
    found: Company = store["company"]
    return found


def today() -> date:
    """Give the company's calendar day."""
    return local_date(runtime().clock.now(), company().time_zone)


def init(app: Flask) -> None:
    """Close each request's reading session."""

    @app.teardown_appcontext
    def _close(_error: BaseException | None) -> None:
        session = g.pop("reader", None)
        if session is not None:
            session.close()
