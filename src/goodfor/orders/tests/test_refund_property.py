"""Whatever is given back, in whatever order, and however the channel behaves: never too much, and exact at the end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from goodfor.catalog.operations import create_sku
from goodfor.cli import world
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.orders import queries
from goodfor.orders.operations import (
    buy_with_balance,
    open_claim,
    place_order,
    refund_order,
    refund_part,
    retry_refund,
    reveal_codes,
)
from goodfor.orders.operations.open_wallet import open_wallet
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import Till, begin, broken, open_till, pay, relay_all, sql
from goodfor.orders.tests.refunding import COST, Mood, Sale
from goodfor.orders.types import Buyer, LineRequest
from goodfor.payments import queries as payments
from goodfor.payments.operations.close_case import close_case
from goodfor.payments.providers.sandbox.adapter import SandboxProvider
from goodfor.vault import queries as vault

pytestmark = pytest.mark.django_db(transaction=True)
MOST_LINES, MOST_CODES = 4, 5
BUYER = UUID(int=7)
CHANNEL = "1012:channel:sandbox:till:pending"
Step = tuple[str, int, int, bool]

#: Amounts that do not divide well.
prices = st.sampled_from([1, 2, 3, 7, 99, 101, 333, 997, 3333, 9999]) | st.integers(1, 99_999)
carts = st.lists(st.tuples(prices, st.integers(1, MOST_CODES)), min_size=1, max_size=MOST_LINES)
KINDS = (
    "part", "too much", "claim", "claim", "claim", "see", "mood", "work", "work", "retry", "stale", "case", "whole",
    "refused part", "refused claim", "lost part", "unheard part", "part there and back",
)  # fmt: skip
#: What, a number to choose by, how many codes; and whether the money goes to the balance, or a clerk acts.
steps = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 10_000), st.integers(0, MOST_CODES), st.booleans()),
    min_size=4,
    max_size=9,
)

#: Refused, its case closed, another part meanwhile; then tried again from the balance. And answers that get lost.
REFUSED_AND_MORE: list[Step] = [
    ("mood", 1, 0, False), ("part", 4_000, 0, False), ("work", 0, 0, False), ("whole", 1, 0, True),
    ("case", 0, 0, False), ("too much", 1, 0, False), ("part", 8, 0, False), ("work", 0, 0, False),
    ("retry", 0, 0, True), ("mood", 0, 0, False), ("retry", 0, 0, False), ("stale", 0, 0, False),
    ("stale", 0, 0, True), ("work", 0, 0, False), ("case", 0, 0, False), ("claim", 1, 1, True), ("claim", 1, 0, False),
    ("work", 0, 0, False), ("see", 0, 0, False), ("claim", 0, 0, False), ("whole", 0, 0, False),
]  # fmt: skip
LOST_AND_CLAIMED: list[Step] = [
    ("lost part", 400, 0, False), ("claim", 0, 1, False), ("unheard part", 200, 0, False), ("work", 0, 0, False),
    ("refused claim", 1, 2, False), ("work", 0, 0, False), ("claim", 1, 1, True), ("mood", 2, 0, False),
    ("whole", 0, 0, False), ("work", 0, 0, False), ("part", 4, 0, False), ("claim", 0, 0, False),
]  # fmt: skip


@dataclass(frozen=True)
class Market:
    """The demo shop with four SKUs, whose prices each example sets anew."""

    shop: Shop
    till: Till
    skus: list[UUID]
    wallet: str
    mood: Mood


NO_BOUNDS = (
    '{"refund_limit_minor": -1, "refund_daily_limit_minor": -1, "refund_daily_cap_minor": -1,'
    ' "auto_refund_alarm_minor": -1}'
)


def market(shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Market:
    shop_id, mood = shop.demo.shop_id, Mood()
    [(product_id,)] = sql("SELECT product_id FROM catalog_sku WHERE id = %s", [shop.sku_id])
    skus = [
        create_sku(shop_id=shop_id, product_id=product_id, code=f"odd-{n}", name=f"第 {n} 种", face_value_label="x",
                   price=Money(1, "CNY"), actor="test", now=now)
        for n in range(MOST_LINES)
    ]  # fmt: skip
    # How much may go back in a day is another test's.
    sql("UPDATE identity_shop SET settings = settings || %s::jsonb WHERE id = %s", [NO_BOUNDS, shop_id])
    relay_all(now)
    monkeypatch.setattr(SandboxProvider, "refund", mood.wrap(SandboxProvider.refund))
    monkeypatch.setattr(SandboxProvider, "query_refund", mood.wrap_query(SandboxProvider.query_refund))
    return Market(shop, open_till(shop_id, now), skus,
                  open_wallet(shop_id=shop_id, buyer_id=BUYER, currency="CNY", now=now), mood)  # fmt: skip


def sell(market: Market, cart: list[tuple[int, int]], by_balance: bool) -> Sale:
    """Paid and delivered."""
    demo, now = market.shop.demo, utc_now()
    stock = vault.stock(demo.shop_id, market.skus)
    for sku_id, (price, count) in zip(market.skus, cart, strict=False):
        # Codes that were seen stay sold: every now and then there are more.
        if sku_id not in stock or stock[sku_id].available < count:
            world.load_codes(demo.shop_id, sku_id, world.random_codes(100), now, cost_minor=COST)
        sql("UPDATE catalog_sku SET price_minor = %s WHERE id = %s", [price, sku_id])
    wanted = [LineRequest(sku_id, count) for sku_id, (_price, count) in zip(market.skus, cart, strict=False)]
    if by_balance:
        order_id = buy_with_balance(
            shop_id=demo.shop_id, client_id=demo.client_id, wallet_account=demo.wallet_account, currency="CNY",
            lines=wanted, external_ref=None, now=now,
        ).id  # fmt: skip
    else:
        order_id = place_order(
            shop_id=demo.shop_id, lines=wanted, buyer=Buyer("guest:p", ip="192.0.2.7"), channel="storefront", now=now
        ).order_id
        pay(begin(market.till, order_id, now), now)
    view = queries.order_view(demo.shop_id, order_id)
    assert view.state == "delivered"
    assert view.payment_id is not None
    lines = [(line.line_id, line.unit_price.amount_minor, line.quantity) for line in view.lines]
    account = demo.wallet_account if by_balance else CHANNEL
    return Sale(demo.shop_id, order_id, view.payment_id, lines, market.wallet, account, now)


def part(sale: Sale, amount: int) -> Callable[[], Any]:
    return lambda: refund_part(
        shop_id=sale.shop_id, order_id=sale.order_id, amount=Money(amount, "CNY"), reason="p", actor="staff:1",
        proven=True, now=sale.clock,
    )  # fmt: skip


def whole(sale: Sale, by_staff: bool, paid_from: str = "") -> Callable[[], Any]:
    return lambda: refund_order(
        shop_id=sale.shop_id, order_id=sale.order_id, reason="w", actor="staff:1" if by_staff else "buyer",
        by_staff=by_staff, proven=by_staff, paid_from=paid_from, now=sale.clock,
    )  # fmt: skip


def give_part(sale: Sale, number: int, too_much: bool) -> None:
    # Mostly little, so that lines are left whole for claims.
    number = number if number % 4 == 0 else number // 50
    amount = sale.left + number if too_much else max(1, sale.left * min(number, 9_999) // 10_000)
    if sale.state != "delivered":
        sale.refused(part(sale, amount), "wrong_order_state")
    elif sale.on_its_way_or_a_case:
        sale.refused(part(sale, amount), "refund_running")
    elif amount >= sale.left:
        sale.refused(part(sale, amount), "refund_amount")
        sale.refused(part(sale, -number), "refund_amount")
    else:
        part(sale, amount)()
        sale.decided.append(amount)


def give_whole(sale: Sale, by_staff: bool, paid_from: str = "") -> None:
    if sale.state != "delivered":
        sale.unchanged(whole(sale, by_staff, paid_from))
    elif not by_staff and any(code.revealed_at for code in sale.held()):
        sale.refused(whole(sale, by_staff, paid_from), "codes_revealed")
    elif sale.busy:
        sale.refused(whole(sale, by_staff, paid_from), "refund_running")
    else:
        left = sale.left
        whole(sale, by_staff, paid_from)()
        sale.decided.append(left)


def claim(sale: Sale, number: int, codes: int, paid_from: str) -> None:
    """About some codes of a line, or all of it; unseen ones are given back at once, unless something hangs."""
    line_id, price, _count = sale.lines[number % len(sale.lines)]
    held = sale.held()
    about = [code for code in held if code.line_id == line_id][: codes or None]
    ids = [code.code_id for code in about] if codes else []

    def ask() -> Any:
        return open_claim(
            shop_id=sale.shop_id, order_id=sale.order_id, line_id=line_id, reason="invalid", code_ids=ids,
            paid_from=paid_from, actor="guest:p", now=sale.clock,
        )  # fmt: skip

    if sale.state != "delivered":
        return sale.refused(ask, "wrong_order_state")
    if not about:
        return sale.refused(ask, "invalid_claim")
    claimed = {row[0] for row in sql("SELECT code_id FROM orders_claim_unit WHERE state = 'live'")}
    if claimed.intersection(code.code_id for code in about):
        return sale.refused(ask, "claim_exists")
    all_of_it, amount = len(about) == len(held), min(price * len(about), sale.left)
    hangs = sale.busy or sale.on_its_way_or_a_case or not (all_of_it or amount < sale.left)
    before, left = sale.rows(), sale.left
    view = ask()
    if hangs or any(code.revealed_at for code in about):
        assert (view.state, view.refund) == ("open", None)
        after = sale.rows()
        written = {"orders_claim": None, "orders_claim_unit": None}
        assert {**after, **written} == {**before, **written}
    elif all_of_it:
        assert view.refund == Money(left, "CNY")
        sale.decided.append(left)
    else:
        # What is capped by other parts is not the line's price: only then a line gives less for a code.
        assert view.refund == Money(amount, "CNY") == Money(price * len(about), "CNY")
        sale.decided.append(amount)
        sale.claimed[line_id] += amount
    return None


def see(sale: Sale, number: int, codes: int) -> None:
    held = sale.held()
    if sale.state == "delivered" and held:
        first = number % len(held)
        reveal_codes(
            shop_id=sale.shop_id, order_id=sale.order_id, code_ids=[c.code_id for c in held[first : first + codes + 1]],
            actor="guest:p", ip="", now=sale.clock,
        )  # fmt: skip


def retry(sale: Sale, number: int, paid_from: str, *, stale: bool = False) -> None:
    """Again by another number, or from the balance; of one that was tried again before nothing happens."""
    latest = sale.latest().values()
    failed = [refund for refund in sale.refunds() if refund.state == "failed" and (refund not in latest) == stale]
    if not failed:
        return
    one = failed[number % len(failed)]

    def ask() -> Any:
        return retry_refund(
            shop_id=sale.shop_id, order_id=sale.order_id, refund_id=one.id if ":part:" in one.key else None,
            actor="staff:1", proven=True, paid_from=paid_from, now=sale.clock,
        )  # fmt: skip

    if not stale:
        ask()
    elif ":part:" in one.key:
        known = next(r for r in sale.refunds() if r.root == one.root and r.id > one.id)
        if known.paid_from == paid_from:
            sale.unchanged(ask)
        else:
            sale.refused(ask, "refund_key_reused")


def take(market: Market, sale: Sale, step: Step) -> None:
    kind, number, codes, flag = step
    paid_from = market.wallet if flag else ""
    mood, _space, what = kind.rpartition(" ")
    if mood in ("refused", "lost", "unheard"):
        # What random steps seldom do in this order: asked for, not well answered, and then the channel is well again.
        market.mood.now = {"refused": "refuses"}.get(mood, mood)
        take(market, sale, (what, number, codes, False))
        sale.work()
        sale.check()
        market.mood.now = "well"
        retry(sale, number, paid_from)
    elif kind == "part there and back":
        give_part(sale, number, too_much=False)
        sale.work()
    elif kind in ("part", "too much"):
        give_part(sale, number, kind == "too much")
    elif kind == "whole":
        give_whole(sale, flag, market.wallet if number % 2 else "")
    elif kind == "claim":
        claim(sale, number, codes, paid_from)
    elif kind == "see":
        see(sale, number, codes)
    elif kind == "mood":
        market.mood.now = ("well", "refuses", "lost", "unheard")[number % 4]
    elif kind == "work":
        sale.work()
    elif kind == "case":
        for case in payments.cases_of(sale.shop_id, sale.payment_id):
            close_case(shop_id=sale.shop_id, case_id=case.id, resolution="seen", actor="staff:1", now=sale.clock)
    else:
        retry(sale, number, paid_from, stale=kind == "stale")


def end(market: Market, sale: Sale) -> None:
    """The channel is well again, and all that is left goes back."""
    market.mood.now = "well"
    for _round in range(12):
        if not sale.busy:
            break
        retry(sale, 0, "")
        sale.work()
    sale.check()
    give_whole(sale, by_staff=True)
    sale.work()
    sale.check()
    assert (sale.state, sale.left) == ("refunded", 0)
    assert sale.shares([r for r in sale.refunds() if r.state == "succeeded"]) == [
        price * count for _id, price, count in sale.lines
    ]
    assert not sale.busy
    sale.refused(part(sale, 1), "wrong_order_state")
    sale.unchanged(whole(sale, by_staff=True))


def live(market: Market, cart: list[tuple[int, int]], by_balance: bool, told: list[Step]) -> None:
    market.mood.now = "well"
    sale = sell(market, cart, by_balance)
    sale.check()
    for step in told:
        take(market, sale, step)
        sale.check()
    end(market, sale)


def run(shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch, examples: int, phases: Sequence[Phase]) -> None:
    here = market(shop, now, monkeypatch)

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, phases=phases,
        suppress_health_check=list(HealthCheck), print_blob=False,
    )  # fmt: skip
    @example([(3333, 3), (101, 2), (7, 1)], False, REFUSED_AND_MORE)
    @example([(997, 2), (1, 5)], False, LOST_AND_CLAIMED)
    @given(carts, st.sampled_from([False, False, False, True]), steps)
    def whatever_happens(cart: list[tuple[int, int]], by_balance: bool, told: list[Step]) -> None:
        live(here, cart, by_balance, told)

    whatever_happens()
    assert broken(utc_now()) == {}


def test_whatever_is_given_back_is_never_too_much_and_ends_exact(
    shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What fails is made smaller by the long one only: it takes minutes.
    run(shop, now, monkeypatch, 10, (Phase.explicit, Phase.generate))


@pytest.mark.soak
def test_whatever_is_given_back_for_a_long_time(shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    run(shop, now, monkeypatch, 1_000, (Phase.explicit, Phase.generate, Phase.shrink))
