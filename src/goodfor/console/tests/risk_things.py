"""Acts that were judged, and whose they were, for the pages of risk control."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.console.tests.conftest import CONTACT, Shop
from goodfor.console.tests.helpers import sql
from goodfor.kernel.clock import utc_now
from goodfor.risk import evaluate, rule_cache, wiring
from goodfor.risk.keys import keys_of
from goodfor.risk.operations.assess import assess
from goodfor.risk.operations.install_starter import install_starter
from goodfor.risk.pieces import Pieces
from goodfor.risk.tests.saying import saying
from goodfor.risk.types import SCENE_NUMBERS, Act, Decision, KeyKind, Outcome, Scene

#: In the place where nobody is.
IP = "203.0.113.77"
PHONE = "13912345678"


def act_of(shop: Shop, scene: Scene = Scene.ORDER, at: datetime | None = None, **given: Any) -> Act:
    """An act of the guest who left a contact, about the order that is not paid."""
    return Act(**{
        "shop_id": shop.id, "scene": scene, "at": at or utc_now(), "buyer": "guest:ming-0042", "device": "device-0042",
        "ip": IP, "phone": PHONE, "mail": CONTACT, "subject": ("order", shop.placed.order_id), "amount_minor": 4850,
        "currency": "CNY", **given,
    })  # fmt: skip


@contextmanager
def starter_rules(shop_id: UUID) -> Iterator[None]:
    """The rules that shops begin with, and nothing else."""
    rule_cache.forget()
    install_starter(shop_id=shop_id, actor="system", now=utc_now())
    with wiring.replaced(Pieces(rules=evaluate)):
        yield


def judged(shop: Shop, outcome: Outcome | None = None, scene: Scene = Scene.ORDER, **given: Any) -> Decision:
    """An act that ends so, without the shop's own rules."""
    with saying(says={scene: outcome} if outcome else {}):
        return assess(act_of(shop, scene, **given))


def came_in(shop: Shop) -> set[UUID]:
    """Coming in is judged, too: the decisions that it has left."""
    rows = sql("SELECT id FROM risk_decision WHERE shop_id = %s AND scene = %s",
               [shop.id, SCENE_NUMBERS[Scene.SIGN_IN]])  # fmt: skip
    return {decision_id for (decision_id,) in rows}


def risk_things(shop: Shop) -> dict[str, Any]:
    """A decision, and the address of whoever acted."""
    made = judged(shop, Outcome.HOLD)
    return {
        "decision_id": made.id, "entity_kind": str(KeyKind.ADDRESS),
        "entity_key": keys_of(act_of(shop))[KeyKind.ADDRESS],
    }  # fmt: skip
