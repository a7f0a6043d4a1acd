"""Feishu (or Lark) group robot with signatures: secrets `token` (the end of its address) and `secret`; `cloud` is
`feishu` or `lark`."""

import json
import re
from datetime import datetime
from typing import Final
from urllib.parse import quote

from goodfor.kernel.outcomes import Outcome
from goodfor.notify.addresses import FEISHU
from goodfor.notify.providers.base import Account, CannotAsk, ConfigProblem, Letter, required
from goodfor.notify.providers.calls import base_url, json_exchange
from goodfor.notify.providers.feishu.signing import signature
from goodfor.notify.providers.robots import outcome_of, plain_text

CLOUDS: Final = {"feishu": "open.feishu.cn", "lark": "open.larksuite.com"}
HOSTS: Final = tuple(CLOUDS.values())
MAX_BYTES: Final = 15_000
_LIMITS: Final = frozenset({11232, 9499})
_OURS: Final = frozenset({19001, 19021, 19022, 19024})
#: In its text messages `<at user_id="all">` calls the whole group.
_MENTION = re.compile(r"<\s*/?\s*at\b", re.IGNORECASE)


class FeishuRobot(CannotAsk):
    """Posts to the group whose robot it is."""

    channels: tuple[str, ...] = (FEISHU,)

    def check(self, account: Account) -> None:
        """Raise ConfigProblem unless token and secret are there."""
        required(account.secrets, "token", "secret", most=200)
        if account.config.get("cloud", "feishu") not in CLOUDS:
            raise ConfigProblem("cloud", "unknown")
        base_url(account.config, self._home(account), HOSTS)

    def send(self, account: Account, letter: Letter, now: datetime) -> Outcome:
        """Text that calls nobody."""
        url = base_url(account.config, self._home(account), HOSTS)
        timestamp = int(now.timestamp())
        message = {
            "timestamp": str(timestamp),
            "sign": signature(timestamp, account.secrets["secret"]),
            "msg_type": "text",
            "content": {"text": _MENTION.sub("＜at", plain_text(letter, MAX_BYTES))},
        }
        answer = json_exchange(
            "POST",
            f"{url}/open-apis/bot/v2/hook/{quote(account.secrets['token'], safe='')}",
            hosts=HOSTS,
            body=json.dumps(message).encode(),
            headers={"content-type": "application/json"},
        )
        if not isinstance(answer, dict):
            return answer
        return outcome_of(answer, code_field="code", message_field="msg", limits=_LIMITS, ours=_OURS)

    def _home(self, account: Account) -> str:
        return f"https://{CLOUDS[str(account.config.get('cloud', 'feishu'))]}"
