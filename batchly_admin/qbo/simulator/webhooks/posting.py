"""One notification on its way: signed, sent, and what came of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import urllib.error
import urllib.request
from typing import Any

PATIENCE = 3.0
"""So many seconds a listener has to say 200."""


class _StayHere(urllib.request.HTTPRedirectHandler):
    """A listener that sends elsewhere did not acknowledge anything."""

    def redirect_request(self, *_given: Any) -> None:
        """Follow nothing."""


# What goes to a listener beside us must not make its way through a proxy of the machine.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _StayHere())


def signature(secret: str, body: bytes) -> str:
    """Give the value of the header by which a listener knows that QuickBooks speaks."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def post(url: str, body: bytes, secret: str) -> tuple[bool, str]:
    """Send a body; give whether it was acknowledged, and what came of it in a few words."""
    headers = {"Content-Type": "application/json", "intuit-signature": signature(secret, body)}
    sent = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 - http only, checked on registration
    try:
        with _opener.open(sent, timeout=PATIENCE) as answer:
            return answer.status == 200, f"answered {answer.status}"
    except urllib.error.HTTPError as answer:
        answer.close()
        return False, f"answered {answer.code}"
    except TimeoutError:
        return False, f"no answer within {PATIENCE:g} s"
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError):
            return False, f"no answer within {PATIENCE:g} s"
        return False, f"not reached: {reason}"[:200]
