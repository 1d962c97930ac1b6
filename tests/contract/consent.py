"""The page on which a customer connects an app, used as a browser uses it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

from intuitlib.client import AuthClient
from intuitlib.enums import Scopes

from tests.contract.conftest import auth_client
from tests.contract.wire import Wire


@dataclass
class Page(HTMLParser):
    """What stands in the form of the page."""

    text: str
    hidden: dict[str, str] = field(default_factory=dict)
    companies: dict[str, str] = field(default_factory=dict)
    chosen: str = ""
    words: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._last = ""
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given["type"] == "hidden":
            self.hidden[given["name"]] = given["value"]
        elif tag == "input" and given["type"] == "radio":
            self._last = given["value"]
            self.companies[self._last] = ""
            if "checked" in given:
                self.chosen = self._last
        elif tag in {"small", "form"}:
            self._last = ""

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._last:
            self.companies[self._last] += data


def ask(wire: Wire, address: str) -> Page:
    """Open the page an app sends the customer to."""
    shown = wire.http.get(address, timeout=10)
    assert shown.status_code == 200, shown.text
    return Page(shown.text)


def press(wire: Wire, address: str, button: str = "connect", *, company: str = "") -> str:
    """Open the page, choose, press a button, and give the address the browser is sent to."""
    page = ask(wire, address)
    form = {**page.hidden, "choice": button}
    if page.companies:
        form["company"] = company or page.chosen
    answer = wire.http.post(address, data=form, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def query_of(address: str) -> dict[str, str]:
    """Give what the app is told in an address."""
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))


def connected(wire: Wire, company: str, *scopes: Scopes) -> AuthClient:
    """Give Intuit's own client, connected to a company; close it afterwards."""
    client = auth_client(wire, refresh_token=None)
    address = client.get_authorization_url([Scopes.ACCOUNTING, *scopes])
    back = query_of(press(wire, address, company=company))
    client.get_bearer_token(back["code"], realm_id=back["realmId"])
    return client


def companies(wire: Wire) -> dict[str, str]:
    """Give the companies there are to choose from: ids and names, in their order."""
    with auth_client(wire, refresh_token=None) as client:
        return ask(wire, client.get_authorization_url([Scopes.ACCOUNTING])).companies
