"""QuickBooks as the accountant sees it, and the switches that make it fail."""

from __future__ import annotations

import json as reader
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import orjson
import requests

from batchly_admin.clock import SystemClock
from batchly_admin.domain.money import money
from batchly_admin.qbo.auth import Tokens, authorization_url, connect, exchange
from batchly_admin.qbo.gateway import Access
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.invoice import sales_lines
from tests.functional.shop import Shop

_numbers = count(1)

ADDRESS = "http://127.0.0.1:9/callback"


@dataclass(slots=True)
class Quickbooks:
    """One simulator and its company."""

    details: Mapping[str, Any]
    _http: requests.Session = field(default_factory=requests.Session)
    _token: str = ""

    # --- what stands in the books ----------------------------------------------------------

    def find(self, entity: str, where: str = "") -> list[dict[str, Any]]:
        """Give the records that fit, inactive ones too where there are such."""
        condition = f" WHERE {where}" if where else ""
        text = f"SELECT * FROM {entity}{condition} ORDERBY Id MAXRESULTS 1000"  # noqa: S608 - written by tests
        answer = self._call("GET", "query", params={"query": text})
        return list(answer["QueryResponse"].get(entity, []))

    def everything(self, entity: str) -> list[dict[str, Any]]:
        """Give all records of a kind, however many."""
        found: list[dict[str, Any]] = []
        while True:
            start = len(found) + 1
            text = f"SELECT * FROM {entity} ORDERBY Id STARTPOSITION {start} MAXRESULTS 1000"  # noqa: S608 - written by tests
            answer = self._call("GET", "query", params={"query": text})
            page = list(answer["QueryResponse"].get(entity, []))
            found += page
            if len(page) < 1000:
                return found

    def marked(self, record_id: UUID) -> list[dict[str, Any]]:
        """Give every invoice that carries the marker of a record of ours."""
        return [
            body
            for body in self.find("Invoice")
            if fields.marked_id(body.get("PrivateNote")) == record_id
        ]

    def amounts(self, body: Mapping[str, Any]) -> list[Decimal]:
        """Give the amounts of a document's own lines, in order."""
        return sales_lines(body)

    def read(self, entity: str, qbo_id: str | None) -> dict[str, Any]:
        """Give one record."""
        answer = self._call("GET", f"{entity.lower()}/{qbo_id}")
        return answer[entity]  # type: ignore[no-any-return]

    # --- what the accountant does ----------------------------------------------------------

    def create(self, entity: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Enter a record."""
        answer = self._call("POST", entity.lower(), json=body)
        return answer[entity]  # type: ignore[no-any-return]

    def batch(self, items: Iterable[tuple[str, str, Mapping[str, Any]]]) -> dict[str, Any]:
        """Enter several records in one call; `items` names each one's place and kind."""
        asked = [
            {"bId": place, "operation": "create", entity: body} for place, entity, body in items
        ]
        answer = self._call("POST", "batch", json={"BatchItemRequest": asked})
        return {part["bId"]: part for part in answer["BatchItemResponse"]}

    def update(self, entity: str, qbo_id: str | None, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change some fields of a record."""
        present = self.read(entity, qbo_id)
        version = {"Id": present["Id"], "SyncToken": present["SyncToken"], "sparse": True}
        return self.create(entity, {**version, **changes})

    def void(self, entity: str, qbo_id: str | None) -> None:
        """Void a transaction."""
        self._end(entity, qbo_id, "void")

    def delete(self, entity: str, qbo_id: str | None) -> None:
        """Delete a transaction."""
        self._end(entity, qbo_id, "delete")

    def _end(self, entity: str, qbo_id: str | None, operation: str) -> None:
        present = self.read(entity, qbo_id)
        body = {"Id": present["Id"], "SyncToken": present["SyncToken"]}
        self._call("POST", entity.lower(), json=body, params={"operation": operation})

    def item(
        self, name: str, *, sku: str | None = None, kind: str = "NonInventory", price: str = "1"
    ) -> dict[str, Any]:
        """Enter an item."""
        account = self.find("Account", "AccountType = 'Income'")[0]["Id"]
        body = {
            "Name": name,
            "Type": kind,
            "UnitPrice": float(price),
            "IncomeAccountRef": {"value": account},
        }
        return self.create("Item", {**body, "Sku": sku} if sku else body)

    def invoice(
        self, number: str, customer_ref: str | None, item_ref: str | None, *, amount: str
    ) -> dict[str, Any]:
        """Enter an invoice by hand."""
        line = {
            "Amount": float(amount),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": item_ref}},
        }
        body = {"DocNumber": number, "CustomerRef": {"value": customer_ref}, "Line": [line]}
        return self.create("Invoice", body)

    def payment(
        self, customer_ref: str | None, applied: Mapping[str | None, str]
    ) -> dict[str, Any]:
        """Receive a payment of some invoices."""
        lines = [
            {"Amount": float(amount), "LinkedTxn": [{"TxnId": qbo_id, "TxnType": "Invoice"}]}
            for qbo_id, amount in applied.items()
        ]
        total = sum(Decimal(amount) for amount in applied.values())
        body = {"CustomerRef": {"value": customer_ref}, "TotalAmt": float(total), "Line": lines}
        return self.create("Payment", body)

    def tax_code(self, name: str, rates: Mapping[str, str]) -> None:
        """Set up a sales tax of several rates, in percent."""
        agency = self.create("TaxAgency", {"DisplayName": f"{name} agency"})["Id"]
        details = [
            {
                "TaxRateName": f"{name} {rate}",
                "RateValue": value,
                "TaxAgencyId": agency,
                "TaxApplicableOn": "Sales",
            }
            for rate, value in rates.items()
        ]
        self._call("POST", "taxservice/taxcode", json={"TaxCode": name, "TaxRateDetails": details})

    def tax(self, amount: str, rate: Decimal) -> Decimal:
        """Give the tax our own rule computes of one amount."""
        return money(Decimal(amount) * rate)

    # --- switches --------------------------------------------------------------------------

    def fault(self, kind: str, *, route: str = "invoice.create", count: int = 1) -> None:
        """Break the next `count` answers of a route; control's list of faults names the kinds."""
        rule = {"kind": kind, "match": {"route": route}, "next_n": count, "seconds": 3}
        self.control("POST", "faults", rule)

    def heal(self) -> None:
        """Let everything work again."""
        self.control("DELETE", "faults")

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Use the control page."""
        url = f"{self.details['control_url']}/api/{path}"
        answer = self._http.request(method, url, json=body, timeout=10)
        assert answer.ok, f"{url}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    def disconnect(self) -> None:
        """End every grant, as somebody does in QuickBooks' list of apps."""
        self.control("POST", "disconnect", {})

    def limits(self, *, on: bool) -> None:
        """Turn Intuit's limits on or off."""
        self.control("POST", "settings", {"limits": on})

    def close_books(self, day: str) -> None:
        """Close the books up to a day."""
        self.control("POST", "accountant/close-books", {"date": day})

    @property
    def access(self) -> Access:
        """What an installation has to know to log in here."""
        return Access(
            environment="simulator",
            client_id=self.details["client_id"],
            client_secret=self.details["client_secret"],
            redirect_uri=ADDRESS,
            discovery_url=self.details["discovery_url"],
            api_base=self.details["api_base"],
        )

    def consent(self) -> Tokens:
        """Go through the log-in page as an admin of the company, and give the tokens."""
        page = urlsplit(authorization_url(self.access, SystemClock(), state="s1"))
        asked = dict(parse_qsl(page.query))
        answer = self._http.post(
            f"{page.scheme}://{page.netloc}{page.path}",
            data={**asked, "choice": "connect"},
            allow_redirects=False,
            timeout=10,
        )
        back = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
        assert back["state"] == "s1"
        return exchange(self.access, SystemClock(), code=back["code"])

    def grant_again(self, shop: Shop) -> None:
        """Connect the shop anew, as an admin would."""
        tokens = self.consent()
        realm = self.details["realm_id"]
        with shop.begin() as uow:
            connect(uow, shop.box, access=self.access, realm_id=realm, tokens=tokens)

    # --- the wire --------------------------------------------------------------------------

    def _call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        url = f"{self.details['api_base']}/company/{self.details['realm_id']}/{path}"
        query = {"minorversion": "75", **(params or {})}
        if method == "POST":
            query["requestid"] = f"accountant-{next(_numbers)}-{id(self)}"
        for _try in range(2):
            headers = {"Accept": "application/json", "Authorization": f"Bearer {self._token}"}
            headers["Content-Type"] = "application/json"
            content = orjson.dumps(json, default=float) if json is not None else None
            answer = self._http.request(
                method, url, data=content, params=query, headers=headers, timeout=10
            )
            if answer.status_code != requests.codes.unauthorized:
                break
            self._log_in()
        assert answer.ok, f"{url}: {answer.status_code} {answer.text[:300]}"
        return reader.loads(answer.text, parse_float=Decimal)  # type: ignore[no-any-return]

    def _log_in(self) -> None:
        self._token = self.consent().access
