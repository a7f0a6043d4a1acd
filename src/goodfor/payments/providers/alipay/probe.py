"""The question that shows whether an Alipay account works: a trade that does not exist, denied with a signature."""

from datetime import datetime

from goodfor.kernel.ids import secret_token
from goodfor.kernel.outbound import http
from goodfor.payments.providers.alipay import client
from goodfor.payments.providers.alipay.settings import Settings
from goodfor.payments.providers.base import NOT_SENT, Account


def probe_alipay(account: Account, now: datetime) -> tuple[str, str]:
    """(code, Alipay's words): `works`, or refused, bad_signature, untrusted_certificate, not_sent, timeout ...

    It works when Alipay took our signature and we take theirs.
    """
    number = "probe" + "".join(c for c in secret_token(16) if c.isalnum())[:16]
    try:
        client.call(Settings.of(account), "alipay.trade.query", {"out_trade_no": number}, now)
    except http.NotSent:
        return NOT_SENT, ""
    except (http.NoAnswer, client.BadReply) as problem:
        return problem.reason, ""
    except client.Refused as problem:
        return ("works", "") if problem.says(client.TRADE_NOT_EXIST) else (client.REFUSED, problem.text)
    return "unexpected", ""
