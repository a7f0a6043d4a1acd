"""The question that shows whether an EPay account works: the gateway's own account of the merchant."""

from datetime import datetime

from goodfor.kernel.outbound import http
from goodfor.payments.providers.base import NOT_SENT, Account
from goodfor.payments.providers.epay import client
from goodfor.payments.providers.epay.schemas import BadReply, Settings


def probe_epay(account: Account, now: datetime) -> tuple[str, str]:
    """(code, the gateway's words): `works`, or refused, foreign_merchant, switched_off, not_sent, timeout ...

    v1: api.php?act=query, v2: api/merchant/info. The reply of v1 repeats the key, so none of it goes further.
    """
    settings = Settings.of(account)
    try:
        if settings.version == "v2":
            reply = client.call_v2(settings, "api/merchant/info", {}, now)
            active = reply.get("status", "1")
        else:
            fields = {"pid": settings.pid, "key": settings.key}
            reply = client.call_v1(settings, "api.php?act=query", fields, by_post=settings.query_by_post)
            active = reply.get("active", "1")
    except http.NotSent:
        return NOT_SENT, ""
    except (http.NoAnswer, BadReply) as problem:
        return problem.reason, ""
    except client.Refused as problem:
        return "refused", _without_key(problem.text, settings)
    if reply.get("pid", settings.pid) != settings.pid:
        return "foreign_merchant", ""
    return ("works", "") if active == "1" else ("switched_off", "")


def _without_key(text: str, settings: Settings) -> str:
    """A gateway that quotes our key back in its refusal does not get it onto a page."""
    return "" if settings.key and settings.key in text else text
