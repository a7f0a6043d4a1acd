"""What a person of the staff may give by hand in a day: bound by what it buys."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from goodfor.cli import world
from goodfor.identity.models import Shop
from goodfor.kernel.clock import utc_now
from goodfor.loyalty.errors import GivenEnough
from goodfor.loyalty.operations.adjust_units import adjust_units
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.operations.take_back_units import take_back_units
from goodfor.loyalty.types import CASHBACK, GROWTH, Holder, Source, Terms

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_days_line_holds_for_what_the_units_buy(transactional_db: None) -> None:
    """Also where the books owe nothing for them, and where they meet a debt; what was taken makes no room for more."""
    now = utc_now().replace(hour=4)
    shop_id: UUID = world.make_shop(now).shop_id
    shop = Shop.objects.get(id=shop_id)
    shop.settings = {**shop.settings, "refund_daily_limit_minor": 1_000}
    shop.save()
    set_terms(
        shop_id=shop_id, terms=Terms(on=True, value_centi=200, redeem_bp=0, debt=True), actor="staff:1",
        now=now - timedelta(days=1),
    )  # fmt: skip
    owes = Holder(uuid4())
    give_units(shop_id=shop_id, holder=owes, units=1, source=Source("test", "a"), currency="CNY", now=now)
    take_back_units(
        shop_id=shop_id, holder=owes, units=301, source=Source("test", "b"), currency="CNY", debt=True, now=now
    )

    def gives(units: int, holder: Holder = owes, actor: str = "staff:1", days: int = 0) -> None:
        adjust_units(
            shop_id=shop_id, holder=holder, units=units, request=str(uuid4()), reason="x", actor=actor, currency="CNY",
            now=now + timedelta(days=days),
        )  # fmt: skip

    gives(300)
    gives(150, Holder(uuid4()))
    gives(10**6, Holder(uuid4(), GROWTH))
    gives(50, Holder(owes.owner, CASHBACK))
    for units in (26, 1_000):
        with pytest.raises(GivenEnough):
            gives(units)
    gives(25)
    gives(-25)
    with pytest.raises(GivenEnough):
        gives(1)
    gives(1, actor="staff:2")
    gives(500, days=1)
