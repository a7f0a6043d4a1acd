"""The shop that the page tests visit, made through the rooms' own operations."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from goodfor.catalog.operations import add_image, create_category, create_product, create_sku
from goodfor.catalog.tests.pictures import encoded, noise
from goodfor.identity.operations.create_shop import create_shop
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.orders import queries as order_queries
from goodfor.orders.operations.apply_payment_fact import apply_payment_fact
from goodfor.orders.operations.cancel_order import cancel_order
from goodfor.orders.operations.count_figures import count_figures
from goodfor.orders.operations.expire_order import expire_order
from goodfor.orders.operations.open_claim import open_claim
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.operations.refund_order import refund_order
from goodfor.orders.operations.reveal_codes import reveal_codes
from goodfor.orders.operations.start_payment import start_payment
from goodfor.orders.types import Buyer, HoldOrder, LineRequest, PlacedOrder
from goodfor.payments import queries as payment_queries
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.types import Fact
from goodfor.storefront.tests.world import World
from goodfor.window.operations import arrange_blocks
from goodfor.window.types import BlockRequest

ACTOR = "test"
STOCK = 120
#: Puts codes into the vault: (shop_id, sku_id, codes, now).
LoadCodes = Callable[[UUID, UUID, Sequence[str], datetime], None]

SHOP_NAME, CATEGORY, PRODUCT, SOLD_OUT, ACCOUNT = "好码小店", "游戏点卡", "星河钱包充值码", "顺风出行代金券", "沙箱付款"
SUMMARY, HOW, VALIDITY = "官方渠道卡密。", "登录账户，粘贴卡密。", "三年内有效"
FACES = ("50元", "100元", "月卡")
SCENE = "宅家"
BANNER, STRIP, GRID, NOTE = "周末宅家专场", "今晚限时", "大家在买", "节假日也照常发码。"
WORDS = (BANNER, STRIP, GRID, NOTE, SCENE[:1])


def make_world(load_codes: LoadCodes) -> World:
    """A shop with two products (one sold out) and an order in each state that can be reached without waiting."""
    now = utc_now()
    shop = create_shop(
        code="demo",
        name=SHOP_NAME,
        currency="CNY",
        settings={"support": "help@shop.example", "invoices": True},
        actor=ACTOR,
        now=now,
    )
    open_account(
        shop_id=shop.id,
        provider="sandbox",
        code="sandbox",
        name=ACCOUNT,
        currency="CNY",
        config={},
        secrets={"key": "sandbox-key-of-the-tests-0001"},
        methods=("sandbox",),
        enabled=True,
        actor=ACTOR,
        now=now,
    )
    category_id = create_category(shop_id=shop.id, slug="games", name=CATEGORY, actor=ACTOR, now=now)
    sku_ids = _product(shop.id, category_id, "wallet", PRODUCT, FACES, now)
    _product(shop.id, category_id, "ride", SOLD_OUT, FACES[:1], now)
    codes = [f"7K{i:03d}QXW2TM9PL5RB" for i in range(STOCK)]
    load_codes(shop.id, sku_ids[1], codes, now)
    method = order_queries.payment_methods(shop.id, Money(100, "CNY"))[0]
    delivered = _place(shop.id, sku_ids[1], 3, now)
    _pay(shop.id, delivered, method.code, now)
    claimed = _place(shop.id, sku_ids[1], 2, now)
    _pay(shop.id, claimed, method.code, now)
    reveal_codes(shop_id=shop.id, order_id=claimed.order_id, actor=ACTOR, ip="", now=now)
    open_claim(
        shop_id=shop.id,
        order_id=claimed.order_id,
        line_id=claimed.lines[0].line_id,
        reason="used",
        actor=ACTOR,
        now=now,
    )
    others = _other_orders(shop.id, sku_ids[1], method.code, now)
    orders = {"delivered": delivered, "claimed": claimed, **others}
    _window(shop.id, sku_ids, now)
    count_figures(now=now)
    return World(
        shop_id=shop.id,
        product_slug="wallet",
        sku_id=sku_ids[1],
        sold_out_slug="ride",
        category_slug="games",
        query="钱包",
        method=method.code,
        stock=STOCK,
        orders={state: (placed.number, placed.secret) for state, placed in orders.items()},
        # Equal expiry and cost: the vault gives the oldest first.
        codes=tuple(codes[:3]),
        given=(
            SHOP_NAME, CATEGORY, PRODUCT, SOLD_OUT, ACCOUNT, SUMMARY, HOW, VALIDITY, method.label,
            SCENE, *WORDS, *FACES, *(f"{face}面值" for face in FACES), "元", "月卡", "钱包",
        ),
    )  # fmt: skip


def _window(shop_id: UUID, sku_ids: Sequence[UUID], now: datetime) -> None:
    """One block of each kind, drafted and published by `publish` in the tests that want it."""
    picture = add_image(shop_id=shop_id, raw=encoded(noise((320, 160)), "PNG"), actor=ACTOR, now=now)
    ends = (now + timedelta(hours=5)).isoformat()
    blocks = [
        BlockRequest("banner", {"title": BANNER, "text": SUMMARY, "href": f"/s/{SCENE}", "image": picture}),
        BlockRequest("scene", {"scenes": [SCENE]}),
        BlockRequest("flash", {"title": STRIP, "sku_ids": [str(sku_id) for sku_id in sku_ids], "ends_at": ends}),
        BlockRequest("category", {}),
        BlockRequest("grid", {"title": GRID, "scene": SCENE, "limit": 6}),
        BlockRequest("text", {"body": NOTE}),
    ]
    arrange_blocks(shop_id=shop_id, blocks=blocks, actor=ACTOR, now=now)


def _product(shop_id: UUID, category_id: UUID, slug: str, name: str, faces: Sequence[str], now: datetime) -> list[UUID]:
    product_id = create_product(
        shop_id=shop_id,
        category_id=category_id,
        slug=slug,
        name=name,
        summary=SUMMARY,
        how_to_use=HOW,
        validity_text=VALIDITY,
        scenes=[SCENE],
        actor=ACTOR,
        now=now,
    )
    return [
        create_sku(
            shop_id=shop_id,
            product_id=product_id,
            code=f"{slug}-{i}",
            name=f"{face}面值",
            face_value_label=face,
            price=Money(4850 * (i + 1), "CNY"),
            list_price=Money(5000 * (i + 1), "CNY"),
            position=i,
            actor=ACTOR,
            now=now,
        )
        for i, face in enumerate(faces)
    ]


def _place(shop_id: UUID, sku_id: UUID, quantity: int, now: datetime) -> PlacedOrder:
    return place_order(
        shop_id=shop_id,
        lines=[LineRequest(sku_id=sku_id, quantity=quantity)],
        buyer=Buyer(ref=f"guest:{quantity}", ip=f"198.51.100.{quantity}"),
        channel="storefront",
        now=now,
    )


def _pay(shop_id: UUID, placed: PlacedOrder, method: str, now: datetime) -> None:
    """Start a payment and let its channel say that the money came."""
    start_payment(
        shop_id=shop_id,
        order_id=placed.order_id,
        method=method,
        return_url="http://localhost/",
        notify_url="http://localhost/pay/notify",
        now=now,
    )
    payment = payment_queries.payments_of(shop_id, "order", placed.order_id)[0]
    fact = Fact(
        kind="paid",
        provider=payment.provider,
        account_id=payment.account_id,
        our_ref=payment.number,
        channel_ref=f"T{payment.number}",
        amount=payment.amount,
        happened_at=now,
        source="notify",
    )
    apply_payment_fact(shop_id=shop_id, fact=fact, now=now)


def _other_orders(shop_id: UUID, sku_id: UUID, method: str, now: datetime) -> dict[str, PlacedOrder]:
    orders = {
        state: _place(shop_id, sku_id, 4 + i, now) for i, state in enumerate(("placed", "cancelled", "refunding"))
    }
    cancel_order(shop_id=shop_id, order_id=orders["cancelled"].order_id, actor=ACTOR, now=now)
    _pay(shop_id, orders["refunding"], method, now)
    refund_order(shop_id=shop_id, order_id=orders["refunding"].order_id, actor=ACTOR, reason="test", now=now)
    orders["expired"] = _place(shop_id, sku_id, 9, now)
    expire_order(shop_id=shop_id, order_id=orders["expired"].order_id, now=now + timedelta(hours=2))
    return orders


def held_order(world: World, now: datetime) -> PlacedOrder:
    """An order that is paid and looked at first, for an hour."""
    hold = HoldOrder(None, timedelta(hours=1), review=True, reasons=("new_device", "night"))
    placed = place_order(
        shop_id=world.shop_id, lines=[LineRequest(sku_id=world.sku_id, quantity=1)],
        buyer=Buyer(ref="guest:held", ip="198.51.100.77"), channel="storefront", hold=hold, now=now,
    )  # fmt: skip
    _pay(world.shop_id, placed, world.method, now)
    return placed
