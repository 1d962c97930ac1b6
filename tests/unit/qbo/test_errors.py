from datetime import UTC, datetime

import pytest

from batchly_admin.errors import (
    AlreadyThere,
    Reconnect,
    Rejected,
    StaleRemote,
    SyncError,
    Throttled,
    Transient,
)
from batchly_admin.qbo import errors
from batchly_admin.qbo.errors import Fault, classify, read_faults, read_xml_faults
from batchly_admin.qbo.session import _retry_after

ROWS = [
    # status, code, text, class, what the words must say
    (429, "", "", Throttled, "slow down"),
    (429, "3001", "", Throttled, "slow down"),
    (400, "3001", "The request limit was reached", Throttled, "slow down"),
    (500, "", "", Transient, "problem of its own"),
    (500, "10000", "System Failure Error", Transient, "problem of its own"),
    (502, "", "", Transient, "problem of its own"),
    (503, "", "", Transient, "problem of its own"),
    (504, "", "", Transient, "problem of its own"),
    (200, "10000", "", Transient, "problem of its own"),
    (400, "4002", "", Transient, "problem of its own"),
    (400, "130", "", Transient, "problem of its own"),
    (400, "150", "", Transient, "problem of its own"),
    (401, "", "", Reconnect, "login"),
    (401, "3200", "Token expired", Reconnect, "login"),
    (403, "3100", "", Reconnect, "login"),
    (400, "100", "", Reconnect, "login"),
    (400, "110", "", Reconnect, "login"),
    (400, "120", "", Reconnect, "login"),
    (400, "6190", "", Reconnect, "subscription"),
    (403, "6190", "", Reconnect, "subscription"),
    (403, "", "", Reconnect, "login"),
    (400, "6140", "Duplicate Document Number Error", AlreadyThere, "number"),
    (400, "6210", "Duplicate Document Number Error", AlreadyThere, "number"),
    (400, "6210", "Account Period Closed", Rejected, "closed"),
    (400, "6200", "", Rejected, "closed"),
    (400, "6240", "The name supplied already exists", AlreadyThere, "name"),
    (400, "600", "Duplicate Request ID", AlreadyThere, "seen this request"),
    (400, "630", "", AlreadyThere, "seen this request"),
    (400, "5010", "Stale Object Error", StaleRemote, "changed"),
    (400, "610", "Object Not Found", Rejected, "deleted or made inactive"),
    (400, "620", "", Rejected, "deleted or made inactive"),
    (400, "2500", "Invalid Reference Id", Rejected, "deleted or made inactive"),
    (400, "6250", "", Rejected, "deleted or made inactive"),
    (400, "6540", "Deposited Transaction", Rejected, "deposited"),
    (400, "6480", "", Rejected, "deposited"),
    (400, "5020", "", Rejected, "does not include"),
    (400, "5030", "", Rejected, "does not include"),
    (400, "6070", "Amount is not equal to UnitPrice * Qty", Rejected, "amount"),
    (400, "6100", "", Rejected, "tax"),
    (400, "6470", "", Rejected, "tax"),
    (400, "2020", "Required param missing", Rejected, "Required param missing"),
    (400, "2050", "String too long", Rejected, "String too long"),
    (400, "6000", "Business validation error", Rejected, "Business validation error"),
    (400, "500", "Operation void is not supported.", Rejected, "not supported"),
    (200, "2010", "Invalid property", Rejected, "Invalid property"),
    (413, "", "", Rejected, "does not accept"),
    (400, "800", "", Rejected, "still needs it"),
    (400, "6220", "", Rejected, "still needs it"),
    (400, "10200", "", Rejected, "was reset"),
    (400, "1010", "", Transient, "problem of its own"),
    (400, "4001", "", Rejected, "does not understand"),
]


@pytest.mark.parametrize(("status", "code", "text", "kind", "words"), ROWS)
def test_each_row_of_the_table_gives_its_class_and_plain_words(
    status: int, code: str, text: str, kind: type[SyncError], words: str
) -> None:
    faults = (Fault(code, text, text),) if code else ()

    error = classify(status, faults, tid="1-abc")

    assert type(error) is kind
    assert words in error.message
    assert error.hint
    assert error.tid == "1-abc"


def test_every_rule_of_the_table_is_reached_by_a_row_of_this_test() -> None:
    tried = {code for _, code, *_ in ROWS} | {str(status) for status, *_ in ROWS}

    unreached = [
        rule.name
        for rule in errors.TABLE
        if not tried & (rule.codes | {str(status) for status in rule.statuses})
    ]

    assert unreached == []


def test_an_answer_nobody_foresaw_is_an_error_of_its_own_kind() -> None:
    error = classify(404)

    assert type(error) is SyncError
    assert error.error_class == "internal"


def test_a_gateways_status_is_believed_before_the_fault_it_carries() -> None:
    assert isinstance(classify(503, (Fault("2020", "x"),)), Transient)


def test_a_later_fault_decides_when_the_first_says_nothing_special() -> None:
    faults = (Fault("2010", "odd"), Fault("6240", "Duplicate Name Exists Error"))

    assert isinstance(classify(400, faults), AlreadyThere)


def test_retry_after_is_honored_within_reason() -> None:
    assert classify(429, retry_after=7).retry_after == 7  # type: ignore[attr-defined]
    assert classify(429).retry_after == 60  # type: ignore[attr-defined]
    assert classify(429, retry_after=-5).retry_after == 1  # type: ignore[attr-defined]
    assert classify(429, retry_after=10**9).retry_after == 3600  # type: ignore[attr-defined]


def test_retry_after_may_be_a_date() -> None:
    now = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)

    assert _retry_after("Wed, 04 Mar 2026 17:00:30 GMT", now) == 30
    assert _retry_after("soon", now) is None
    assert _retry_after(None, now) is None


def test_both_spellings_of_a_fault_are_read() -> None:
    business = {"Fault": {"Error": [{"Message": "m", "Detail": "d", "code": "6240"}]}}
    gateway = {"fault": {"error": [{"message": "m", "detail": None, "code": "003200"}]}}

    assert read_faults(business) == (Fault("6240", "m", "d"),)
    assert read_faults(gateway) == (Fault("3200", "m", ""),)
    assert read_faults({"Invoice": {}}) == ()
    assert read_faults([1]) == ()
    assert read_faults({"Fault": {"type": "SystemFault"}}) == (Fault(message="SystemFault"),)


def test_a_fault_without_a_code_or_with_an_odd_one_breaks_nothing() -> None:
    assert read_faults({"Fault": {"Error": [{"Message": "m"}, "x"]}}) == (Fault("", "m"),)
    assert isinstance(classify(400, read_faults({"Fault": {"Error": [{"code": "abc"}]}})), Rejected)


def test_xml_faults_of_the_gateway_are_read() -> None:
    text = (
        '<IntuitResponse><Fault type="AUTHENTICATION"><Error code="003200">'
        "<Message>m</Message><Detail>d</Detail></Error></Fault></IntuitResponse>"
    )

    assert read_xml_faults(text) == (Fault("3200", "m", "d"),)
    assert read_xml_faults("<html><body>Bad gateway</body></html>") == ()
