"""A shop with a few orders, and a browser with somebody logged in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from batchly_admin.app import build_runtime
from batchly_admin.services import users
from batchly_admin.services.unit_of_work import SYSTEM
from config.settings import Settings
from tests.servers import Up, batchly, batchly_up

MANAGER, OFFICE, ADMIN = (f"{role}@shop.example" for role in ("manager", "office", "admin"))
PASSWORD = "correct horse battery staple 9"
ORDERS = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1001,TEE-01,Plain tee,12,2026-03-01T09:00:00,4.35,C77,United States
1001,TEE-02,Printed tee,3,2026-03-01T09:00:00,9.10,C77,United States
1002,MUG-01,Mug,7,2026-03-02T09:00:00,5.95,C78,United States
1003,CAP-01,Cap,10,2026-03-03T10:00:00,9.99,C79,United States
1004,CAP-01,Cap,1,2026-03-03T10:00:00,0,C79,United States
"""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def _filled(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with three people and a few orders, of which each file gets a copy."""
    folder = tmp_path_factory.mktemp("filled")
    shutil.copyfile(_sqlite_template, folder / "batchly.sqlite3")
    runtime = build_runtime(Settings.from_env({}, data_dir=folder))
    with runtime.uows.begin(actor=SYSTEM, source="cli") as uow:
        for email in (MANAGER, OFFICE, ADMIN):
            role = email.partition("@")[0]
            users.create_user(uow, email=email, name=role.title(), role=role, password=PASSWORD)
    runtime.dispose()
    import_orders(folder, ORDERS)
    return folder


@pytest.fixture(scope="module")
def shop(_filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    folder = tmp_path_factory.mktemp("browser") / "data"
    shutil.copytree(_filled, folder)
    with batchly_up(folder) as running:
        yield running.ready()


def import_orders(data_dir: Path, text: str) -> None:
    """Import a file of orders into a shop."""
    path = sample(data_dir, text)
    done = batchly(data_dir, "import", "orders", str(path), "--json")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console complained of: errors and breaches of the content policy."""
    return []


@pytest.fixture
def log_in(shop: Up, browser: Browser, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """Open a page of its own with somebody logged in, the manager unless told otherwise."""
    contexts = []

    def open_page(width: int = 1280, height: int = 800, email: str = MANAGER, **more: Any) -> Page:
        size: Any = {"width": width, "height": height}
        context = browser.new_context(base_url=shop.url, viewport=size, **more)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        sign_in(page, email)
        return page

    yield open_page
    for context in contexts:
        context.close()


def sign_in(page: Page, email: str) -> None:
    """Fill in the log-in form, and wait for the page that comes after it."""
    page.goto("/login")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("/")


@pytest.fixture
def page(log_in: Callable[..., Page], complaints: list[str]) -> Iterator[Page]:
    found = log_in()
    yield found
    assert complaints == []


def sample(folder: Path, text: str) -> Path:
    """Write a file to upload."""
    path = folder / "more.csv"
    path.write_text(text)
    return path
