"""The bytes of attached files, and the links under which anybody may fetch one for a while.

A link carries the end of its time and a signature, as the storage behind QuickBooks does it; no
token is needed with it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.store import Store

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

LINK_LIFE = timedelta(minutes=15)
_KEY = "files.key"


def keep(store: Store, record_id: str, content: bytes) -> None:
    """Keep the content of an attachment's file."""
    store.sql("INSERT OR REPLACE INTO files VALUES (?,?)", (record_id, content))


def content_of(store: Store, record_id: str) -> bytes | None:
    """Give the content of an attachment's file, or None when it has none."""
    rows = store.sql("SELECT content FROM files WHERE id = ?", (record_id,))
    return bytes(rows[0][0]) if rows else None


def forget(store: Store, record_id: str) -> None:
    """Let go of the content of an attachment's file."""
    store.sql("DELETE FROM files WHERE id = ?", (record_id,))


def link(books: Books, record: Record) -> str:
    """Give the address under which an attachment's file can be fetched for a quarter of an hour."""
    ends = int((books.now() + LINK_LIFE).timestamp())
    signed = urlencode({"Expires": ends, "Signature": _signature(books, record["Id"], str(ends))})
    name = quote(str(record.get("FileName", "file")), safe="")
    realm = books.store.meta.get("realm_id", "")
    return f"{books.address}/attachments/{realm}/{record['Id']}/{name}?{signed}"


def is_genuine(books: Books, record_id: str, ends: str, signature: str) -> bool:
    """Tell whether a link was made here, whatever its time says."""
    return hmac.compare_digest(
        _signature(books, record_id, ends).encode(), signature.encode("utf-8", "replace")
    )


def has_ended(books: Books, ends: str) -> bool:
    """Tell whether the time of a genuine link is over."""
    return books.now().timestamp() >= int(ends)


def _signature(books: Books, record_id: str, ends: str) -> str:
    with books.store.lock:
        key = books.store.meta.get(_KEY)
        if key is None:
            key = secrets.token_hex(32)
            books.store.set(_KEY, key)
    text = f"{record_id}\n{ends}".encode("utf-8", "replace")
    return hmac.new(str(key).encode(), text, hashlib.sha256).hexdigest()
