"""How a knock ended: what is right is taken back, what is wrong is looked at together with the rest."""

from datetime import datetime, timedelta
from math import ceil
from typing import Final

from goodfor.kernel.sql import Statement
from goodfor.risk.doors.keys import beginning_mark, door_key, password_mark, scope_of
from goodfor.risk.doors.outside import outside
from goodfor.risk.doors.types import Answered, By, Counted, Knock
from goodfor.risk.operations.meet_honeypot import honeypot_hash, meet_honeypot
from goodfor.risk.operations.sound_alarm import sound_alarm
from goodfor.risk.operations.strike import strike

_RIGHT = Statement("goodfor.risk", "sql/door_right.sql")
_WRONG = Statement("goodfor.risk", "sql/door_wrong.sql")
_SLOW = Statement("goodfor.risk", "sql/door_slow.sql")
#: Guesses that begin alike are looked for so far back.
ALIKE_SPAN: Final = timedelta(minutes=10)
#: The long window is looked at every so many lines: it is about hundreds.
_EVERY: Final = 16
#: No code of anybody.
_NOBODYS: Final = bytes(16)


def answered(
    knock: Knock, *, good: bool, now: datetime, guess: str = "", sound: bool = False, batch: str = ""
) -> Answered:
    """Tell how an allowed knock ended; once.

    `guess`: what was tried, in its normal form: a code (found among planted ones, compared by how it begins), at
    `sign_in` the password. Of a wrong one a keyed hash of its beginning, or 24 bits, are kept for an hour; of a right
    one nothing. `sound`: a code with valid check characters that nobody has. `batch`: the batch that the code is of.
    Raises ValueError for a knock that was not allowed.
    """
    if not knock.allowed:
        raise ValueError("this knock did not go on")
    scope = scope_of(knock.shop_id, batch) or knock.scope
    if good:
        _right(knock, scope, now)
        return Answered()
    outside()
    mark = _mark(knock, guess)
    code = honeypot_hash(knock.shop_id, guess) if guess and _codes(knock) else _NOBODYS
    breaker = knock.door.breaker
    row = _WRONG.row(
        {
            "shop_id": knock.shop_id,
            "door": knock.door.number,
            "now": now,
            "scope": scope,
            "network": knock.keys.get(By.NETWORK),
            "address": knock.keys.get(By.ADDRESS),
            "device": knock.keys.get(By.DEVICE),
            "subject": knock.keys.get(By.SUBJECT, knock.keys.get(By.BUYER)),
            "mark": mark,
            "guess": door_key(knock.shop_id, "guess", guess) if mark is not None and _codes(knock) else None,
            "sound": sound,
            "since": now - breaker.window,
            "cap": ceil(breaker.most / breaker.share),
            "alike_since": now - ALIKE_SPAN,
            "alike": knock.door.alike,
            "code": code,
        }
    )
    assert row is not None
    line, wrong, right, alike, honeypot = row
    # Passwords are alike for other reasons: stuffing is told by facts, not by this.
    begins_alike = mark is not None and _codes(knock) and alike >= knock.door.alike
    why = _why(knock, wrong, right) or ("alike" if begins_alike else "")
    if not why and line % _EVERY == 0:
        wrong, why = _slowly(knock, scope, now)
    alarm = bool(why) and sound_alarm(
        shop_id=knock.shop_id, door=knock.door, scope=scope, batch=batch, why=why, misses=wrong, now=now
    )
    if honeypot is not None:
        meet_honeypot(knock, honeypot_id=honeypot, now=now)
    elif begins_alike and sound:
        # Codes with check characters do not come alike by accident; coupons of a campaign do.
        strike(knock, full=False, now=now)
    return Answered(honeypot is not None, begins_alike, alarm)


def _right(knock: Knock, scope: int, now: datetime) -> None:
    counted: tuple[Counted, ...] = knock.counted
    _RIGHT.run(
        {
            "shop_id": knock.shop_id,
            "door": knock.door.number,
            "now": now,
            "scope": scope,
            "kinds": [int(one.rule.by) for one in counted],
            "keys": [one.key for one in counted],
            "resets": [one.rule.resets for one in counted],
            "allow": [one.limit.allowance for one in counted],
            "leak": [one.limit.leak for one in counted],
            "trips": [one.trip for one in counted],
            "known": knock.known_key,
        }
    )


def _codes(knock: Knock) -> bool:
    """At doors where nothing of somebody's is tried, codes are."""
    return knock.door.known_by is By.DEVICE


def _mark(knock: Knock, guess: str) -> int | None:
    if not guess:
        return None
    if _codes(knock):
        return beginning_mark(knock.shop_id, knock.door.name, guess)
    return password_mark(knock.shop_id, guess) if knock.door.name == "sign_in" else None


def _why(knock: Knock, wrong: int, right: int) -> str:
    breaker = knock.door.breaker
    if wrong >= breaker.floor and wrong >= breaker.share * (wrong + right):
        return "rate"
    return "many" if wrong >= breaker.most else ""


def _slowly(knock: Knock, scope: int, now: datetime) -> tuple[int, str]:
    breaker = knock.door.breaker
    row = _SLOW.row(
        {
            "shop_id": knock.shop_id,
            "door": knock.door.number,
            "scope": scope,
            "since": now - breaker.slow_window,
            "cap": ceil(breaker.slow_floor / breaker.share),
        }
    )
    assert row is not None
    wrong, right = row
    slow = wrong >= breaker.slow_floor and wrong >= breaker.share * (wrong + right)
    return wrong, "slow" if slow else ""
