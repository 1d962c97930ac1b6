"""The simulator as a program on the other end of HTTP: started, spoken to, stopped."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

ROOT = Path(__file__).resolve().parents[2]
CALLBACK = "http://127.0.0.1:9/callback"
ACCOUNTING = "com.intuit.quickbooks.accounting"
START_SECONDS = 20.0
SETTLED = {
    "limits": False,
    "per_second": 10,
    "per_minute": 500,
    "batches_per_minute": 40,
    "coreplus_per_month": None,
    "rotation": "lenient",
    "subscription": "active",
    "unknown_fields": "ignore",
}

RUN = f"{int(time.time()):x}."
_numbers = count(1)


def fresh(word: str) -> str:
    """Give a name nobody has, in books that other runs have written into either."""
    return f"{word} {RUN}{next(_numbers)}"


@contextmanager
def running(folder: Path, *, company: str = "empty") -> Iterator[dict[str, Any]]:
    """Run the simulator on a free port and give the line in which it introduces itself."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "batchly_admin.qbo.simulator", "--port", "0"),
            *("--data", str(folder), "--company", company),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        assert select.select([process.stdout], [], [], START_SECONDS)[0], "the simulator is silent"
        details: dict[str, Any] = json.loads(process.stdout.readline())
        yield {**details, "pid": process.pid}
        process.terminate()
        rest, errors = process.communicate(timeout=10)
        assert process.returncode == 0, errors
        assert rest == "", "it prints one line only"
        assert errors == "", f"it is not silent: {errors}"
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


