"""Whatever nonsense comes in, it is refused in the proper shape; the process stays silent."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import requests

from tests.contract.wire import Wire, fresh, running

REQUESTS = 2000
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**70, -1e300, 1e-300, 10**11, 0.005, float("nan")),
    *(
        "",
        " ",
        "0",
        "1",
        "x" * 5000,
        "'; --",
        "\\",
        "\ud800",
        "2026-13-45",
        "2026-01-01",
        "é\u0000",
    ),
    *("NaN", "Infinity", "1e400", "²", "true", "TAX", "Voided", "a:b\tc", "5" * 5000),
    *([], {}, [[]], [{}], {"value": None}, {"value": {}}, {"value": [1]}, {"value": 1.5}),
    *({"value": "1"}, {"value": "999999"}, [None], [1, "a"], {"Address": 5}, {"Address": "a@b.c"}),
)
WORDS = (
    *("Id", "SyncToken", "sparse", "DisplayName", "Name", "Type", "Line", "Amount", "DetailType"),
    *("CustomerRef", "VendorRef", "TotalAmt", "TxnDate", "DueDate", "DocNumber", "LinkedTxn"),
    *("TxnTaxDetail", "SalesItemLineDetail", "Active", "ParentRef", "BillAddr", "BillEmail"),
    *("PrivateNote", "UnitPrice", "IncomeAccountRef", "DueDays", "AccountType", "TaxCode"),
    *(
        "TaxRateDetails",
        "BatchItemRequest",
        "SalesFormsPrefs",
        "MetaData",
        "CurrencyRef",
        "Deposit",
    ),
)
PATHS = (
    *("customer", "vendor", "employee", "item", "account", "term", "paymentmethod", "class"),
    *("department", "taxagency", "taxrate", "taxcode", "companyinfo", "preferences", "invoice"),
    *("estimate", "creditmemo", "salesreceipt", "refundreceipt", "payment", "purchaseorder"),
    *("batch", "query", "cdc", "taxservice/taxcode", "taxservice", "nonsense", "invoice/1/send"),
    *("invoice/1/pdf", "customer/1/pdf", "pdf", "payment/1", "item/²", "a/b/c/d", "%2e%2e/x", "/"),
)
STATEMENTS = (
    *("", " ", "SELECT", "SELECT * FROM", "SELECT * FROM Customer WHERE", "select count(*) from"),
    *("SELECT * FROM Customer WHERE Id = ", "SELECT * FROM Customer WHERE Id = '", "'", "\\'"),
    "SELECT * FROM Customer WHERE DisplayName = 'a\\' OR 1 = 1",
    "SELECT * FROM Customer WHERE DisplayName LIKE '" + "%a" * 200 + "'",
    "SELECT * FROM Invoice WHERE TxnDate > 'yesterday'",
    "SELECT * FROM Invoice WHERE TotalAmt > 'much'",
    "SELECT * FROM Invoice WHERE MetaData.LastUpdatedTime > '²'",
    "SELECT * FROM Invoice STARTPOSITION " + "9" * 5000,
    "SELECT * FROM Customer WHERE Active IN (",
    "SELECT * FROM Customer ORDERBY Id ORDERBY Id",
    "SELECT * FROM Customer; DROP TABLE records",
    "SELECT * FROM Customer WHERE Id IN ('1', 2, true)",
)
OPERATIONS = ("", "update", "delete", "void", "merge", "²")


class Nonsense:
    """Requests by chance, the same each time."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def value(self, depth: int = 0) -> Any:
        if depth < 4 and self.chance.random() < 0.4:
            if self.chance.random() < 0.3:
                return [self.value(depth + 1) for _ in range(self.chance.randint(0, 3))]
            return self.object(depth + 1)
        return self.chance.choice(VALUES)

    def object(self, depth: int = 0) -> dict[str, Any]:
        names = self.chance.sample(WORDS, self.chance.randint(0, 6))
        return {name: self.value(depth) for name in names}

    def body(self) -> bytes:
        kind = self.chance.random()
        if kind < 0.1:
            return self.chance.randbytes(self.chance.randint(0, 60))
        if kind < 0.15:
            return b"[" * 20_000
        if kind < 0.2:
            return self.chance.choice(STATEMENTS).encode()
        whole = json.dumps(self.object()).encode()
        return whole[: self.chance.randint(0, len(whole))] if kind < 0.3 else whole

    def request(self) -> tuple[str, str, dict[str, str], bytes]:
        params = {
            "query": self.chance.choice(STATEMENTS),
            "operation": self.chance.choice(OPERATIONS),
            "include": self.chance.choice(("", "void", "invoiceLink", ",,")),
            "entities": self.chance.choice(("", "Customer", "Customer,,Invoice", "TaxCode", "²")),
            "changedSince": self.chance.choice(("", "0001-01-01", "9999-12-31T23:59:59Z", "²")),
        }
        if self.chance.random() < 0.3:
            params["requestid"] = self.chance.choice(("", "²", "r" * 51, str(self.chance.random())))
        method = self.chance.choice(("GET", "POST", "POST"))
        return method, self.chance.choice(PATHS), params, self.body()


