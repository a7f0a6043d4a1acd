"""Who pays inside of WeChat: the buyer's openid of the official account, by its silent OAuth (snsapi_base).

The browser goes to WeChat's page, which asks nothing and sends it back with a code; the code is good once, for five
minutes, and only together with the application's secret. What else WeChat hands out for it is thrown away.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from goodfor.kernel.outbound import http
from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded, Unknown
from goodfor.payments.providers.base import NOT_SENT, Account
from goodfor.payments.providers.wechat import shapes
from goodfor.payments.providers.wechat.settings import Settings

#: Only this one runs in a browser; a mini program asks for its openid itself.
METHOD: Final = "jsapi"
_CODE = re.compile(r"[0-9A-Za-z_-]{1,512}")
_OPENID = re.compile(r"[0-9A-Za-z_-]{6,128}")
_BUSY: Final = -1


class WechatPayers:
    """See `PayerSource`."""

    def payer_app(self, config: Mapping[str, Any], method: str) -> str:
        """See `PayerSource.payer_app`."""
        appid = config.get("appid")
        return appid.strip() if method == METHOD and isinstance(appid, str) else ""

    def can_ask_payer(self, account: Account, method: str) -> bool:
        """Where the application's secret is held."""
        return method == METHOD and bool(account.secrets.get("app_secret"))

    def payer_page(self, account: Account, method: str, back: str, state: str) -> str:
        """See `PayerSource.payer_page`. The names stand in the order that WeChat asks for."""
        mine = Settings.of(account)
        asked = {
            "appid": mine.appid_of(method), "redirect_uri": back, "response_type": "code", "scope": "snsapi_base",
            "state": state,
        }  # fmt: skip
        return f"{mine.oauth_url}/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect"

    def payer_of(self, account: Account, method: str, code: str, now: datetime) -> Outcome:  # noqa: ARG002
        """See `PayerSource.payer_of`."""
        mine = Settings.of(account)
        if not mine.app_secret or not _CODE.fullmatch(code):
            return Rejected("no_code")
        asked = {
            "appid": mine.appid_of(method), "secret": mine.app_secret, "code": code,
            "grant_type": "authorization_code",
        }  # fmt: skip
        try:
            reply = http.get(f"{mine.oauth_api_url}/sns/oauth2/access_token", asked)
        except http.NotSent:
            return Unknown(NOT_SENT)
        except http.NoAnswer as problem:
            return Unknown(problem.reason)
        return _told(reply)


def _told(reply: http.Reply) -> Outcome:
    if reply.status != 200:
        return Unknown(f"http_{reply.status}")
    try:
        said = shapes.read_object(reply.body)
    except ValueError:
        return Unknown("not_json")
    openid, refused = said.get("openid"), said.get("errcode", 0)
    if type(refused) is not int or refused == _BUSY:
        return Unknown("busy")
    if refused:
        # Their words may repeat what was sent: the number is enough.
        return Rejected(f"errcode_{refused}")
    if not isinstance(openid, str) or not _OPENID.fullmatch(openid):
        return Unknown("no_openid")
    return Succeeded(ref=openid)
