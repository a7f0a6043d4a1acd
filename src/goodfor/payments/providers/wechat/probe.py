"""The question that shows whether a WeChat Pay account works: an order that does not exist, denied with a signature."""

from datetime import datetime
from urllib.parse import urlencode

from goodfor.kernel.ids import secret_token
from goodfor.kernel.outbound import http
from goodfor.payments.providers.base import NOT_SENT, Account
from goodfor.payments.providers.wechat.client import UNKNOWN_NUMBER, Caller, Refused
from goodfor.payments.providers.wechat.settings import Settings
from goodfor.payments.providers.wechat.shapes import BadReply


def probe_wechat(account: Account, now: datetime) -> tuple[str, str]:
    """(code, WeChat's words): `works`, or sign_error, bad_signature, unknown_serial, not_sent, timeout ..."""
    mine = Settings.of(account)
    number = "probe" + "".join(c for c in secret_token(16) if c.isalnum())[:16]
    try:
        Caller(mine, now).get(f"/v3/pay/transactions/out-trade-no/{number}?{urlencode({'mchid': mine.mchid})}")
    except http.NotSent:
        return NOT_SENT, ""
    except (http.NoAnswer, BadReply) as problem:
        return problem.reason, ""
    except Refused as no:
        return ("works", "") if no.proven and no.code in UNKNOWN_NUMBER else (no.reason, no.text)
    return "unexpected", ""
