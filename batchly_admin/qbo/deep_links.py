"""Where a record stands in QuickBooks' own pages, so that a person can look at it there."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from batchly_admin.models.sync import QbConnection

PAGES = {
    "customer": "customerdetail?nameId={id}",
    "item": "items?itemId={id}",
    "invoice": "invoice?txnId={id}",
    "payment": "recvpayment?txnId={id}",
    "credit_memo": "creditmemo?txnId={id}",
    "credit_application": "recvpayment?txnId={id}",
    "refund": "refundreceipt?txnId={id}",
}
ENTITIES = {
    "customer": "Customer",
    "item": "Item",
    "invoice": "Invoice",
    "payment": "Payment",
    "credit_memo": "CreditMemo",
    "credit_application": "Payment",
    "refund": "RefundReceipt",
}
HOSTS = {
    "production": "https://app.qbo.intuit.com/app/",
    "sandbox": "https://app.sandbox.qbo.intuit.com/app/",
}


def page_of(connection: QbConnection | None, entity_type: str, qbo_id: str | None) -> str | None:
    """Give the address of a record's page, or None when it has none."""
    page = PAGES.get(entity_type)
    if connection is None or page is None or not qbo_id:
        return None
    key = quote(qbo_id, safe="")
    if connection.environment == "simulator":
        parts = urlsplit(connection.base_url)
        return f"{parts.scheme}://{parts.netloc}/control/records/{ENTITIES[entity_type]}/{key}"
    host = HOSTS.get(connection.environment)
    return f"{host}{page.format(id=key)}" if host else None
