"""Sixty steps of a spreadsheet on every kind of table: what can be written is, the rest is refused.

The steps know no table. A `Kind` names columns to try, its rows, and why it takes no writing; each
step makes the same movements everywhere, and one that writes expects a saved cell or a refusal in
words with nothing sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, Request

from batchly_admin.clock import SystemClock
from batchly_admin.db import make_engine, make_readers, make_sessions
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests.browser.conftest import sign_in
from tests.browser.sixty import leaving, moving, seeing, writing
from tests.browser.sixty.kinds import BOSS, KINDS, Kind, seed
from tests.browser.sixty.session import LISTEN, Session
from tests.servers import Up

pytestmark = pytest.mark.browser

STEPS = (*moving.STEPS, *writing.STEPS, *seeing.STEPS, *leaving.STEPS)


@pytest.fixture(scope="module")
def desk(shop: Up) -> None:
    """Put the rows and a person who may do everything beside what is there."""
    engine = make_engine(f"sqlite:///{shop.data_dir / 'batchly.sqlite3'}")
    seed(UnitOfWorks(make_sessions(engine), make_readers(engine), SystemClock()))
    engine.dispose()


@dataclass(frozen=True)
class Seat:
    """A browser's page with somebody logged in, and all that went wrong in it."""

    page: Page
    trouble: list[str]


@pytest.fixture(scope="module")
def seat(shop: Up, browser: Browser, desk: None) -> Iterator[Seat]:
    """Log in once for all tables."""
    trouble: list[str] = []

    def heard(kind: str, text: str) -> None:
        if kind == "error":
            trouble.append(text)

    def answered(status: int, url: str) -> None:
        if status >= 400:
            trouble.append(f"{status} {url}")

    def failed(request: Request) -> None:
        # A page that is left drops what it was still asking.
        if request.failure != "net::ERR_ABORTED":
            trouble.append(f"{request.failure} {request.url}")

    with browser.new_context(base_url=shop.url, viewport={"width": 1500, "height": 800}) as context:
        context.add_init_script(f"({LISTEN})()")
        page = context.new_page()
        page.on("console", lambda one: heard(one.type, one.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("response", lambda one: answered(one.status, one.url))
        page.on("requestfailed", failed)
        sign_in(page, BOSS)
        yield Seat(page, trouble)


def test_there_are_sixty_steps() -> None:
    assert len(STEPS) >= 60


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_sixty_steps_on(kind: Kind, seat: Seat) -> None:
    seat.trouble.clear()
    session = Session(seat.page, kind)
    for number, work in enumerate(STEPS, start=1):
        try:
            work(session)
        except Exception as error:
            error.add_note(f"{kind.name}, step {number}: {work.__name__}")
            raise
        assert seat.trouble == [], f"{kind.name}, step {number}: {work.__name__}"
