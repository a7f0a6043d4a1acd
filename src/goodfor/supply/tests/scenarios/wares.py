"""What there is to buy: catalogues that shrink while they are read, items that go away."""

from datetime import timedelta
from decimal import Decimal

from goodfor.kernel.clock import utc_now
from goodfor.supply.models import Item
from goodfor.supply.operations.connect_supplier import Contract
from goodfor.supply.operations.set_offers import Terms, set_offer
from goodfor.supply.operations.sync import read_hinted, sweep
from goodfor.supply.tests.market import ITEM
from goodfor.supply.tests.scenarios.failures import from_the_next
from goodfor.supply.tests.scenarios.matrix import scenario
from goodfor.supply.tests.scenarios.stall import SURPRISE_MINOR, Stall

_MANY = 130
_GONE = frozenset({"paused", "banned", "deleted", "stock"})


@scenario(23)
def shrinking(stall: Stall) -> None:
    """Items move up while pages are read, so that some are not seen: what is sold on by us stays on sale."""
    market = stall.market
    site = market.supplier(
        "cora", protocol=stall.protocol, cost=Decimal("4.20"), paid=None, config=stall.kit.config,
        item={"face": "4.20", **stall.kit.item},
        contract=Contract(cycle="monthly", rate=stall.kit.rate, surprise_minor=SURPRISE_MINOR),
    )  # fmt: skip
    site.seed(_MANY, first=2001, cost="4.20", face="4.20", **stall.kit.item)
    place = {"shop_id": market.shop, "supplier_id": market.ids["cora"]}
    known = Item.objects.filter(**place)
    assert sweep(**place, now=utc_now()) >= _MANY
    assert known.exclude(state="deleted").count() == _MANY + 1
    site.fault("shrinking", times=None)
    sweep(**place, now=utc_now())
    missed = known.filter(state="deleted").first()
    if missed is None:
        # All in one list: nothing can move.
        assert known.exclude(state="deleted").count() == _MANY + 1
        return
    market.sandbox.reset_faults()
    sweep(**place, now=utc_now())
    assert known.exclude(state="deleted").count() == _MANY + 1
    set_offer(shop_id=market.shop, sku_id=market.sku, item=missed.id, terms=Terms(), actor="test", now=utc_now())
    site.fault("shrinking", times=None)
    sweep(**place, now=utc_now())
    assert read_hinted(now=utc_now() + timedelta(seconds=1)) == 1
    assert known.get(id=missed.id).state == "on"


@scenario(24, "refused", "asked")
def gone(stall: Stall) -> None:
    """Off sale, and we do not know it yet: bought elsewhere. Once we know, nobody is asked in vain."""
    market, asked = stall.market, stall.end("refused") == "asked"
    stall.a.change(ITEM, state="banned")
    from_the_next(stall, stall.buy(), asked=asked)
    stall.sweep("anna")
    # The breaker of the item is open no more: what keeps it out is what we know of it.
    market.to(1600 if asked else 700)
    line = stall.buy()
    stall.supplied(line, "delivered")
    assert stall.counts() == (0, 2)
    assert set(stall.attempt(line).trace["why_not"].values()) & _GONE
    _told(stall)


def _told(stall: Stall) -> None:
    """Who tells of items is heard: the item is read again, and gone."""
    item = stall.a.change(ITEM, state="deleted", tell=True)
    vendor = stall.market.sandbox.house.vendors[stall.protocol]
    tells = bool(vendor.item_push(item, stall.a.site, 0))
    assert stall.told(stall.a)[-1:] == ([stall.kit.ack] if tells else [])
    assert read_hinted(now=stall.market.at + timedelta(seconds=1)) == int(tells)
    if tells:
        assert stall.market.item("anna").state == "deleted"
