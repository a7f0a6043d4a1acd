"""DingTalk group robot with signatures: secrets `access_token` and `secret` (SEC...)."""

import json
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from goodfor.kernel.outcomes import Outcome
from goodfor.notify.addresses import DINGTALK
from goodfor.notify.providers.base import Account, CannotAsk, Letter, required
from goodfor.notify.providers.calls import base_url, json_exchange
from goodfor.notify.providers.dingtalk.signing import signature
from goodfor.notify.providers.robots import outcome_of, plain_text

HOSTS: Final = ("oapi.dingtalk.com",)
MAX_BYTES: Final = 15_000
_LIMITS: Final = frozenset({130101, 410100, 90018})
_OURS: Final = frozenset({310000, 300001, 300005, 40035, 400101, 400102})


class DingtalkRobot(CannotAsk):
    """Posts to the group whose robot it is."""

    channels: tuple[str, ...] = (DINGTALK,)

    def check(self, account: Account) -> None:
        """Raise ConfigProblem unless token and secret are there."""
        required(account.secrets, "access_token", "secret", most=200)
        base_url(account.config, f"https://{HOSTS[0]}", HOSTS)

    def send(self, account: Account, letter: Letter, now: datetime) -> Outcome:
        """Text that calls nobody by name."""
        url = base_url(account.config, f"https://{HOSTS[0]}", HOSTS)
        timestamp = int(now.timestamp() * 1000)
        query = {
            "access_token": account.secrets["access_token"],
            "timestamp": str(timestamp),
            "sign": signature(timestamp, account.secrets["secret"]),
        }
        message = {
            "msgtype": "text",
            "text": {"content": plain_text(letter, MAX_BYTES)},
            "at": {"isAtAll": False, "atMobiles": []},
        }
        answer = json_exchange(
            "POST",
            f"{url}/robot/send?{urlencode(query)}",
            hosts=HOSTS,
            body=json.dumps(message).encode(),
            headers={"content-type": "application/json"},
        )
        if not isinstance(answer, dict):
            return answer
        return outcome_of(answer, code_field="errcode", message_field="errmsg", limits=_LIMITS, ours=_OURS)
