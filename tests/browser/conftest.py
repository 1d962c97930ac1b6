"""A shop with a few orders, and a browser with somebody logged in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.servers import Up, batchly, batchly_up

EMAIL = "manager@shop.example"
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


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    folder = tmp_path_factory.mktemp("browser")
    with batchly_up(folder / "data") as running:
        running.ready()
        words = ("users", "create", EMAIL, "--role", "manager", "--password-stdin")
        made = batchly(running.data_dir, *words, stdin=f"{PASSWORD}\n")
        assert made.returncode == 0, made.stderr
        path = folder / "orders.csv"
        path.write_text(ORDERS)
        done = batchly(running.data_dir, "import", "orders", str(path), "--json")
        assert done.returncode == 0, done.stderr
        yield running


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
    """Open a page of its own with the manager logged in."""
    contexts = []

    def open_page(width: int = 1280, height: int = 800) -> Page:
        context = browser.new_context(
            base_url=shop.url, viewport={"width": width, "height": height}
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/login")
        page.fill("input[name=email]", EMAIL)
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_url(f"{shop.url}/")
        return page

    yield open_page
    for context in contexts:
        context.close()


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
