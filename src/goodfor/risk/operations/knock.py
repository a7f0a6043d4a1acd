"""A knock at a door: counted and committed first, then answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from math import ceil
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.risk.doors.keys import asker, scope_of
from goodfor.risk.doors.outside import outside
from goodfor.risk.doors.table import DOORS
from goodfor.risk.doors.types import By, Counted, Knock, Limit, Rule, Who
from goodfor.risk.types import KeyKind

_KNOCK = Statement("goodfor.risk", "sql/door_knock.sql")
_SHUT = Statement("goodfor.risk", "sql/door_shut.sql")


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
    shape = _shape(door, frozenset(found), crowd)
    scope = scope_of(shop_id, keys.get(KeyKind.BATCH, ""))
    known_key = found.get(chosen.known_by)
    # An asker without a single key that the door counts strangers by is one with all who show nothing.
    numbers = [found.get(rule.by, 0) for rule in shape.rules]
    row = _KNOCK.row(
        {
            **shape.params,
            "shop_id": shop_id,
            "keys": _array(numbers),
            "known": known_key,
            "scope": scope,
            "paid": paid,
            "now": now,
        }
    )
    assert row is not None
    allowed, wait, cost, known, trips = row
    counted: tuple[Counted, ...] = ()
    if allowed:
        mine = Who.KNOWN if known else Who.STRANGERS
        counted = tuple(
            Counted(rule, limit, key, trip)
            for rule, limit, key, trip in zip(shape.rules, shape.limits, numbers, trips, strict=True)
            if rule.who & mine
        )
    return Knock(
        shop_id=shop_id, door=chosen, allowed=allowed, wait_seconds=ceil(wait), challenge_cost=cost, known=known,
        counted=counted, keys=found, shown=keys, known_key=known_key, scope=scope, shared=crowd,
    )  # fmt: skip


def shut_for(
    *, shop_id: UUID, door: str, keys: Mapping[KeyKind, str], subject: str = "", now: datetime
) -> int:  # fmt: skip
    """Seconds for which a knock would be refused now; 0 where it may go on, or may after a challenge.

    Writes nothing: whoever is locked out anyway leaves no row behind with each try. Raises KeyError.
    """
    found, crowd = asker(shop_id, keys, subject)
    shape = _shape(door, frozenset(found), crowd)
    told = {name: shape.params[name] for name in ("door", "kinds", "who", "asks")}
    row = _SHUT.row({
        **told, "shop_id": shop_id, "keys": _array(found.get(rule.by, 0) for rule in shape.rules),
        "known": found.get(DOORS[door].known_by), "now": now,
    })  # fmt: skip
    return ceil(row[0]) if row else 0


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the statement is told of rules: the same for all askers who show the same kinds of keys."""

    rules: tuple[Rule, ...]
    limits: tuple[Limit, ...]
    params: Mapping[str, object]


@cache
def _shape(door: str, shown: frozenset[By], shared: bool) -> _Shape:
    """Rules in the order in which rows are locked; arrays as the text that the database reads."""
    every = DOORS[door].rules
    rules = [rule for rule in every if rule.by in shown]
    if not any(rule.who & Who.STRANGERS for rule in rules):
        rules += [rule for rule in every if rule.by is By.ADDRESS]
    rules.sort(key=lambda rule: rule.by)
    limits = [rule.shared if shared and rule.shared is not None else rule.limit for rule in rules]
    params = {
        "door": DOORS[door].number,
        "kinds": _array(int(rule.by) for rule in rules),
        "who": _array(int(rule.who) for rule in rules),
        "allow": _array(limit.allowance for limit in limits),
        "leak": _array(limit.leak for limit in limits),
        "forget": _array(rule.forget for rule in rules),
        "locks": _array(step for limit in limits for step in limit.locks),
        "asks": _array(limit.asks for limit in limits),
    }
    return _Shape(tuple(rules), tuple(limits), params)


def _array(values: Iterable[object]) -> str:
    return "{" + ",".join(map(str, values)) + "}"
