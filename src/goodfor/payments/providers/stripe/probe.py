"""The question that shows whether an account at Stripe works: its balance."""

from datetime import datetime

from goodfor.kernel.outbound import http
from goodfor.payments.providers.base import NOT_SENT, Account
from goodfor.payments.providers.stripe.client import BadReply, Refused, call
from goodfor.payments.providers.stripe.settings import Settings


def probe_stripe(account: Account, now: datetime) -> tuple[str, str]:  # noqa: ARG001
    """(code, Stripe's words): `works`, or unauthorized, refused, wrong_mode, not_sent, timeout ..."""
    settings = Settings.of(account)
    try:
        balance = call(settings, "get", "/v1/balance", {})
    except http.NotSent:
        return NOT_SENT, ""
    except (http.NoAnswer, BadReply) as problem:
        return problem.reason, ""
    except Refused as problem:
        return ("unauthorized" if problem.status == 401 else "refused"), problem.text
    if balance.get("object") != "balance":
        return "bad_reply", ""
    return ("works", "") if balance.get("livemode") is settings.livemode else ("wrong_mode", "")