class Wire:
    """HTTP to one running simulator, with a token at hand."""

    def __init__(self, details: Mapping[str, Any]) -> None:
        self.details = details
        self.realm = str(details["realm_id"])
        self.http = requests.Session()
        self.http.trust_env = False
        self._token = ""

    def close(self) -> None:
        """Let go of the connection."""
        self.http.close()

    def settle(self) -> None:
        """Put every switch back: no faults, no limits, today's clock, open books."""
        self.control("DELETE", "faults")
        self.control("POST", "settings", SETTLED)
        self.control("POST", "clock", {"offset_seconds": 0})
        self.control("POST", "accountant/close-books", {"date": None})
        self.control("POST", "webhooks", {"url": None})

    # --- the accounting API ----------------------------------------------------------------

    def call(self, method: str, path: str, body: Any = None, **given: Any) -> requests.Response:
        """Send one request of the accounting API and give its answer, whatever it is."""
        token = given.pop("token", None)
        answer = self._send(method, path, body, token=token or self._token, **given)
        if answer.status_code == 401 and token is None:
            self._token = self.consent()["access_token"]
            answer = self._send(method, path, body, token=self._token, **given)
        return answer

    def _send(self, method: str, path: str, body: Any, **given: Any) -> requests.Response:
        headers = {
            "Accept": "application/json",
            "Authorization": f"Bearer {given.pop('token')}",
            **given.pop("headers", {}),
        }
        realm = given.pop("realm", self.realm)
        text = json.dumps(body, default=str) if body is not None else given.pop("text", None)
        return self.http.request(
            method,
            f"{self.details['api_base']}/company/{realm}/{path}",
            data=text,
            params={"minorversion": "75", **given.pop("params", {})},
            headers=headers,
            timeout=10,
            **given,
        )

    def fine(self, method: str, path: str, body: Any = None, **given: Any) -> dict[str, Any]:
        """Send one request that has to succeed, and give its body, numbers exact."""
        answer = self.call(method, path, body, **given)
        assert answer.status_code == 200, answer.text
        return exact(answer)

    def create(self, kind: str, body: Mapping[str, Any], **params: str) -> dict[str, Any]:
        """Create a record."""
        return self.fine("POST", kind.lower(), body, params=params)[kind]  # type: ignore[no-any-return]

    def read(self, kind: str, record_id: str) -> dict[str, Any]:
        """Read a record."""
        return self.fine("GET", f"{kind.lower()}/{record_id}")[kind]  # type: ignore[no-any-return]

    def change(self, kind: str, record: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
        """Update some fields of a record."""
        version = {"Id": record["Id"], "SyncToken": record["SyncToken"], "sparse": True}
        return self.create(kind, {**version, **changes})

    def end(self, kind: str, record: Mapping[str, Any], operation: str) -> dict[str, Any]:
        """Void or delete a transaction."""
        version = {"Id": record["Id"], "SyncToken": record["SyncToken"]}
        return self.create(kind, version, operation=operation)

    def query(self, statement: str) -> dict[str, Any]:
        """Ask for records."""
        return self.fine("GET", "query", params={"query": statement})["QueryResponse"]  # type: ignore[no-any-return]

    def find(self, kind: str, where: str = "") -> list[dict[str, Any]]:
        """Give the records that fit."""
        statement = f"SELECT * FROM {kind} {where} ORDERBY Id MAXRESULTS 1000"  # noqa: S608 - tests write it
        return self.query(statement).get(kind, [])  # type: ignore[no-any-return]

    def refused(self, method: str, path: str, body: Any = None, **given: Any) -> dict[str, Any]:
        """Send one request that has to be refused, and give the first error of the fault."""
        answer = self.call(method, path, body, **given)
        assert answer.status_code == 400, answer.text
        fault = answer.json()["Fault"]
        assert fault["type"] == "ValidationFault"
        return fault["Error"][0]  # type: ignore[no-any-return]

    # --- ready-made records ----------------------------------------------------------------

    def account(self, subtype: str) -> dict[str, str]:
        """Give a reference to an account by its subtype."""
        return {"value": self.find("Account", f"WHERE AccountSubType = '{subtype}'")[0]["Id"]}

    def customer(self, **fields: Any) -> dict[str, Any]:
        """Make a customer."""
        return self.create("Customer", {"DisplayName": fresh("Customer"), **fields})

    def item(self, **fields: Any) -> dict[str, Any]:
        """Make a service."""
        income = self.account("ServiceFeeIncome")
        body = {"Name": fresh("Item"), "Type": "Service", "IncomeAccountRef": income}
        return self.create("Item", {**body, **fields})

    def invoice(self, *amounts: str, **fields: Any) -> dict[str, Any]:
        """Make an invoice with a line for each amount, for a customer of its own unless told."""
        return self.create("Invoice", self.invoice_body(*amounts, **fields))

    def invoice_body(self, *amounts: str, **fields: Any) -> dict[str, Any]:
        """Give what is sent to make an invoice."""
        if "CustomerRef" not in fields:
            fields["CustomerRef"] = {"value": self.customer()["Id"]}
        if "Line" not in fields:
            item_id = self.item()["Id"]
            fields["Line"] = [line(amount, item_id) for amount in amounts or ("10.00",)]
        return fields

    def payment(
        self, invoice: Mapping[str, Any], amount: str, *, total: str | None = None
    ) -> dict[str, Any]:
        """Receive a payment of an invoice."""
        link = {"TxnId": invoice["Id"], "TxnType": "Invoice"}
        body = {
            "CustomerRef": invoice["CustomerRef"],
            "TotalAmt": Decimal(total or amount),
            "Line": [{"Amount": Decimal(amount), "LinkedTxn": [link]}],
        }
        return self.create("Payment", body)

    def tax_code(self, *rates: str) -> str:
        """Make a tax code of some rates, in percent, and give its id."""
        agency = self.create("TaxAgency", {"DisplayName": fresh("Agency")})["Id"]
        details = [
            {
                "TaxRateName": fresh("Rate"),
                "RateValue": rate,
                "TaxAgencyId": agency,
                "TaxApplicableOn": "Sales",
            }
            for rate in rates
        ]
        body = {"TaxCode": fresh("Code"), "TaxRateDetails": details}
        return str(self.fine("POST", "taxservice/taxcode", body)["TaxCodeId"])

    # --- the control page ------------------------------------------------------------------

    def control(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Use the control API; it has to succeed."""
        answer = self.http.request(
            method,
            f"{self.details['control_url']}/api/{path}",
            data=None if body is None else json.dumps(body, default=str),
            headers={"Content-Type": "application/json"},
            timeout=20,
        )
        assert answer.ok, answer.text
        return exact(answer)

    def fault(self, kind: str, *, times: int | None = 1, **match: str) -> None:
        """Break the next answers."""
        self.control("POST", "faults", {"kind": kind, "match": match, "next_n": times})

    # --- logging in ------------------------------------------------------------------------

    def authorize(self, *, choice: str = "connect", scope: str = ACCOUNTING) -> dict[str, str]:
        """Go through the page on which a customer chooses, and give what the callback gets."""
        base = self.details["discovery_url"].split("/.well-known")[0]
        asked = {
            "client_id": self.details["client_id"],
            "response_type": "code",
            "scope": scope,
            "redirect_uri": CALLBACK,
            "state": "state & more",
        }
        answer = self.http.post(
            f"{base}/connect/oauth2",
            data={**asked, "choice": choice},
            allow_redirects=False,
            timeout=10,
        )
        assert answer.status_code == 302, answer.text
        target = urlsplit(answer.headers["Location"])
        assert f"{target.scheme}://{target.netloc}{target.path}" == CALLBACK
        return dict(parse_qsl(target.query))

    def consent(self, *, scope: str = ACCOUNTING) -> dict[str, Any]:
        """Connect as an admin would, and give the answer of the token endpoint."""
        code = self.authorize(scope=scope)["code"]
        body = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        answer = self.token_call(body)
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]

    def token_call(
        self, body: Mapping[str, str], *, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        """Ask the token endpoint."""
        base = self.details["discovery_url"].split("/.well-known")[0]
        return self.http.post(
            f"{base}/oauth2/v1/tokens/bearer",
            data=dict(body),
            auth=(self.details["client_id"], self.details["client_secret"]),
            headers={"Accept": "application/json", **(headers or {})},
            timeout=10,
        )


def exact(answer: requests.Response) -> dict[str, Any]:
    """Give a JSON body with exact decimals."""
    return json.loads(answer.text, parse_float=Decimal)  # type: ignore[no-any-return]


def line(amount: str, item_id: str, **detail: Any) -> dict[str, Any]:
    """Give one sales line."""
    return {
        "Amount": Decimal(amount),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item_id}, **detail},
    }


def priced(quantity: str, price: str, amount: str, item_id: str, *, tax: str = "NON") -> Any:
    """Give one sales line of so many at a price."""
    return line(
        amount,
        item_id,
        Qty=Decimal(quantity),
        UnitPrice=Decimal(price),
        TaxCodeRef={"value": tax},
    )


def own_lines(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the lines a client sent, without the subtotal QuickBooks adds."""
    return [one for one in record["Line"] if one["DetailType"] != "SubTotalLineDetail"]
