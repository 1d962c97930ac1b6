"""The simulator's control page in a real browser: by keyboard, without scripts, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.contract.wire import Wire, running

pytestmark = pytest.mark.browser

PATHS = (
    *("", "/requests", "/requests?follow=1", "/requests/1", "/faults", "/switches", "/clock"),
    *("/preferences", "/accountant", "/webhooks", "/companies", "/records/Invoice"),
    "/records/Invoice/1",
)
FAINT = """() => {
  const rgb = text => text.match(/[0-9.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let one = element; one; one = one.parentElement) {
      const found = rgb(getComputedStyle(one).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const found = new Set();
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.checkVisibility()) continue;
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.add(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
  }
  return [...found];
}"""
"""Gives the texts that stand out too little from what is behind them."""


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with running(tmp_path_factory.mktemp("simulator"), company="demo") as details:
        wire = Wire(details)
        wire.settle()
        wire.fault("http500", route="customer.create")
        wire.call("POST", "customer", {"DisplayName": "Broken"})
        wire.fault("delay", times=None, route="nothing.read")
        wire.control("POST", "webhooks", {"url": "http://127.0.0.1:9/hook"})
        wire.control("POST", "webhooks/test", {})
        yield wire
        wire.close()


def opened(browser: Browser, complaints: list[str], **given: Any) -> tuple[BrowserContext, Page]:
    context = browser.new_context(**given)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return context, page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_fits_and_can_be_read(
    browser: Browser, simulator: Wire, complaints: list[str], scheme: Any, width: int
) -> None:
    size: Any = {"width": width, "height": 844}
    context, page = opened(browser, complaints, viewport=size, color_scheme=scheme)
    with context:
        for path in PATHS:
            page.goto(f"{simulator.details['control_url']}{path}")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert page.evaluate(FAINT) == [], path
    assert complaints == []


def test_a_fault_is_put_in_force_by_keyboard_alone(
    browser: Browser, simulator: Wire, complaints: list[str]
) -> None:
    context, page = opened(browser, complaints, java_script_enabled=False)
    with context:
        page.goto(f"{simulator.details['control_url']}/faults")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        chosen = page.get_by_role("radio", name="http500", exact=False).first
        chosen.focus()
        page.keyboard.press("ArrowDown")
        page.get_by_role("spinbutton", name="Percent").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        expect(page.get_by_role("spinbutton", name="Seconds")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("http500_after_apply")
    kinds = [one["kind"] for one in simulator.control("GET", "faults")["faults"]]
    assert "http500_after_apply" in kinds


def test_what_is_wrong_is_said_where_it_was_typed(
    browser: Browser, simulator: Wire, complaints: list[str]
) -> None:
    context, page = opened(browser, complaints)
    with context:
        page.goto(f"{simulator.details['control_url']}/webhooks")
        page.get_by_label("Waits between tries").fill("soon")
        page.get_by_role("button", name="Register").click()
        expect(page.get_by_role("alert")).to_contain_text("seconds")
        field = page.get_by_label("Waits between tries")
        expect(field).to_have_value("soon")
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")


def test_the_log_follows_what_comes_in(
    browser: Browser, simulator: Wire, complaints: list[str]
) -> None:
    context, page = opened(browser, complaints)
    with context:
        page.goto(f"{simulator.details['control_url']}/requests?route=vendor.read")
        page.get_by_role("link", name="Follow").click()
        expect(page.locator("#log")).to_contain_text("No request fits")
        simulator.call("GET", "vendor/1")
        expect(page.locator("#log")).to_contain_text("vendor.read", timeout=10_000)
    assert complaints == []
