"""The question that shows whether an account at PayPal works: a token for it, and an order that does not exist."""

from datetime import datetime

from goodfor.kernel.ids import secret_token
from goodfor.kernel.outbound import http
from goodfor.payments.providers.base import NOT_SENT, Account
from goodfor.payments.providers.paypal.client import BadReply, NoToken, Refused, call, forget
from goodfor.payments.providers.paypal.settings import Settings


def probe_paypal(account: Account, now: datetime) -> tuple[str, str]:
    """(code, PayPal's words): `works`, or unauthorized, refused, not_sent, timeout ..."""
    settings = Settings.of(account)
    # A token from before the secret was changed proves nothing.
    forget(settings)
    order = "PROBE" + "".join(c for c in secret_token(18) if c.isalnum())[:12].upper()
    try:
        call(settings, now, "GET", f"/v2/checkout/orders/{order}")
    except http.NotSent:
        return NOT_SENT, ""
    except (http.NoAnswer, BadReply, NoToken) as problem:
        return problem.reason, ""
    except Refused as problem:
        return ("works", "") if problem.status == 404 else ("refused", problem.text)
    return "bad_reply", ""