def near_misses(wire: Wire) -> list[tuple[str, str, dict[str, str], bytes]]:
    """Give valid documents of which one field at a time is wrong."""
    sales = wire.invoice_body("10.00", TxnDate="2026-01-01", DueDate="2026-02-01")
    sales["TxnTaxDetail"] = {"TotalTax": 1, "TxnTaxCodeRef": {"value": "1"}}
    link = {"TxnId": wire.invoice("9.00")["Id"], "TxnType": "Invoice"}
    paid = {"CustomerRef": sales["CustomerRef"], "TotalAmt": 1}
    paid["Line"] = [{"Amount": 1, "LinkedTxn": [link]}]
    bodies = {
        "invoice": sales,
        "estimate": sales,
        "payment": paid,
        "customer": {"DisplayName": fresh("Near"), "BillAddr": {"Line1": "1"}, "Active": True},
        "batch": {"BatchItemRequest": [{"bId": "1", "operation": "create", "Invoice": sales}]},
        "taxservice/taxcode": {"TaxCode": fresh("Near"), "TaxRateDetails": [{"TaxRateId": "1"}]},
    }
    found: list[tuple[str, str, dict[str, str], bytes]] = []
    for path, body in bodies.items():
        for field in body:
            for wrong in VALUES:
                text = json.dumps({**body, field: wrong}, default=str)
                found.append(("POST", path, {}, text.encode()))
    return found


def test_nonsense_never_becomes_an_error_of_the_server(tmp_path: Path) -> None:
    statuses: dict[int, int] = {}
    # `running` fails when anything was written to stderr.
    with running(tmp_path) as details:
        wire = Wire(details)
        wire.settle()
        chance = Nonsense(2026)
        asked = near_misses(wire)
        asked += [chance.request() for _ in range(max(REQUESTS - len(asked), 1200))]
        wire.call("GET", "companyinfo/1")
        for method, path, params, body in asked:
            answer = wire.call(method, path, text=body, params=params)
            shown = f"{method} {path} {params} {body[:300]!r}: {answer.text[:300]}"
            assert answer.status_code < 500, shown
            check_shape(answer, shown)
            statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        assert sum(statuses.values()) >= REQUESTS
        assert statuses[400] > REQUESTS / 2, statuses
        wire.close()


def check_shape(answer: requests.Response, shown: str) -> None:
    if answer.headers["Content-Type"].startswith("application/json"):
        body = answer.json()
        if answer.status_code == 400:
            error = body["Fault"]["Error"][0]
            assert error["code"].isdigit(), shown
            assert "could not be understood" not in error["Detail"], shown
    else:
        assert answer.status_code in {200, 404, 308}, shown


def test_nonsense_at_the_log_in_and_at_control_is_refused_too(tmp_path: Path) -> None:
    with running(tmp_path) as details:
        wire = Wire(details)
        base = details["control_url"].removesuffix("/control")
        chance = Nonsense(7)
        urls = [f"{base}/oauth2/v1/tokens/bearer", f"{base}/v2/oauth2/tokens/revoke"]
        urls += [f"{base}/connect/oauth2"]
        names = ("seed", "clock", "faults", "preferences", "webhooks", "reset")
        urls += [f"{details['control_url']}/api/{name}" for name in names]
        actions = ("payment", "edit", "deactivate", "delete", "void", "deposit")
        urls += [f"{details['control_url']}/api/accountant/{name}" for name in actions]
        login = (details["client_id"], details["client_secret"])
        for url in urls:
            for _ in range(25):
                body = chance.body()
                answer = wire.http.post(
                    url,
                    data=body,
                    auth=login,
                    headers={"Content-Type": "application/json"},
                    allow_redirects=False,
                    timeout=10,
                )
                assert answer.status_code < 500, f"{url} {body[:300]!r} {answer.text[:200]}"
        wire.close()
