"""A supplier with items, a watched price, a proposal and a trial, for the tests of pages."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from goodfor.catalog import queries as catalog
from goodfor.kernel.clock import utc_now
from goodfor.supply.models import Item, Supplier
from goodfor.supply.operations.follow_costs import follow_cost
from goodfor.supply.operations.match_items import confirm_matches
from goodfor.supply.operations.note_items import note_items
from goodfor.supply.operations.set_watch import set_watch
from goodfor.supply.operations.start_trial import start_trial
from goodfor.supply.providers.values import Item as SoldItem
from goodfor.supply.providers.values import Stock
from goodfor.supply.purchase_models import Attempt, Want
from goodfor.supply.queries import moves, offers_now
from goodfor.supply.types import DraftChange, TrialDraft, WatchRule


@dataclass(frozen=True)
class SupplyThings:
    """What the pages show. `loose`: an item that is offered for nothing yet."""

    supplier: UUID
    sku: UUID
    offered: UUID
    loose: UUID
    move: UUID
    trial: UUID


def watched_things(shop_id: UUID, sku_id: UUID) -> SupplyThings:
    """A price whose rule proposes more than it may change by itself."""
    now = utc_now()
    supplier = Supplier.objects.create(
        shop_id=shop_id, code=f"s{uuid4().hex[:6]}", name="云帆供货", protocol="kasushou", currency="CNY", enabled=True,
        hook=uuid4().hex, created_at=now,
    )  # fmt: skip
    name = catalog.sku_labels(shop_id, [sku_id])[0].product_name
    base = SoldItem("1", f"{name} 50元", "card", Decimal("8.125"), "CNY", stock=Stock("exact", 40))
    second = replace(base, id="2", name=f"【秒发】{name} 50元 卡密", cost=Decimal("41.2"))
    note_items(
        supplier=supplier, now=now,
        items=[base, second, replace(base, id="3", name="海浪出行券")],
    )  # fmt: skip
    ids = dict(Item.objects.filter(shop_id=shop_id, supplier_id=supplier.id).values_list("item_id", "id"))
    confirm_matches(shop_id=shop_id, pairs=[(sku_id, ids["1"])], actor="test", now=now)
    rule = WatchRule(margin_points=1_250, margin_minor=50, step_minor=100, ending_minor=90, most_once_points=1_000)
    set_watch(shop_id=shop_id, sku_id=sku_id, rule=rule, actor="test", now=now)
    assert follow_cost(shop_id=shop_id, sku_id=sku_id, now=now) == 1
    (waiting,) = moves(shop_id, state="waiting")
    draft = TrialDraft(suppliers={supplier.id: DraftChange(enabled=False, cost_points=550)})
    trial = start_trial(shop_id=shop_id, draft=draft, actor="test", now=now)
    return SupplyThings(supplier.id, sku_id, ids["1"], ids["2"], waiting.id, trial)


def give_bought(shop_id: UUID, things: SupplyThings) -> None:
    """Last week's purchases, as if they had been made: three that were delivered, one that was not."""
    now = utc_now()
    (offer,) = offers_now(shop_id, things.sku, now)
    for number in range(4):
        at, good = now - timedelta(hours=number + 2), number != 3
        want = Want.objects.create(
            shop_id=shop_id, order_id=uuid4(), line_id=uuid4(), sku_id=things.sku, kind="code", quantity=2,
            price_minor=4850, currency="CNY", channel="storefront", state="open", next_at=None, deadline_at=now,
            created_at=at,
        )  # fmt: skip
        told = {
            "offer": str(offer.offer_id), "supplier": offer.supplier, "cost": "8.125", "rate": "1", "landed": "8.125",
            "priority": 100, "supplier_priority": 100, "weight": 1, "half": False, "success": 0.75, "p95": 1.0,
            "quantity": 2,
        }  # fmt: skip
        Attempt.objects.create(
            shop_id=shop_id, want=want, supplier_id=things.supplier, item_ref=things.offered, number=f"{number:018d}",
            item_id="1", quantity=2, max_cost=Decimal(20), currency="CNY", state="delivered" if good else "failed",
            got=2 if good else 0, charged=Decimal("16.25") if good else None, sent_at=at, ended_at=at,
            trace={"chosen": str(offer.offer_id), "order": [told], "why_not": {}, "out": {}, "loss_minor": 0},
        )  # fmt: skip
