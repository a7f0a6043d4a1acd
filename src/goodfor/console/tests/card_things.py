"""Cards of a shop, for the tests of the console."""

from typing import Any

from goodfor.cards import queries as cards
from goodfor.cards import states
from goodfor.cards.operations.make_batch import make_batch, write_cards
from goodfor.cards.operations.set_program import make_program
from goodfor.cards.operations.walk import activate_cards
from goodfor.cards.types import BatchView, BatchWish, ProgramWish, Skin
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now


def batch_of(shop: Shop, size: int = 3, *, active: bool = False) -> BatchView:
    """Cards for one product, written, and good where that is asked."""
    actor, now = person(shop.id, Role.OPERATOR).staff.actor, utc_now()
    skin = Skin("甲品牌", "#ffffff", "#1f4d3a")
    wish = ProgramWish("礼品卡", states.PRODUCT, skin, (shop.demo.skus["kw-50"],))
    program = make_program(shop_id=shop.id, wish=wish, actor=actor, now=now)
    made = make_batch(
        shop_id=shop.id, wish=BatchWish(program.id, "第一批", size, 4000, states.ON_SALE, valid_days=90), actor=actor,
        now=now,
    )  # fmt: skip
    while write_cards(now=now):
        pass
    if active:
        activate_cards(shop_id=shop.id, batch_id=made.id, actor=actor, now=now)
    return cards.batch(shop.id, made.id)


def card_things(shop: Shop) -> dict[str, Any]:
    """By the names that addresses give to ids."""
    batch = batch_of(shop)
    return {"card_program_id": batch.program_id, "card_batch_id": batch.id}
