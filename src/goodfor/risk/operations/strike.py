"""Lock the keys of a knock at once."""

from datetime import datetime

from goodfor.kernel.sql import Statement
from goodfor.risk.doors.types import Counted, Knock

_STRIKE = Statement("goodfor.risk", "sql/door_strike.sql")


def strike(knock: Knock, *, full: bool, now: datetime) -> None:
    """By the next step of each key's lock-outs, or by the last (`full`); the device is not known any more.

    Keys that ask instead of refusing ask for more. What belongs to others (the subject) is left alone.
    """
    hit: list[Counted] = sorted(_own(knock), key=lambda one: (one.rule.by, one.key))
    _STRIKE.run(
        {
            "shop_id": knock.shop_id,
            "door": knock.door.number,
            "kinds": [int(one.rule.by) for one in hit],
            "keys": [one.key for one in hit],
            "locks": [step for one in hit for step in one.limit.locks],
            "full": full,
            "known": knock.known_key,
            "now": now,
        }
    )


def _own(knock: Knock) -> list[Counted]:
    """All keys of the asker, also those that this knock was not counted under because the device was known."""
    found = []
    for rule in knock.door.rules:
        if rule.by in knock.keys and rule.by.name != "SUBJECT":
            limit = rule.shared if knock.shared and rule.shared is not None else rule.limit
            found.append(Counted(rule, limit, knock.keys[rule.by]))
    return found
