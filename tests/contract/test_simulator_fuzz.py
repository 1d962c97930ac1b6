"""Whatever nonsense comes in, it is refused in the proper shape; the process stays silent.

`SIMULATOR_FUZZ=20` sends twenty times as much of it, other nonsense at every run.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.balance import check_books
from tests.contract.nonsense import (
    TEXTS,
    TIMES,
    WRONG,
    Raw,
    many,
    places,
    spoilt,
    values,
    with_wrong,
)
from tests.contract.wire import Wire, fresh, running

# What fails may be large; it is shown, cut short, by the assertion.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
LEAST = 10_000
PER_FIELD = min(2 * TIMES, len(WRONG))


@dataclass
class Victim:
    """A simulator nobody is nice to."""

    wire: Wire
    raw: Raw
    document: dict[str, Any]
    folder: Path
    names: list[str] = field(default_factory=list)
    entities: list[str] = field(default_factory=list)

    def is_alive(self) -> None:
        """Check that it still works for others."""
        assert self.wire.customer()["Active"] is True


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    folder = tmp_path_factory.mktemp("victim")
    # `running` fails when anything was written to stderr.
    with running(folder) as details:
        wire = Wire(details)
        wire.settle()
        raw = Raw(wire)
        base = details["api_base"].removesuffix("/v3")
        document = wire.http.get(f"{base}/openapi.json", timeout=10).json()
        schemas = document["components"]["schemas"]
        kinds = [one["name"] for one in document["tags"] if one["name"] in schemas]
        names = sorted({name for kind in kinds for name in schemas[kind]["properties"]})
        yield Victim(wire, raw, document, folder, names, kinds)
        raw.close()
        wire.close()


def bases(wire: Wire) -> dict[str, dict[str, Any]]:
    """Give a document for each entity that would do, but for what is made wrong in it."""
    sale = wire.invoice_body("10.00", TxnDate="2026-01-01", DueDate="2026-02-01")
    sale["TxnTaxDetail"] = {"TotalTax": 1, "TxnTaxCodeRef": {"value": "1"}}
    link = {"TxnId": wire.invoice("9.00")["Id"], "TxnType": "Invoice"}
    bank, card, cost = (
        wire.create("Account", {"Name": fresh(one), "AccountType": one})
        for one in ("Bank", "Credit Card", "Expense")
    )
    vendor = {"value": wire.create("Vendor", {"DisplayName": fresh("Vendor")})["Id"]}
    detail = {"AccountRef": {"value": cost["Id"]}}
    bought = {"Amount": 5, "DetailType": "AccountBasedExpenseLineDetail"}
    spent = {"VendorRef": vendor, "Line": [bought | {bought["DetailType"]: detail}]}
    receipt = {**sale, "DepositToAccountRef": {"value": bank["Id"]}}
    paid = {"CustomerRef": sale["CustomerRef"], "TotalAmt": 1}
    bill = wire.create("Bill", spent)
    entry = [entry_line(side, one["Id"]) for side, one in (("Debit", cost), ("Credit", bank))]
    own = {"AccountRef": {"value": cost["Id"]}}
    return {
        **dict.fromkeys(("Invoice", "Estimate", "CreditMemo"), sale),
        **dict.fromkeys(("SalesReceipt", "RefundReceipt"), receipt),
        **dict.fromkeys(("Bill", "VendorCredit"), spent),
        "PurchaseOrder": spent | {"APAccountRef": wire.account("AccountsPayable")},
        "Purchase": spent | {"AccountRef": {"value": bank["Id"]}, "PaymentType": "Cash"},
        "Payment": paid | {"Line": [{"Amount": 1, "LinkedTxn": [link]}]},
        "BillPayment": {
            "VendorRef": vendor,
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": {"value": bank["Id"]}},
            "TotalAmt": 1,
            "Line": [{"Amount": 1, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}],
        },
        "Deposit": {
            "DepositToAccountRef": {"value": bank["Id"]},
            "Line": [{"Amount": 3, "DetailType": "DepositLineDetail", "DepositLineDetail": own}],
        },
        "JournalEntry": {"Line": entry},
        "Transfer": {
            "FromAccountRef": {"value": bank["Id"]},
            "ToAccountRef": {"value": card["Id"]},
            "Amount": 2,
        },
        "Customer": {"DisplayName": fresh("Near"), "BillAddr": {"Line1": "1"}},
        "Vendor": {"DisplayName": fresh("Near"), "BillAddr": {"Line1": "1"}},
        "Item": {
            "Name": fresh("Near"),
            "Type": "Service",
            "IncomeAccountRef": wire.account("ServiceFeeIncome"),
        },
    }


def entry_line(side: str, account_id: str) -> dict[str, Any]:
    detail = {"PostingType": side, "AccountRef": {"value": account_id}}
    return {
        "Amount": 4,
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": detail,
    }


def test_a_wrong_value_in_any_field_is_refused_in_shape(victim: Victim) -> None:
    known = bases(victim.wire)
    before, turn = victim.raw.sent, 0
    for kind in victim.entities:
        if "post" not in victim.document["paths"].get(place_of(kind), {}):
            continue
        base = known.get(kind, {"Name": fresh("Near")})
        for place in places(victim.document, kind):
            for _ in range(PER_FIELD):
                turn += 1
                wrong = with_wrong(base, place, WRONG[turn % len(WRONG)])
                victim.raw.call("POST", kind.lower(), json.dumps(wrong, default=str).encode())
    assert victim.raw.sent - before > LEAST / 3
    victim.is_alive()
    check_books(victim.wire, victim.folder)


def place_of(kind: str) -> str:
    return f"/v3/company/{{realmId}}/{kind.lower()}"


@pytest.mark.parametrize("operation", ["", "update", "delete", "void"])
def test_nonsense_about_a_record_that_is_there_changes_nothing_it_should_not(
    victim: Victim, operation: str
) -> None:
    for kind, base in bases(victim.wire).items():
        # Taxes of the empty company are of no interest here.
        made = victim.wire.call("POST", kind.lower(), {**base, "TxnTaxDetail": None}).json()
        record = made.get(kind) or {"Id": "1", "SyncToken": "0"}
        version = {"Id": record["Id"], "SyncToken": record["SyncToken"], "sparse": True}
        for turn, wrong in enumerate(WRONG):
            place = ("Id", "SyncToken", "sparse", "Line", "TotalAmt", "CustomerRef")[turn % 6]
            body = json.dumps({**version, place: wrong}, default=str).encode()
            victim.raw.call("POST", kind.lower(), body, {"operation": operation})
    check_books(victim.wire, victim.folder)


METHODS = st.sampled_from(("GET", "POST", "POST", "POST", "PUT", "DELETE", "HEAD", "PATCH", "X"))
PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        "operation": st.sampled_from(("", "update", "delete", "void", "merge", "²")),
        "include": st.sampled_from(("", "void", "invoiceLink", ",,", "x" * 3000)),
        "minorversion": st.sampled_from(("", "75", "0", "-1", "²", "9" * 400)),
        "format": st.sampled_from(("json", "xml", "²")),
        "requestid": st.one_of(st.sampled_from(("", "²", "r" * 51, "\u0000")), st.text(max_size=9)),
        "sendTo": TEXTS,
        "entities": st.sampled_from(("", "Customer", "Customer,,Invoice", "TaxCode", "²")),
        "changedSince": st.sampled_from(("", "0001-01-01", "9999-12-31T23:59:59Z", "²", "2026")),
    },
)
ODD_HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Content_Type": st.sampled_from(
            (
                "",
                "application/xml",
                "text/plain",
                "application/text",
                "multipart/form-data",
                ";;;",
                "application/json; charset=utf-7",
                "x/" + "y" * 4000,
            )
        ),
        "Accept": st.sampled_from(
            ("", "application/xml", "*/*", "²".encode().decode("latin-1"), "text/html")
        ),
        "Authorization": st.sampled_from(
            ("", "Bearer", "Bearer ", "Basic Og==", "Bearer \xff", "x" * 9000)
        ),
        "Content_Encoding": st.sampled_from(("gzip", "br", "nonsense")),
        "Range": st.just("bytes=5-1"),
        "If_Modified_Since": st.just("yesterday"),
        "Expect": st.just("nothing"),
        "X_Forwarded_Host": st.just("elsewhere.example"),
        "Cookie": st.just("=;;=" * 200),
    },
)
SPECIAL_PATHS = (
    *("batch", "query", "cdc", "taxservice/taxcode", "taxservice", "nonsense", "invoice/1/send"),
    *("invoice/1/pdf", "customer/1/pdf", "pdf", "payment/1", "item/²", "a/b/c/d", "%2e%2e/x", "/"),
    *("//", "upload", "download/²", "download", "reports/ProfitAndLoss", "reports/²", "reports"),
    *(
        "exchangerate",
        "companyinfo/x",
        "preferences",
        "invoice/" + "9" * 4000,
        "invoice/%00",
        "%ff",
    ),
)


def test_any_request_at_all_is_answered_in_shape(victim: Victim) -> None:
    paths = st.sampled_from([*SPECIAL_PATHS, *(kind.lower() for kind in victim.entities)])

    @many(1000)
    @given(
        METHODS,
        st.lists(paths, min_size=2, max_size=2),
        PARAMETERS,
        ODD_HEADERS,
        spoilt(values(victim.names)),
    )
    def ask(
        method: str, found: list[str], params: dict[str, str], headers: dict[str, str], body: bytes
    ) -> None:
        victim.raw.call(method, found[0], body, params, **headers)
        # The same again as an ordinary request, so that it comes further.
        victim.raw.call("POST", found[1], body, params)

    ask()
    victim.is_alive()


WORDS = (
    *("SELECT", "select", "*", "COUNT(*)", "FROM", "WHERE", "AND", "OR", "ORDERBY", "ORDER BY"),
    *("ASC", "DESC", "STARTPOSITION", "MAXRESULTS", "IN", "LIKE", "=", "<", ">=", "!=", "(", ")"),
    *(",", ";", "--", "'", "\\'", "'a'", "'%'", "'²'", "1", "-1", "0", "9" * 400, "1.5", "true"),
    *("Id", "Name", "MetaData.LastUpdatedTime", "TotalAmt", "TxnDate", "Active", "Balance", "."),
    *("'2026-01-01'", "'" + "%a" * 200 + "'", "Customer.", "Line", "IN ('1', '2')", "\x00", "🦆"),
)


def test_any_statement_is_answered_in_shape(victim: Victim) -> None:
    entity = st.sampled_from([*victim.entities, "Nothing", "customer", "postings", "sqlite_master"])
    words = st.lists(st.one_of(st.sampled_from(WORDS), entity, TEXTS), max_size=8)

    @many(1200)
    @given(entity, words, st.booleans(), st.booleans())
    def ask(kind: str, tail: list[str], has_head: bool, is_body: bool) -> None:  # noqa: FBT001 - drawn
        head = ["SELECT * FROM", kind] if has_head else []
        statement = " ".join([*head, *tail])
        if is_body:
            body = statement.encode("utf-8", "surrogatepass")
            victim.raw.call("POST", "query", body, Content_Type="application/text")
        else:
            victim.raw.call("GET", "query", None, {"query": statement})

    ask()
    victim.is_alive()


def test_any_batch_is_answered_item_by_item(victim: Victim) -> None:
    inner = values(victim.names)
    records = st.one_of(
        st.dictionaries(st.sampled_from(victim.entities), inner, min_size=1, max_size=2),
        st.fixed_dictionaries({"Query": st.one_of(inner, st.just("SELECT * FROM Customer"))}),
        st.dictionaries(
            st.sampled_from(("bId", "operation", "optionsData", "²")), inner, max_size=3
        ),
    )
    operations: st.SearchStrategy[Any] = st.sampled_from(
        ("create", "update", "delete", "void", "²", None, [], 7)
    )
    items = st.lists(st.one_of(st.tuples(records, operations), inner), max_size=6)

    @many(500)
    @given(items)
    def ask(drawn: list[Any]) -> None:
        sent = [
            {"bId": str(place), "operation": one[1], **one[0]} if isinstance(one, tuple) else one
            for place, one in enumerate(drawn)
        ]
        answer = victim.raw.call("POST", "batch", json.dumps({"BatchItemRequest": sent}).encode())
        if answer.status == 200:
            answers = json.loads(answer.body)["BatchItemResponse"]
            assert len(answers) == len(sent)
            assert all("bId" in one for one in answers)
            assert b'"type":"SystemFault"' not in answer.body

    ask()
    victim.is_alive()


MOMENTS = st.one_of(
    TEXTS,
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.sampled_from(("2026-11-01T00:00:00+99:00", "2026-11-20T00:00:00 01:00", "now", "1e9")),
)


def test_any_question_for_changes_rates_and_reports_is_answered_in_shape(victim: Victim) -> None:
    names = st.lists(st.one_of(st.sampled_from(victim.entities), TEXTS), max_size=5)
    known = victim.document["components"]["parameters"]["report"]["schema"]["enum"]
    reports = st.one_of(st.sampled_from(known), st.sampled_from(known), TEXTS)
    words = (
        *("start_date", "end_date", "date_macro", "accounting_method", "summarize_column_by"),
        *(
            "customer",
            "columns",
            "sort_by",
            "aging_period",
            "num_periods",
            "report_date",
            "item",
        ),
    )
    arguments = st.dictionaries(st.sampled_from(words), st.one_of(TEXTS, MOMENTS), max_size=4)

    @many(400)
    @given(names, MOMENTS, reports, arguments)
    def ask(kinds: list[str], moment: str, report: str, given_: dict[str, str]) -> None:
        victim.raw.call("GET", "cdc", None, {"entities": ",".join(kinds), "changedSince": moment})
        victim.raw.call(
            "GET", "exchangerate", None, {"sourcecurrencycode": report, "asofdate": moment}
        )
        name = report.encode("utf-8", "replace").decode()
        victim.raw.call("GET", f"reports/{name}", None, given_)

    ask()


FORM = "multipart/form-data; boundary=b"
URLENCODED = "application/x-www-form-urlencoded"
PARTS = st.sampled_from(
    (
        *(b"--b\r\n", b"--b--\r\n", b"\r\n", b"\n", b"--", b"--b", b"\r\n\r\n", b"--c\r\n"),
        b'Content-Disposition: form-data; name="file_content_0"; filename="a.txt"\r\n\r\n',
        b'Content-Disposition: form-data; name="file_metadata_0"\r\n\r\n',
        b'Content-Disposition: form-data; name="file_content_0"\r\n\r\n',
        b"Content-Disposition: form-data\r\n\r\n",
        b"Content-Disposition: \xff\xfe\r\n\r\n",
        b"Content-Type: application/json\r\n",
        b"Content-Type: application/xml\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        *(
            b"aGVsbG8=",
            b"!!!",
            b'{"FileName": 5}',
            b'{"FileName":"\\u0000/../x"}',
            b"<Attachable/>",
        ),
        *(b"{", b"[]", b"\xff" * 40, b"x" * 9000),
    )
)
FORMS = st.sampled_from(
    (
        *(
            "multipart/form-data; boundary=b",
            "multipart/form-data",
            "multipart/form-data; boundary=",
        ),
        *('multipart/form-data; boundary="b', "multipart/form-data; boundary=" + "b" * 400),
        "application/json",
    )
)


def test_any_broken_form_is_refused_in_shape(victim: Victim) -> None:
    @many(500)
    @given(st.lists(PARTS, max_size=9), FORMS)
    def ask(drawn: list[bytes], kind: str) -> None:
        victim.raw.call("POST", "upload", b"".join(drawn), Content_Type=kind)
        victim.raw.call(
            "POST", "upload", b"--b\r\n" + b"".join(drawn) + b"\r\n--b--\r\n", Content_Type=FORM
        )

    ask()
    victim.is_alive()


def test_nonsense_at_the_log_in_is_refused_as_the_log_in_refuses(victim: Victim) -> None:
    names = ("grant_type", "code", "refresh_token", "redirect_uri", "client_id", "token", "scope")
    given_ = st.one_of(TEXTS, st.sampled_from(("authorization_code", "refresh_token", "code")))
    fields = st.dictionaries(st.sampled_from(names), given_, max_size=5)
    places_ = st.sampled_from(
        (
            *("/oauth2/v1/tokens/bearer", "/v2/oauth2/tokens/revoke", "/connect/oauth2"),
            *("/v1/openid_connect/userinfo", "/op/v1/jwks", "/.well-known/openid_configuration/"),
        )
    )
    logins = st.sampled_from(("", "Basic", "Basic !!!", "Basic /////w==", "Bearer x", "Basic OjpB"))
    kinds = st.sampled_from((URLENCODED, URLENCODED, "application/json", FORM, ""))

    @many(600)
    @given(places_, fields, logins, kinds, spoilt(values(list(names))))
    def ask(place: str, sent: dict[str, str], login: str, kind: str, body: bytes) -> None:
        words = urlencode(sent, errors="replace").encode()
        headers = {"Authorization": login, "Content-Type": kind}
        for method, content in (("POST", words), ("POST", body), ("GET", None)):
            address = place if content is not None else f"{place}?{words.decode()}"
            answer = victim.raw.ask(method, address, content, headers)
            assert answer.status < 500, f"{method} {place} {sent} {headers} {body[:300]!r}"
            if answer.status in {400, 401} and answer.headers["Content-Type"] == "application/json":
                assert json.loads(answer.body)["error"]

    ask()


KINDS = st.sampled_from(("", "application/json", FORM))
CONTROL = (
    *("seed", "clock", "faults", "preferences", "webhooks", "settings", "reset", "nonsense"),
    *("accountant/payment", "accountant/edit", "accountant/deactivate", "accountant/delete"),
    *("accountant/void", "accountant/deposit", "accountant/close-books", "accountant/merge"),
)
CONTROL_WORDS = (
    *("type", "data", "entities", "now", "offset_seconds", "kind", "match", "next_n", "percent"),
    *("seconds", "url", "invoice", "amount", "date", "id", "changes", "payment", "keep", "gone"),
    *("company", "per_second", "limits", "rotation", "SalesFormsPrefs.AllowDeposit", "a.b", "Line"),
)


def test_nonsense_at_control_is_refused_with_a_sentence(tmp_path: Path) -> None:
    # A simulator of its own: some of this makes sense, and moves the clock or the switches.
    with running(tmp_path) as details:
        wire = Wire(details)
        raw = Raw(wire)
        inner = values(list(CONTROL_WORDS))

        @many(800)
        @given(st.sampled_from(CONTROL), spoilt(inner), KINDS)
        def ask(place: str, body: bytes, kind: str) -> None:
            for method, path in (("POST", f"/control/api/{place}"), ("POST", f"/control/{place}")):
                answer = raw.ask(method, path, body, {"Content-Type": kind})
                shown = f"{path} {body[:300]!r} {answer.status} {answer.body[:300]!r}"
                assert answer.status < 500, shown
                if answer.headers["Content-Type"] == "application/json" and answer.status >= 400:
                    found = json.loads(answer.body)
                    assert isinstance(found.get("error"), str) or "Fault" in found, shown

        ask()
        assert raw.ask("GET", "/control/api/state", None, {}).status == 200
        wire.settle()
        check_books(wire, tmp_path)
        raw.close()
        wire.close()


LINES = st.sampled_from(
    (
        *(b"GET / HTTP/1.1\r\n", b"POST /v3/company/1/query HTTP/1.1\r\n", b"GET /\r\n", b"\r\n"),
        *(
            b"GET / HTTP/9.9\r\n",
            b"\x16\x03\x01\x02\x00\x01",
            b"GET " + b"/" * 70_000 + b" HTTP/1.1\r\n",
        ),
        *(
            b"Host: 127.0.0.1\r\n",
            b"Host: elsewhere.example\r\n",
            b"Host\r\n",
            b": x\r\n",
            b"\x00\r\n",
        ),
        *(b"Content-Length: 5\r\n", b"Content-Length: -5\r\n", b"Content-Length: x\r\n"),
        *(b"Content-Length: 99999999999999999999\r\n", b"Transfer-Encoding: chunked\r\n"),
        *(b"ZZ\r\nabc\r\n", b"5\r\nhello\r\n0\r\n\r\n", b"-1\r\n", b"FFFFFFFFFFFFFFFFF\r\n"),
        *(b"X: " + b"y" * 70_000 + b"\r\n", b"A: b\r\n" * 150, b"hello", b"\xff\xfe\r\n"),
    )
)


def test_what_is_no_http_does_no_harm(victim: Victim) -> None:
    @many(150)
    @given(st.lists(LINES, min_size=1, max_size=7))
    def ask(lines: list[bytes]) -> None:
        victim.raw.sent += 1
        with socket.create_connection(victim.raw.place, timeout=10) as connection:
            try:
                connection.sendall(b"".join(lines))
                connection.shutdown(socket.SHUT_WR)
                heard = connection.recv(65_536)
            except TimeoutError:
                raise
            except OSError:
                # It had heard enough and hung up.
                return
        assert b" 500 " not in heard.split(b"\r\n")[0], f"{lines!r} {heard!r}"

    ask()
    victim.is_alive()


def test_all_of_it_was_enough_and_left_books_that_add_up(victim: Victim) -> None:
    if victim.raw.sent > 20:
        assert victim.raw.sent >= LEAST
    check_books(victim.wire, victim.folder)
