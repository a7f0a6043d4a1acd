"""A knock at a door: counted and committed first, then answered."""

from collections.abc import Mapping
from datetime import datetime
from math import ceil
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.risk.doors.keys import asker, scope_of
from goodfor.risk.doors.outside import outside
from goodfor.risk.doors.table import DOORS
from goodfor.risk.doors.types import By, Counted, Knock, Limit, Rule, Who
from goodfor.risk.types import KeyKind

_KNOCK = Statement("goodfor.risk", "sql/door_knock.sql")


def knock(
    *, shop_id: UUID, door: str, keys: Mapping[KeyKind, str], subject: str = "", now: datetime, paid: int = 0,
    shared: bool | None = None,
) -> Knock:  # fmt: skip
    """Whether this attempt may go on; if so it was counted under each of its keys, and that is committed.

    `keys` are plain texts: the address, the device of the signed cookie, the buyer, the batch where the caller knows
    that there is such a batch; the network follows from the address. `subject`: what is tried (an account, a telephone
    number, an order's number), the same whether or not there is such a one. `paid`: the cost of a challenge that was
    verified for this very attempt. `shared`: whether thousands share the address, where the caller knows better.

    Of parallel knocks never more than an allowance go on. Call it outside of a transaction, which could undo it
    (RuntimeError). Raises KeyError for a door that there is not.
    """
    chosen = DOORS[door]
    outside()
    found, is_shared = asker(shop_id, keys, subject)
    crowd = is_shared if shared is None else shared
    counted = sorted(_counted(chosen.rules, found, crowd), key=lambda one: (one.rule.by, one.key))
    scope = scope_of(shop_id, keys.get(KeyKind.BATCH, ""))
    known_key = found.get(chosen.known_by)
    row = _KNOCK.row(
        {
            "shop_id": shop_id,
            "door": chosen.number,
            "kinds": [int(one.rule.by) for one in counted],
            "keys": [one.key for one in counted],
            "who": [int(one.rule.who) for one in counted],
            "allow": [one.limit.allowance for one in counted],
            "leak": [one.limit.leak for one in counted],
            "forget": [one.rule.forget for one in counted],
            "locks": [step for one in counted for step in one.limit.locks],
            "asks": [one.limit.asks for one in counted],
            "known": known_key,
            "scopes": [0, scope] if scope else [0],
            "paid": paid,
            "now": now,
        }
    )
    assert row is not None
    allowed, wait, cost, known, trips = row
    return Knock(
        shop_id=shop_id, door=chosen, allowed=allowed, wait_seconds=ceil(wait), challenge_cost=cost, known=known,
        counted=_kept(counted, trips, Who.KNOWN if known else Who.STRANGERS) if allowed else (),
        keys=found, known_key=known_key, scope=scope, shared=crowd,
    )  # fmt: skip


def _counted(rules: tuple[Rule, ...], found: Mapping[By, int], shared: bool) -> list[Counted]:
    """The keys that the door counts by; an asker without a single one is one with all who show nothing."""
    counted = [Counted(rule, _limit(rule, shared), found[rule.by]) for rule in rules if rule.by in found]
    if not any(one.rule.who & Who.STRANGERS for one in counted):
        counted += [Counted(rule, rule.limit, 0) for rule in rules if rule.by is By.ADDRESS]
    return counted


def _limit(rule: Rule, shared: bool) -> Limit:
    return rule.shared if shared and rule.shared is not None else rule.limit


def _kept(counted: list[Counted], trips: list[datetime | None], mine: Who) -> tuple[Counted, ...]:
    return tuple(
        Counted(one.rule, one.limit, one.key, trip)
        for one, trip in zip(counted, trips, strict=True)
        if one.rule.who & mine
    )
