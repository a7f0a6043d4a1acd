"""Random carts and plans of live campaigns of all kinds, for `bench promotions` and `soak promotions`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from goodfor.cli.lazy import load
from goodfor.promotions.types import (
    ACTIVITY,
    AUTO,
    BY_CHOICE,
    BY_COUPON,
    COUPON,
    MODES,
    ORDER,
    PRICE,
    BundlePrice,
    Cart,
    CartBundle,
    CartLine,
    Choice,
    Compare,
    Condition,
    Effect,
    FullPercent,
    FullReduce,
    Gift,
    GiftOffer,
    Join,
    Left,
    Limit,
    Live,
    Node,
    Nth,
    Presented,
    Scope,
    Spec,
    Tier,
    UnitPercent,
    UnitPrice,
    Window,
)

NOW: Final = datetime(2026, 11, 27, 12, 30, tzinfo=UTC)
SKUS: Final = 200
_PRODUCT, _CATEGORY, _CAMPAIGN, _COUPON, _GIFT = 1_000, 2_000, 10_000, 20_000, 30_000
#: How often a campaign is of which kind, in a plan as a big shop may have it in November.
_KINDS: Final = (
    ("unit_price", 22), ("flash", 12), ("choice", 6), ("unit_percent", 15), ("reduce", 15), ("percent", 8), ("nth", 5),
    ("gift", 4), ("coupon", 20), ("bundle", 3),
)  # fmt: skip


def sku(number: int) -> UUID:
    """The name of a SKU; ten SKUs are of a product, fifty of a category."""
    return UUID(int=number + 1)


def gift_offers(pieces: int = 5) -> dict[UUID, GiftOffer]:
    """What can be given on top."""
    return {UUID(int=_GIFT + n): GiftOffer(UUID(int=_GIFT + n), 300 + n, 100, pieces) for n in range(8)}


def plan(random: Random, campaigns: int) -> list[Live]:
    """So many live revisions. Nearly all of them are in their window and open to the carts of `cart`."""
    names, weights = zip(*_KINDS, strict=True)
    return [_live(random, number, random.choices(names, weights)[0]) for number in range(campaigns)]


def _live(random: Random, number: int, kind: str) -> Live:
    layer = {"unit_price": PRICE, "unit_percent": PRICE, "coupon": COUPON, "flash": ACTIVITY, "choice": ACTIVITY}
    layer |= {"bundle": ACTIVITY}
    wide = random.random()
    scope = Scope(
        everything=wide < (0.5 if kind in ("reduce", "percent", "coupon", "gift") else 0.2),
        skus=frozenset(sku(random.randrange(SKUS)) for _ in range(random.choice((1, 5, 40)))),
        products=frozenset(UUID(int=_PRODUCT + random.randrange(SKUS // 10)) for _ in range(random.randrange(3))),
        categories=frozenset(UUID(int=_CATEGORY + n) for n in range(4) if wide > 0.9),
        without_skus=frozenset(sku(random.randrange(SKUS)) for _ in range(random.randrange(3))),
        bundles=random.random() < 0.3,
    )
    start = NOW - timedelta(days=random.choice((0, 1, 9)))
    effect, leader = _effect(random, kind), random.random() < 0.1
    spec = Spec(
        play={"coupon": "coupon", "choice": "bargain", "bundle": "bundle"}.get(kind, "flash"),
        layer=layer.get(kind, ORDER),
        window=Window(
            start,
            NOW + timedelta(days=random.randrange(1, 9)),
            frozenset(range(1, 8)) if random.random() < 0.5 else frozenset(),
            ((0, 300), (600, 1440)) if random.random() < 0.5 else (),
        ),
        scope=scope,
        effect=effect,
        trigger={"coupon": BY_COUPON, "choice": BY_CHOICE}.get(kind, AUTO),
        priority=random.randrange(5),
        node=Node(random.choice("abc"), random.choice(MODES), random.randrange(2)),
        category=random.choice(("", "", "", "big", "shop")),
        play_settings={"helpers": 5, "hours": 24} if kind == "choice" else {},
        stacking=random.choices(("normal", "exclusive", "joint"), (80, 10, 10))[0],
        channels=frozenset(random.choice(((), (), ("web",), ("web", "wechat"), ("api",)))),
        audience=_audience(random),
        cut=random.random() < 0.8,
        floor=random.choice((None, None, 0, 50)),
        loss_leader=leader,
        per_order=random.choice((1, 1, 2)) if kind == "coupon" else 1,
        limits=_limits(random, effect, leader),
    )
    return Live(UUID(int=_CAMPAIGN + number), UUID(int=number + 1), f"campaign {number}", spec, _left(random))


def _effect(random: Random, kind: str) -> Effect:
    off, bp = random.randrange(100, 3_000, 50), random.randrange(5_000, 9_900, 100)
    made: dict[str, Any] = {
        "unit_price": lambda: UnitPrice(random.randrange(500, 6_000), {sku(n): 700 for n in range(5)}),
        "flash": lambda: UnitPrice(random.randrange(300, 4_000)),
        "choice": lambda: UnitPrice(900),
        "unit_percent": lambda: UnitPercent(bp),
        "bundle": lambda: BundlePrice(None, 10_000 - bp) if off % 100 else BundlePrice(off * 3),
        "reduce": lambda: FullReduce(
            tuple(Tier(2_000 * n, off * n) for n in (1, 3, 9)), most=random.choice((None, 4_000))
        ),
        "percent": lambda: FullPercent(tuple(Tier(n, bp - 100 * n) for n in (2, 5, 12)), pieces=True),
        "nth": lambda: Nth(random.choice((2, 3)), random.choice((0, 5_000)), across=random.random() < 0.5),
        "gift": lambda: Gift(UUID(int=_GIFT + random.randrange(9)), 1, 5_000, every=random.random() < 0.5, most=3),
        "coupon": lambda: FullReduce((Tier(off * 5, off),)) if off % 100 else FullPercent((Tier(off * 5, bp),)),
    }
    found: Effect = made[kind]()
    return found


def _audience(random: Random) -> Condition | None:
    asked: tuple[Condition, ...] = (
        Compare("orders_paid", "eq", 0), Compare("orders_paid", "ge", 1), Compare("registered_days", "ge", 7),
        Compare("registered_days", "lt", 30), Compare("signed_in", "eq", True),
    )  # fmt: skip
    if random.random() < 0.5:
        return None
    if random.random() < 0.5:
        return random.choice(asked)
    return Join(random.choice(("and", "or")), (random.choice(asked), Join("not", (random.choice(asked),))))


def _limits(random: Random, effect: Effect, leader: bool) -> tuple[Limit, ...]:
    """Limits wide enough that many carts can be priced."""
    found = []
    if random.random() < 0.5:
        found.append(Limit("campaign", "minor", "all", 10_000_000))
    if random.random() < 0.3:
        found.append(Limit("buyer", "uses", "day", random.randrange(1, 4)))
    if random.random() < 0.3 and isinstance(effect, UnitPrice | UnitPercent):
        found.append(Limit("sku", "units", "all", 100))
    if leader:
        found.append(Limit("campaign", "loss", "month", random.randrange(100_000)))
    return tuple(found)


def _left(random: Random) -> Left:
    def some(most: int) -> int | None:
        return random.randrange(most) if random.random() < 0.3 else None

    units = {sku(random.randrange(SKUS)): random.randrange(4) for _ in range(random.randrange(3))}
    return Left(some(20), some(100_000), some(10_000), units, some(10))


def cart(random: Random, lives: list[Live], lines: int) -> Cart:
    """A cart of so many lines; some of it a bundle, with coupons and a choice where the plan has any."""
    bundles = [live for live in lives if isinstance(live.spec.effect, BundlePrice)]
    coupons = [live for live in lives if live.spec.trigger == BY_COUPON]
    chosen = [live for live in lives if live.spec.trigger == BY_CHOICE]
    instance = UUID(int=77) if bundles and random.random() < 0.5 else None
    bought = []
    for number in range(lines):
        of, price = random.randrange(SKUS), random.randrange(400, 20_000)
        bought.append(
            CartLine(
                sku(of),
                UUID(int=_PRODUCT + of // 10),
                UUID(int=_CATEGORY + of // 50),
                random.choice((1, 1, 2, 3, 10)),
                price,
                None if random.random() < 0.05 else price * random.randrange(40, 100) // 100,
                instance if number < 3 else None,
            )
        )
    shown = random.sample(coupons, min(len(coupons), 5))
    return Cart(
        tuple(bought),
        "web",
        NOW,
        {"orders_paid": random.randrange(3), "tier": random.randrange(3), "registered_days": random.randrange(60),
         "signed_in": True, "tags": frozenset(random.choice(((), ("vip",))))},
        tuple(Presented(UUID(int=_COUPON + n), live.campaign_id) for n, live in enumerate(shown)),
        tuple(Choice(live.campaign_id, bought[-1].sku_id, 700) for live in chosen[:1]),
        (CartBundle(instance, bundles[0].revision_id, 1),) if instance else (),
    )  # fmt: skip


def put_in_force(random: Random, shop_id: UUID, campaigns: int) -> list[Live]:
    """So many campaigns made and approved by one person, none of them a bundle's price; what `cart` needs of them."""
    identity = load("goodfor.identity.operations")
    make = load("goodfor.promotions.operations.make_campaign").make_campaign
    submit = load("goodfor.promotions.operations.submit_campaign").submit_campaign
    user_id = identity.create_user(username="bench-promotions")
    staff = identity.add_staff(shop_id=shop_id, user_id=user_id, role="owner", actor="bench", now=NOW)
    found: list[Live] = []
    while len(found) < campaigns:
        (live,) = plan(random, 1)
        if isinstance(live.spec.effect, BundlePrice):
            continue
        said = {"shop_id": shop_id, "actor": staff.actor, "now": NOW}
        made = make(name=f"campaign {len(found)}", spec=live.spec, **said)
        submit(campaign_id=made.campaign_id, number=made.number, **said)
        found.append(replace(live, campaign_id=made.campaign_id))
    return found
