"""News of rewards for invitations, told to whom they are for: wiring, as in `messages.py`."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from goodfor.config.telling import tell_account
from goodfor.kernel import events
from goodfor.kernel.events import StoredEvent
from goodfor.kernel.money import Money
from goodfor.notify import queries as notify
from goodfor.promotions import queries as promotions
from goodfor.referrals import queries as referrals
from goodfor.referrals.events import RewardFrozen, RewardPaid, RewardTakenBack
from goodfor.referrals.states import COUPON, PAID, PAYABLE

#: Where a buyer sees all of it, as stored messages link to it.
MINE: Final = "/me/invite"


def listen() -> None:
    """Called once by the wiring."""
    for event, handler in (
        (RewardFrozen, on_reward_frozen), (RewardPaid, on_reward_paid), (RewardTakenBack, on_reward_taken_back),
    ):  # fmt: skip
        events.register(event, handler, name=f"referral_messages.{handler.__name__}", concern=_concern)


def _concern(event: StoredEvent) -> bool:
    """A shop without channels tells nobody."""
    return notify.speaks(event.shop_id)


def on_reward_frozen(event: StoredEvent) -> None:
    """It is theirs once the freeze is over."""
    until = datetime.fromisoformat(event.payload["frozen_until"])
    _tell(event, "reward_frozen", "frozen", _reward(event, until=until))


def on_reward_paid(event: StoredEvent) -> None:
    """Once for an order, however many of its lines earned something: they are paid one after the other."""
    told, reward = event.payload, _reward(event)
    if told["kind"] == COUPON:
        reward["coupon"] = promotions.coupon_name(event.shop_id, UUID(told["coupon_id"])) or "…"
    else:
        rows = referrals.rewards_of_order(event.shop_id, UUID(told["order_id"]))
        mine = [one for one in rows if str(one.beneficiary) == told["beneficiary"] and one.state in (PAYABLE, PAID)]
        minor = sum(one.kept.amount_minor for one in mine)
        reward["amount"] = Money(max(minor, told["amount_minor"]), told["currency"])
    _tell(event, "reward_paid", "paid", reward)


def on_reward_taken_back(event: StoredEvent) -> None:
    """An order can go back piece by piece: each is news."""
    _tell(event, "reward_taken_back", f"back:{event.id}", _reward(event))


def _reward(event: StoredEvent, **more: Any) -> dict[str, Any]:
    told = event.payload
    coupon, owed = told["kind"] == COUPON, told.get("owed_minor", 0)
    return {
        "amount": "" if coupon else Money(told["amount_minor"], told["currency"]),
        "owed": Money(owed, told["currency"]) if owed else "",
        "coupon": "1" if coupon else "",
        "until": "",
        "url": MINE,
        **more,
    }


def _tell(event: StoredEvent, scene: str, what: str, reward: dict[str, Any]) -> None:
    told = event.payload
    subject = f"reward:{told['order_id']}:{told['beneficiary']}:{what}"
    tell_account(event, scene, UUID(told["beneficiary"]), subject, {"reward": reward})
