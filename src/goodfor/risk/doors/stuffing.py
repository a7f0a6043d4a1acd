"""Lists of passwords and codes that are tried out, seen across accounts: facts for rules."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.sql import Statement
from goodfor.risk.doors.keys import asker, beginning_mark, password_mark
from goodfor.risk.doors.table import DOORS
from goodfor.risk.doors.types import By
from goodfor.risk.features import NUMBER, Feature
from goodfor.risk.types import KeyKind, Value

_FACTS = Statement("goodfor.risk", "sql/door_facts.sql")
MINUTES: Final = timedelta(minutes=10)
HOUR: Final = timedelta(hours=1)

FEATURES: Final = (
    Feature("stuffed_accounts_10m", NUMBER, _("同一网段、地址或设备 10 分钟内登录失败的账号数")),
    Feature("same_password_accounts_1h", NUMBER, _("1 小时内用同一密码尝试失败的账号数")),
    Feature("sound_guesses_10m", NUMBER, _("同一网段或设备 10 分钟内猜测的、校验正确但不存在的码数")),
    Feature("alike_guesses_10m", NUMBER, _("10 分钟内开头相同的不同猜测数")),
)


def facts(
    *, shop_id: UUID, door: str, keys: Mapping[KeyKind, str], subject: str = "", guess: str = "", now: datetime
) -> dict[str, Value]:
    """The four features of an attempt, this one not counted; 0 where there is nothing of the kind, at most 500.

    `guess`: the password at `sign_in`, the code in normal form elsewhere. Raises KeyError for a door that there is not.
    """
    found, _shared = asker(shop_id, keys, subject)
    passwords = door == "sign_in"
    mark: int | None = None
    if guess:
        mark = password_mark(shop_id, guess) if passwords else beginning_mark(shop_id, door, guess)
    row = _FACTS.row(
        {
            "shop_id": shop_id,
            "door": DOORS[door].number,
            "network": found.get(By.NETWORK),
            "address": found.get(By.ADDRESS),
            "device": found.get(By.DEVICE),
            "mark": mark,
            "minutes": now - MINUTES,
            "hour": now - HOUR,
        }
    )
    assert row is not None
    stuffed, same, sound, alike = row
    return {
        "stuffed_accounts_10m": stuffed,
        "same_password_accounts_1h": same if passwords else 0,
        "sound_guesses_10m": sound,
        "alike_guesses_10m": 0 if passwords else alike,
    }
