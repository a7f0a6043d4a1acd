"""Orders of the past, a campaign tried on them, and the same orders placed again under it, to show that both agree.

A case: random orders of some buyers at list prices; a revision, and others beside it; what the simulation says; then
all of them live, and the same orders by other buyers of the same kind, placed and paid for at the same times.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from goodfor.catalog import queries as catalog
from goodfor.catalog.operations import create_sku
from goodfor.cli import world
from goodfor.identity import queries as identity
from goodfor.identity.buyer_models import Buyer as Account
from goodfor.identity.tests.factories import make_staff
from goodfor.kernel.money import Money
from goodfor.orders import queries
from goodfor.orders.operations import place_order
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import Till, begin, open_till, pay, sql
from goodfor.orders.types import Buyer, LineRequest, PlacedOrder
from goodfor.promotions import bundle_queries as bundles
from goodfor.promotions import queries as promotions
from goodfor.promotions.givings import given_of
from goodfor.promotions.operations.make_campaign import make_campaign
from goodfor.promotions.operations.make_coupons import make_coupons, write_codes
from goodfor.promotions.operations.move_bundle import put_on_sale
from goodfor.promotions.operations.steer_campaign import end_campaign
from goodfor.promotions.operations.submit_campaign import submit_campaign
from goodfor.promotions.operations.tend_campaigns import stop_cut_off, tend_campaigns
from goodfor.promotions.operations.write_bundle import create_bundle
from goodfor.promotions.simulating import simulate
from goodfor.promotions.tests.replayed_specs import Goods, some_spec
from goodfor.promotions.types import (
    BY_COUPON,
    FIXED,
    BatchWish,
    BundlePart,
    BundlePrice,
    BundleSpec,
    BundleView,
    Live,
    Made,
    Priced,
    Replay,
    Simulated,
    Spec,
)
from goodfor.vault import queries as vault

#: Price and cost a piece; the last is what is given on top.
GOODS = ((4850, 800), (999, 900), (3333, 3000), (12_000, 11_000), (1500, 700))
BUYERS = 5
MOST_CODES = 20_000


@dataclass(frozen=True)
class Wanted:
    """One order: when, by whom, of what; `delay`: how long until it is paid for."""

    at: datetime
    delay: timedelta
    buyer: int
    lines: tuple[LineRequest, ...]

    @property
    def paid_at(self) -> datetime:
        return self.at + self.delay


@dataclass
class Stage:
    """The demo shop with goods of its own, a bundle, a till and one person who sets campaigns."""

    shop_id: UUID
    goods: Goods
    bundle: BundleView
    till: Till
    actor: str
    now: datetime
    stocked: Counter[UUID] = field(default_factory=Counter)

    def stock(self, sku_id: UUID, pieces: int) -> None:
        if pieces > 0:
            world.load_codes(
                self.shop_id, sku_id, world.random_codes(pieces), self.now, cost_minor=self.goods.costs[sku_id]
            )


def stage(shop: Shop, now: datetime) -> Stage:
    shop_id = shop.demo.shop_id
    products = [row[0] for row in sql("SELECT id FROM catalog_product WHERE shop_id = %s ORDER BY id", [shop_id])]
    skus = [
        create_sku(shop_id=shop_id, product_id=products[n % len(products)], code=f"r-{n}", name=f"第 {n} 种",
                   face_value_label="x", price=Money(price, "CNY"), actor="test", now=now)
        for n, (price, _cost) in enumerate(GOODS)
    ]  # fmt: skip
    spec = BundleSpec("宅家", FIXED, (BundlePart(skus[0], weight=60), BundlePart(skus[2], pieces=2, weight=40)),
                      BundlePrice(None, 800), most_sets=9)  # fmt: skip
    bundle_id = create_bundle(shop_id=shop_id, slug="replayed", spec=spec, actor="staff:1", now=now)
    put_on_sale(shop_id=shop_id, bundle_id=bundle_id, seen=1, actor="staff:1", now=now)
    known = {sku.id: (one.id, one.category.id) for one in catalog.all_products(shop_id) for sku in one.skus}
    goods = Goods(
        tuple(skus[:-1]), skus[-1], bundle_id, {sku: known[sku] for sku in skus},
        {sku: price for sku, (price, _cost) in zip(skus, GOODS, strict=True)},
        {sku: cost for sku, (_price, cost) in zip(skus, GOODS, strict=True)},
    )  # fmt: skip
    staff = make_staff(identity.shop_by_id(shop_id), now)
    return Stage(shop_id, goods, bundles.bundle(shop_id, bundle_id), open_till(shop_id, now), staff.actor, now)


def orders_of(luck: random.Random, goods: Goods, start: datetime, count: int) -> list[Wanted]:
    """Random orders, oldest first; none at one and the same moment."""
    at, found = start, []
    for _ in range(count):
        at += timedelta(minutes=luck.choice([2, 9, 40, 300, 1200]), microseconds=luck.randrange(1, 900_000))
        lines = {sku: luck.randint(1, 4) for sku in luck.sample(goods.skus, luck.choice([1, 1, 2, 3]))}
        if luck.random() < 0.1:
            lines[goods.gift] = luck.randint(1, 2)
        made = [LineRequest(sku, many) for sku, many in lines.items()]
        if luck.random() < 0.25:
            sets = luck.choice([1, 2])
            made = [LineRequest(sku, many * sets, bundle=goods.bundle) for sku, many in goods.parts]
            if luck.random() < 0.5:
                made.append(LineRequest(goods.skus[1], luck.randint(1, 3)))
        delay = timedelta(minutes=luck.choice([0, 0, 0, 1, 12]))
        found.append(Wanted(at, delay, luck.randrange(BUYERS), tuple(made)))
    return found


def buyers_of(stage: Stage, case: str, start: datetime) -> list[Buyer]:
    """Two with accounts, two with one contact, and one who leaves nothing."""
    found = []
    for n in range(BUYERS):
        ref, contact = f"guest:{case}-{n}", ""
        if n < 2:
            since = start - timedelta(days=3 if n else 0, hours=5)
            ref = f"buyer:{Account.objects.create(id=uuid4(), shop_id=stage.shop_id, created_at=since).id}"
        elif n < 4:
            contact = f"{case}@example.com"
        found.append(Buyer(ref, contact=contact, ip=f"10.0.{n // 2}.1", device=f"d-{case}-{n}"))
    return found


def sell(
    stage: Stage, wanted: Sequence[Wanted], buyers: Sequence[Buyer], coupons: Sequence[UUID] = (), *, tended: bool
) -> list[PlacedOrder]:  # fmt: skip
    """Place and pay for them, each at its time; `tended`: with the duties by which campaigns stop, at each step."""
    steps = sorted([(one.at, True, n) for n, one in enumerate(wanted)]
                   + [(one.paid_at, False, n) for n, one in enumerate(wanted) if one.delay])  # fmt: skip
    placed: list[PlacedOrder] = []

    def paid(n: int) -> None:
        pay(begin(stage.till, placed[n].order_id, wanted[n].paid_at), wanted[n].paid_at)

    def tend(now: datetime) -> None:
        if tended:
            tend_campaigns(now=now)
            stop_cut_off(now=now)

    for at, placing, n in steps:
        if placing:
            tend(at)
            # What is sold of the gift is brought again, so that it does not lower what can be given.
            stage.stock(stage.goods.gift, sum(x.quantity for x in wanted[n].lines if x.sku_id == stage.goods.gift))
            made = place_order(
                shop_id=stage.shop_id, lines=list(wanted[n].lines), buyer=buyers[wanted[n].buyer],
                channel="storefront", coupons=coupons[n : n + 1], now=at,
            )  # fmt: skip
            placed.append(made)
            if wanted[n].delay:
                continue
        paid(n)
        tend(at)
    return placed


@dataclass(frozen=True)
class Case:
    """What was simulated, and what then happened."""

    found: Simulated
    told: list[tuple[Replay, Priced]]
    placed: list[PlacedOrder]
    history: list[PlacedOrder]
    made: Made
    others: list[Made]
    spec: Spec


def play(stage: Stage, kind: str, seed: int, number: int, count: int, others: int | None = None) -> Case:
    """One case; its orders lie in days of their own."""
    luck, start = random.Random(f"{seed} {kind}"), stage.now + timedelta(days=1 + 40 * number)
    end, goods = start + timedelta(days=38), stage.goods
    wanted = orders_of(luck, goods, start, count)
    for sku in goods.skus:
        free = vault.stock(stage.shop_id, [sku])
        left = free[sku].available if sku in free else 0
        if left < 10 * count:
            stage.stock(sku, 40 * count)
    free = vault.stock(stage.shop_id, [goods.gift])
    stage.stock(goods.gift, luck.choice([2, 5, 9]) - (free[goods.gift].available if goods.gift in free else 0))
    history = sell(stage, wanted, buyers_of(stage, f"h{number}-{seed}", start), tended=False)

    before = start - timedelta(hours=1)
    beside = [some_spec(luck, "", goods, start, end) for _ in range(luck.randint(0, 3) if others is None else others)]
    spec = some_spec(luck, kind, goods, start, end)
    rest = [_live(stage, one, before) for one in beside]
    made = make_campaign(shop_id=stage.shop_id, name="试算", spec=spec, actor=stage.actor, now=before)
    told: list[tuple[Replay, Priced]] = []
    found = _simulated(stage, Live(made.campaign_id, made.revision_id, "试算", spec), start, end, told)

    _submit(stage, made, before)
    tend_campaigns(now=before)
    coupons = _coupons(stage, made, count, before) if spec.trigger == BY_COUPON else []
    placed = sell(stage, wanted, buyers_of(stage, f"l{number}-{seed}", start), coupons, tended=True)
    return Case(found, told, placed, history, made, rest, spec)


def _simulated(stage: Stage, live: Live, start: datetime, end: datetime, told: list[Any]) -> Simulated:
    """As the console does it."""
    shop_id, now = stage.shop_id, start
    costs = {sku: cost for sku, (cost, _of) in vault.top_costs(shop_id, list(stage.goods.where)).items()}
    replays = queries.replays(shop_id, start, end, "CNY", goods=stage.goods.where, costs=costs)
    others = promotions.live_campaigns(shop_id)
    return simulate(
        live, replays, others=others, zone=promotions.zone_of(shop_id),
        gifts=queries.gifts_now(shop_id, [live, *others], "CNY", now), watch=lambda *one: told.append(one),
    )  # fmt: skip


def _live(stage: Stage, spec: Spec, now: datetime) -> Made:
    made = make_campaign(shop_id=stage.shop_id, name="旁边", spec=spec, actor=stage.actor, now=now)
    _submit(stage, made, now)
    return made


def _submit(stage: Stage, made: Made, now: datetime) -> None:
    submit_campaign(shop_id=stage.shop_id, campaign_id=made.campaign_id, number=made.number, actor=stage.actor, now=now)


def _coupons(stage: Stage, made: Made, count: int, now: datetime) -> list[UUID]:
    """A code for each order."""
    batch = make_coupons(
        shop_id=stage.shop_id, wish=BatchWish(made.campaign_id, "unique", "一码", wanted=count), actor=stage.actor,
        now=now,
    )  # fmt: skip
    while write_codes(now=now):
        pass
    return [row[0] for row in sql("SELECT id FROM promotions_coupon WHERE batch_id = %s ORDER BY id", [batch.id])]


def close(stage: Stage, case: Case, now: datetime) -> None:
    """End all that is still live of a case."""
    for made in (case.made, *case.others):
        if promotions.campaign(stage.shop_id, made.campaign_id).state not in ("ended", "archived"):
            end_campaign(shop_id=stage.shop_id, campaign_id=made.campaign_id, actor=stage.actor, now=now)


def differences(stage: Stage, case: Case) -> list[str]:
    """In what the simulation and what then happened are not the same; per order, and in all."""
    wrong = [] if [one.number for one, _ in case.told] == [one.number for one in case.history] else ["other orders"]
    held: dict[UUID, dict[UUID, tuple[int, int]]] = {one.order_id: {} for one in case.placed}
    for order_id, campaign_id, minor, loss in sql(
        "SELECT order_id, campaign_id, minor, loss_minor FROM promotions_held WHERE order_id = ANY(%s)"
        " AND state <> 'released'", [list(held)],
    ):  # fmt: skip
        held[order_id][campaign_id] = (minor, loss)
    for n, ((replay, priced), placed) in enumerate(zip(case.told, case.placed, strict=True)):
        said = _said(replay, priced)
        done = _done(stage, placed, held[placed.order_id])
        wrong += [f"order {n}: {name}: {said[name]} then {done[name]}" for name in said if said[name] != done[name]]
    return wrong + _in_all(stage, case, held)


def _said(replay: Replay, priced: Priced) -> dict[str, Any]:
    return {
        "total": priced.total,
        "lines": list(priced.nets),
        "gifts": sorted((one.sku_id, one.pieces) for one in priced.gifts),
        "given": {one.campaign_id: (one.minor, one.loss) for one in given_of(replay.cart, priced)},
        "trace": sorted((str(one.campaign_id), one.outcome, one.wanted, one.given) for one in priced.trace),
    }


def _done(stage: Stage, placed: PlacedOrder, held: dict[UUID, tuple[int, int]]) -> dict[str, Any]:
    trace = queries.trace_of_order(stage.shop_id, placed.order_id)
    return {
        "total": placed.total.amount_minor,
        "lines": [line.net.amount_minor for line in placed.lines if not line.gift],
        "gifts": sorted((line.sku_id, line.quantity) for line in placed.lines if line.gift),
        "given": held,
        "trace": sorted((str(one.campaign_id), one.outcome, one.wanted, one.given) for one in trace),
    }


def _in_all(stage: Stage, case: Case, held: dict[UUID, dict[UUID, tuple[int, int]]]) -> list[str]:
    mine, found = case.made.campaign_id, case.found
    figures = promotions.figures(stage.shop_id, [mine])[mine]
    touched = [order for order, by in held.items() if mine in by]
    beside = {
        one.campaign_id: (
            sum(one.campaign_id in held[order] for order in touched),
            sum(held[order][one.campaign_id][0] for order in touched if one.campaign_id in held[order]),
        )
        for one in case.others
    }
    pairs: dict[str, tuple[object, object]] = {
        "touched": (found.touched, figures.orders),
        "given": (found.given, figures.given_minor),
        "loss": (found.loss, figures.loss_minor),
        "beside": (dict(found.beside), {one: told for one, told in beside.items() if told[0]}),
        "stopped": (found.stopped, promotions.campaign(stage.shop_id, mine).paused_why),
        "nets": (found.nets, sum(one.total.amount_minor for one in case.placed if one.order_id in touched)),
    }
    if not case.others:
        pairs["below"] = found.below, sum(_below(stage, case, n) for n in range(len(case.placed)))
    return [f"{name}: {said} then {done}" for name, (said, done) in pairs.items() if said != done]


def _below(stage: Stage, case: Case, n: int) -> int:
    """Lines that the campaign alone brought below the floor: against what the same order cost without it."""
    was, now, keep = case.history[n], case.placed[n], case.spec.floor or 0
    return sum(
        after.net.amount_minor < min(after.quantity * (stage.goods.costs[after.sku_id] + keep), before.net.amount_minor)
        for before, after in zip(was.lines, [line for line in now.lines if not line.gift], strict=True)
    )
