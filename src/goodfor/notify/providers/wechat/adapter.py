"""WeChat: `app_id`; secret `app_secret`. Official account: `kind` is `template` or `subscribe`. Mini-program: `page`
and `miniprogram_state`. The parameters of a template are named as WeChat names them (thing1, amount2 ...)."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from goodfor.kernel.outcomes import Outcome, Succeeded
from goodfor.notify.addresses import WECHAT_MINI, WECHAT_OA
from goodfor.notify.providers.base import Account, CannotAsk, ConfigProblem, Letter, required
from goodfor.notify.providers.calls import base_url
from goodfor.notify.providers.wechat.client import HOST, HOSTS, call

TEMPLATE_PATH: Final = "/cgi-bin/message/template/send"
SUBSCRIBE_PATH: Final = "/cgi-bin/message/subscribe/bizsend"
MINI_PATH: Final = "/cgi-bin/message/subscribe/send"
#: The longest value of each kind of keyword of subscription messages; a longer one would be refused (47003).
LONGEST: Final = {
    "thing": 20,
    "number": 32,
    "letter": 32,
    "symbol": 5,
    "character_string": 32,
    "phrase": 5,
    "name": 10,
    "car_number": 8,
    "phone_number": 17,
}
_KEYWORD = re.compile(r"([a-z_]+?)[0-9]*")


class WechatMessages(CannotAsk):
    """Template messages carry `client_msg_id`: WeChat itself drops a repeated one for ten minutes."""

    channels: tuple[str, ...] = (WECHAT_OA, WECHAT_MINI)

    def check(self, account: Account) -> None:
        """Raise ConfigProblem unless app and secret are there."""
        required(account.config, "app_id", most=64)
        required(account.secrets, "app_secret", most=100)
        if account.channel == WECHAT_OA and account.config.get("kind", "template") not in ("template", "subscribe"):
            raise ConfigProblem("kind", "unknown")
        states = ("formal", "trial", "developer")
        if account.channel == WECHAT_MINI and account.config.get("miniprogram_state", "formal") not in states:
            raise ConfigProblem("miniprogram_state", "unknown")
        base_url(account.config, f"https://{HOST}", HOSTS)

    def send(self, account: Account, letter: Letter, now: datetime) -> Outcome:
        """To one follower or user."""
        path, message = _message(account, letter)
        answer = call(account, path, message, now)
        return Succeeded(str(answer.get("msgid", ""))) if isinstance(answer, dict) else answer


def _message(account: Account, letter: Letter) -> tuple[str, dict[str, Any]]:
    said, config = letter.said, account.config
    message: dict[str, Any] = {"touser": letter.address, "template_id": said.vendor_template}
    if account.channel == WECHAT_MINI:
        message |= {
            "page": str(config.get("page", "")),
            "miniprogram_state": str(config.get("miniprogram_state", "formal")),
            "lang": "en_US" if letter.language == "en" else "zh_CN",
            "data": _short(dict(said.params)),
        }
        return MINI_PATH, message
    if config.get("kind", "template") == "subscribe":
        return SUBSCRIBE_PATH, {**message, "page": said.link, "data": _short(dict(said.params))}
    data = {name: {"value": value} for name, value in said.params}
    return TEMPLATE_PATH, {**message, "url": said.link, "client_msg_id": letter.id.hex, "data": data}


def _short(params: Mapping[str, str]) -> dict[str, dict[str, str]]:
    data: dict[str, dict[str, str]] = {}
    for name, value in params.items():
        kind = _KEYWORD.fullmatch(name)
        data[name] = {"value": value[: LONGEST.get(kind.group(1) if kind else "", 64)]}
    return data
