"""WeCom group robot: secret `key` (the part of its address after `key=`). Not signed: the key is the secret."""

import json
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from goodfor.kernel.outcomes import Outcome
from goodfor.notify.addresses import WECOM
from goodfor.notify.providers.base import Account, CannotAsk, Letter, required
from goodfor.notify.providers.calls import base_url, json_exchange
from goodfor.notify.providers.robots import outcome_of, plain_text

HOSTS: Final = ("qyapi.weixin.qq.com",)
MAX_BYTES: Final = 2000
_LIMITS: Final = frozenset({45009, 45033})
_OURS: Final = frozenset({93000, 40001, 40014, 60020})


class WecomRobot(CannotAsk):
    """Posts to the group whose robot it is."""

    channels: tuple[str, ...] = (WECOM,)

    def check(self, account: Account) -> None:
        """Raise ConfigProblem unless there is a key."""
        required(account.secrets, "key", most=200)
        base_url(account.config, f"https://{HOSTS[0]}", HOSTS)

    def send(self, account: Account, letter: Letter, now: datetime) -> Outcome:  # noqa: ARG002
        """Text without mentions."""
        url = base_url(account.config, f"https://{HOSTS[0]}", HOSTS)
        body = json.dumps({"msgtype": "text", "text": {"content": plain_text(letter, MAX_BYTES)}}).encode()
        answer = json_exchange(
            "POST",
            f"{url}/cgi-bin/webhook/send?{urlencode({'key': account.secrets['key']})}",
            hosts=HOSTS,
            body=body,
            headers={"content-type": "application/json"},
        )
        if not isinstance(answer, dict):
            return answer
        return outcome_of(answer, code_field="errcode", message_field="errmsg", limits=_LIMITS, ours=_OURS)
