"""WeChat's access token: kept sealed in the database, fetched by one at a time, renewed once when it was refused."""

import json
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from goodfor.kernel.outcomes import Outcome, Rejected, Unknown
from goodfor.notify.operations import keep_token
from goodfor.notify.providers.base import ACCOUNT, NOT_SENT, RATE_LIMITED, Account
from goodfor.notify.providers.calls import base_url, json_exchange, text_of

HOST: Final = "api.weixin.qq.com"
HOSTS: Final = (HOST,)
#: The token is not ours, is wrong, or has ended.
TOKEN_REFUSED: Final = frozenset({40001, 40014, 41001, 42001})
_LIMITS: Final = frozenset({45009, 45011, 45047})
_OURS: Final = frozenset({40013, 40125, 40164, 41002, 41004, 48001, 50002, 61024})
_BUSY: Final = -1
_WAIT_SECONDS: Final = 5.0
_LOOK_EVERY: Final = 0.1


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and its number; a refused one is named by it."""

    text: str = field(repr=False)
    number: int


def call(account: Account, path: str, message: dict[str, Any], now: datetime) -> dict[str, Any] | Outcome:
    """POST with the token; one more try with a new one when it was refused. The answer has errcode 0."""
    stale = -1
    for _try in range(2):
        token = _token(account, now, stale)
        if not isinstance(token, Token):
            return token
        url = f"{base_url(account.config, f'https://{HOST}', HOSTS)}{path}?access_token={token.text}"
        answer = _post(url, message)
        if not isinstance(answer, dict):
            return answer
        code = answer.get("errcode", 0)
        if code == 0:
            return answer
        if code not in TOKEN_REFUSED:
            return refusal(code, answer.get("errmsg"))
        stale = token.number
    return Rejected(ACCOUNT, "access_token")


def _post(url: str, message: dict[str, Any]) -> dict[str, Any] | Outcome:
    body = json.dumps(message, ensure_ascii=False).encode()
    return json_exchange("POST", url, hosts=HOSTS, body=body, headers={"content-type": "application/json"})


def _token(account: Account, now: datetime, stale: int) -> Token | Outcome:
    """The kept one, or a new one; whoever comes while somebody fetches waits for that."""
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        kept = keep_token.kept(shop_id=account.shop_id, account_id=account.id, now=now)
        if kept is not None and kept[1] != stale:
            return Token(*kept)
        if keep_token.claim(shop_id=account.shop_id, account_id=account.id, stale=stale, now=now):
            return _fetch(account, now, renew=stale >= 0)
        if time.monotonic() > until:
            return Unknown(NOT_SENT)
        time.sleep(_LOOK_EVERY)


def _fetch(account: Account, now: datetime, *, renew: bool) -> Token | Outcome:
    wish = {
        "grant_type": "client_credential",
        "appid": str(account.config["app_id"]),
        "secret": account.secrets["app_secret"],
        "force_refresh": renew,
    }
    answer = _post(f"{base_url(account.config, f'https://{HOST}', HOSTS)}/cgi-bin/stable_token", wish)
    text = answer.get("access_token") if isinstance(answer, dict) else None
    seconds = answer.get("expires_in") if isinstance(answer, dict) else None
    if isinstance(text, str) and text and type(seconds) is int:
        number = keep_token.keep(shop_id=account.shop_id, account_id=account.id, token=text, seconds=seconds, now=now)
        return Token(text, number)
    keep_token.give_up(shop_id=account.shop_id, account_id=account.id)
    if isinstance(answer, dict):
        told = refusal(answer.get("errcode"), answer.get("errmsg"))
        return told if isinstance(told, Rejected) else Unknown(NOT_SENT)
    # Without a token the message itself certainly was not sent.
    return answer if isinstance(answer, Rejected) else Unknown(NOT_SENT)


def refusal(code: object, message: object) -> Outcome:
    """By WeChat's error number."""
    if type(code) is not int or code == _BUSY:
        return Unknown("busy" if code == _BUSY else "unreadable_reply")
    if code in _LIMITS:
        return Rejected(RATE_LIMITED, text_of(message))
    return Rejected(ACCOUNT if code in _OURS | TOKEN_REFUSED else f"errcode_{code}", text_of(message))
