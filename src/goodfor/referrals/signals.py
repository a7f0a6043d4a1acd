"""What is known of an inviter and a friend, from this room's rows, from risk control, and from the order."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.referrals import marks
from goodfor.referrals.scoring import Facts
from goodfor.risk import link_queries
from goodfor.risk import queries as risk
from goodfor.risk.keys import key_of
from goodfor.risk.link_kinds import LinkKind
from goodfor.risk.types import KeyKind, Outcome

_TREE: Final = Statement(__package__, "sql/tree.sql")
_FRIENDS: Final = Statement(__package__, "sql/friends.sql")
_DAY: Final = timedelta(days=1)
#: Kinds of risk control's links by the names of `scoring.WEIGHTS`.
_NAMES: Final = {
    LinkKind.DEVICE: "device", LinkKind.INSTRUMENT: "instrument", LinkKind.PHONE: "phone", LinkKind.MAIL: "mail",
    LinkKind.NETWORK: "network", LinkKind.FINGERPRINT: "fingerprint",
}  # fmt: skip
_STOPPED: Final = frozenset({Outcome.HOLD, Outcome.REVIEW, Outcome.DENY})


def facts_of(shop_id: UUID, *, inviter: UUID, friend: UUID, order_id: UUID, returned: bool, now: datetime) -> Facts:
    """Of one inviter and one friend who placed an order."""
    row = _TREE.row({
        "shop_id": shop_id, "inviter": inviter, "friend": friend, "since": now - _DAY, "strong": list(marks.STRONG),
    })  # fmt: skip
    assert row is not None
    friends, day, alike, earned, refunded, cycle = row
    mine, theirs = risk_key(shop_id, inviter), risk_key(shop_id, friend)
    linked = link_queries.shared_kinds(shop_id, mine, theirs)
    groups = link_queries.clusters_of(shop_id, (mine, theirs, *_keys_of_friends(shop_id, inviter)))
    own, other = groups.get(mine), groups.get(theirs)
    crowds = Counter(group.id for key, group in groups.items() if key not in (mine,))
    decisions = risk.decisions_of(shop_id, "order", order_id, limit=10)
    return Facts(
        own=inviter == friend,
        cluster=own is not None and other is not None and own.id == other.id,
        shared=marks.shared(shop_id, inviter, friend) | {_NAMES[kind] for kind in linked if kind in _NAMES},
        cycle=cycle and inviter != friend,
        friends=friends,
        friends_day=day,
        crowd=max(crowds.values(), default=0),
        alike=alike,
        earned=earned,
        refunded=refunded,
        stopped=any(one.outcome in _STOPPED for one in decisions),
        returned=returned,
    )


def risk_key(shop_id: UUID, buyer_id: UUID) -> int:
    """How risk control counts a buyer."""
    key = key_of(shop_id, KeyKind.BUYER, f"buyer:{buyer_id.hex}")
    assert key is not None, "an account has a name"
    return key


def _keys_of_friends(shop_id: UUID, inviter: UUID) -> list[int]:
    rows = _FRIENDS.rows({"shop_id": shop_id, "inviter": inviter})
    return [risk_key(shop_id, row[0]) for row in rows]
