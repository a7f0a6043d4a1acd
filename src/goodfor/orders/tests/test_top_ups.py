"""Top-ups end to end: asked for, paid, done by a supplier at a real stand-in; in part, not at all, wrong accounts."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from goodfor.catalog import operations as catalog
from goodfor.catalog.models import Sku
from goodfor.delivery import queries as delivery
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.orders import queries
from goodfor.orders.errors import ClaimExists, InvalidClaim, InvalidOrder, NothingInItsPlace
from goodfor.orders.operations import buy_with_balance, grant_refund, open_claim, place_order, replace_claim
from goodfor.orders.operations.forget_contacts import forget_contacts
from goodfor.orders.operations.meet_deadline import meet_deadline
from goodfor.orders.tests.factories import Till, begin, broken, open_till, pay, refund_all, relay_all, sql
from goodfor.orders.types import Buyer, ClaimView, LineRequest, OrderView, PlacedOrder
from goodfor.supply import queries as supply
from goodfor.supply.errors import FormInvalid, OfferInvalid
from goodfor.supply.operations.set_offers import Terms
from goodfor.supply.tests.market import Market, market
from goodfor.vault.errors import OutOfStock

PHONE = "13800138000"
ACCOUNT = [{"key": "recharge_account", "type": "text", "name": "充值手机号"}]
GAME = [
    {"key": "lblName1", "type": "text", "name": "游戏账号"},
    {"key": "lblName2", "type": "select", "name": "所在区", "options": [{"name": "华东", "value": "7"}]},
]


@pytest.fixture
def fair(transactional_db: None) -> Iterator[Market]:
    with market() as found:
        product = Sku.objects.get(shop_id=found.shop, id=found.sku).product_id
        found.sku = catalog.create_sku(
            shop_id=found.shop, product_id=product, code="top-50", name="直充 50 元", price=Money(4850, "CNY"),
            delivery_kind="direct", actor="test", now=utc_now(),
        )  # fmt: skip
        yield found
        assert broken(utc_now()) == {}
        assert_nowhere(PHONE)


@pytest.fixture
def till(fair: Market) -> Till:
    return open_till(fair.shop, utc_now())


def assert_nowhere(secret: str) -> None:
    """In no column of any table, as text or bytes, in clear."""
    tables = sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
    shown = [
        name for (name,) in tables if sql(f'SELECT 1 FROM "{name}" t WHERE t::text LIKE %s LIMIT 1', [f"%{secret}%"])
    ]
    assert shown == []


def order(fair: Market, form: Mapping[str, str], quantity: int = 1) -> PlacedOrder:
    return place_order(
        shop_id=fair.shop, lines=[LineRequest(fair.sku, quantity, form)], buyer=Buyer("guest:a", ip="192.0.2.1"),
        channel="storefront", now=utc_now(),
    )  # fmt: skip


def paid(fair: Market, till: Till, form: Mapping[str, str], quantity: int = 1) -> UUID:
    placed = order(fair, form, quantity)
    assert pay(begin(till, placed.order_id, utc_now()), utc_now()).outcome == "confirmed"
    assert see(fair, placed.order_id).state == "paid"
    return placed.order_id


def see(fair: Market, order_id: UUID) -> OrderView:
    return queries.order_view(fair.shop, order_id)


def test_paid_then_topped_up_with_proof(fair: Market, till: Till) -> None:
    site = fair.supplier("anna", form=ACCOUNT)
    [asked] = supply.form_of(fair.shop, fair.sku)
    assert (asked.name, asked.label, asked.format) == ("account", "充值手机号", "mobile")
    made = paid(fair, till, {"account": " 138-0013 8000 "}, 2)
    assert see(fair, made).lines[0].account == "138****8000"
    fair.buy()
    fair.later(6)
    relay_all(utc_now())
    view = see(fair, made)
    assert (view.state, view.lines[0].topped) == ("delivered", 2)
    [bought] = site.orders()
    assert bought.form == {"recharge_account": PHONE}
    [proof] = delivery.top_up_proofs(fair.shop, [view.lines[0].line_id])
    assert (proof.supplier, proof.ref, proof.units) == ("anna", bought.ref, 2)
    assert (fair.balance("5401:cogs:codes"), fair.balance(f"1405:codes:{fair.sku}")) == (1_600, 0)


def test_whoever_is_forgotten_leaves_no_account_behind(fair: Market, till: Till) -> None:
    fair.supplier("anna", form=ACCOUNT)
    buyer = uuid4()
    placed = place_order(
        shop_id=fair.shop, lines=[LineRequest(fair.sku, 1, {"account": PHONE})], channel="storefront",
        buyer=Buyer(f"buyer:{buyer.hex}", ip="192.0.2.1"), now=utc_now(),
    )  # fmt: skip
    pay(begin(till, placed.order_id, utc_now()), utc_now())
    kept = "SELECT (SELECT count(form_blob) FROM orders_line), (SELECT count(form_blob) FROM supply_want)"
    forget_contacts(shop_id=fair.shop, buyer_id=buyer, now=utc_now())
    assert sql(kept) == [(1, 1)], "it is not topped up yet"
    fair.buy()
    fair.later(6)
    relay_all(utc_now())
    assert see(fair, placed.order_id).state == "delivered"
    forget_contacts(shop_id=fair.shop, buyer_id=buyer, now=utc_now())
    assert sql(kept) == [(0, 0)]


def test_the_next_supplier_gets_the_same_under_his_own_names_or_is_not_asked(fair: Market, till: Till) -> None:
    first = fair.supplier("anna", form=GAME, terms=Terms(priority=1))
    other = fair.supplier("bert", cost=Decimal(1), form=[{"key": "x", "type": "text", "name": "角色名"}, *ACCOUNT])
    third = fair.supplier(
        "carl", cost=Decimal(9), form=[
            {"key": "acc", "type": "text", "name": "账号"},
            {"key": "z", "type": "radio", "name": "大区", "options": [{"name": "华东", "value": "east"}]},
        ],
    )  # fmt: skip
    assert [(one.name, one.options) for one in supply.form_of(fair.shop, fair.sku)] == [
        ("account", ()), ("zone", ("华东",)),
    ]  # fmt: skip
    first.fault("refuse", why="off_sale", on="create", times=9)
    made = paid(fair, till, {"account": PHONE, "zone": "华东"})
    fair.buy()
    fair.later(6)
    relay_all(utc_now())
    assert see(fair, made).state == "delivered"
    assert [one.form for one in third.orders()] == [{"acc": PHONE, "z": "east"}]
    assert not other.orders()
    assert "form" in supply.attempts_of_order(fair.shop, made)[-1].trace["why_not"].values()


def test_done_in_part_gives_the_rest_back(fair: Market, till: Till) -> None:
    site = fair.supplier("anna", form=ACCOUNT)
    site.fault("never")
    made = paid(fair, till, {"account": PHONE}, 2)
    fair.buy()
    [bought] = site.orders()
    site.act(bought.number, "partial", count=1, refund=1)
    fair.later(6)
    fair.later(12)
    relay_all(utc_now())
    refund_all(utc_now())
    view = see(fair, made)
    assert (view.state, view.lines[0].topped) == ("delivered", 1)
    [refund] = queries.refunds_shown(fair.shop, view)
    assert (refund.amount, refund.reason) == (Money(4850, "CNY"), "not_supplied")


def test_a_wrong_account_is_refunded_and_said_so(fair: Market, till: Till) -> None:
    site = fair.supplier("anna", form=ACCOUNT)
    site.fault("refuse", why="account", on="create")
    made = paid(fair, till, {"account": PHONE})
    fair.buy()
    relay_all(utc_now())
    refund_all(utc_now())
    view = see(fair, made)
    assert view.state == "refunded"
    assert [one.reason for one in queries.refunds_shown(fair.shop, view)] == ["account_wrong"]


def test_at_the_deadline_the_money_is_back_and_a_late_top_up_is_no_stock(fair: Market, till: Till) -> None:
    site = fair.supplier("anna", form=ACCOUNT)
    site.fault("lost_answer", on="create")
    made = paid(fair, till, {"account": PHONE})
    fair.buy()
    meet_deadline(shop_id=fair.shop, order_id=made, now=utc_now())
    refund_all(utc_now())
    assert see(fair, made).state == "refunded"
    fair.later(6)
    assert [one.state for one in supply.attempts_of_order(fair.shop, made)] == ["late"]
    assert (fair.balance(f"1405:codes:{fair.sku}"), fair.balance("1221:supplier:anna:claim")) == (0, 800)


def test_what_is_not_asked_for_or_too_much_is_refused(fair: Market) -> None:
    with pytest.raises(OutOfStock):
        order(fair, {})
    fair.supplier("anna", form=ACCOUNT)
    before = sql("SELECT count(*) FROM orders_order")
    wrong: dict[str, Mapping[str, str]] = {
        "required": {}, "format": {"account": "1380013800"}, "too_long": {"account": "1" * 200},
        "unknown": {"account": PHONE, "shop_id": "x"}, "control_character": {"account": "138\x000138000"},
    }  # fmt: skip
    for word, form in wrong.items():
        with pytest.raises(FormInvalid) as refused:
            order(fair, form)
        assert word in refused.value.data["problems"].values()
        assert PHONE not in str(refused.value.data)
    for huge in ({"account": "1" * 5_000}, {f"f{n}": "1" for n in range(20)}):
        with pytest.raises(InvalidOrder):
            order(fair, huge)
    with pytest.raises(InvalidOrder):
        place_order(
            shop_id=fair.shop, lines=[LineRequest(fair.sku, 1, {"account": PHONE}), LineRequest(codes(fair), 1)],
            buyer=Buyer("guest:a"), channel="storefront", now=utc_now(),
        )  # fmt: skip
    with pytest.raises(InvalidOrder):
        place_order(
            shop_id=fair.shop, lines=[LineRequest(codes(fair), 1, {"account": PHONE})], buyer=Buyer("guest:a"),
            channel="storefront", now=utc_now(),
        )  # fmt: skip
    assert sql("SELECT count(*) FROM orders_order") == before
    fair.sku = codes(fair)
    with pytest.raises(OfferInvalid):
        fair.offer("anna", Terms())


def codes(fair: Market) -> UUID:
    return UUID(str(sql("SELECT id FROM catalog_sku WHERE shop_id = %s AND code = 'kw-50'", [fair.shop])[0][0]))


def test_from_a_balance_what_is_not_in_stock_is_paid_now_and_comes_later(fair: Market) -> None:
    fair.supplier("anna", form=ACCOUNT)
    [(client_id, wallet)] = sql("SELECT id, wallet_account FROM identity_api_client WHERE shop_id = %s", [fair.shop])

    def buy(form: Mapping[str, str]) -> OrderView:
        return buy_with_balance(
            shop_id=fair.shop, client_id=client_id, wallet_account=wallet, currency="CNY",
            lines=[LineRequest(fair.sku, 1, form)], external_ref=None, now=utc_now(),
        )  # fmt: skip

    with pytest.raises(FormInvalid):
        buy({})
    bought = buy({"account": PHONE})
    assert (bought.state, bought.lines[0].account) == ("paid", "138****8000")
    assert bought.deliver_by is not None
    assert bought.deliver_by > utc_now()
    fair.buy()
    fair.later(6)
    relay_all(utc_now())
    assert see(fair, bought.id).state == "delivered"


def test_a_top_up_that_did_not_arrive_is_claimed_as_a_whole(fair: Market, till: Till) -> None:
    """Its price goes back; the account keeps what it got, if it did."""
    site = fair.supplier("anna", form=ACCOUNT)
    order_id = paid(fair, till, {"account": PHONE})
    fair.buy()
    fair.later(6)
    relay_all(utc_now())
    view = queries.order_view(fair.shop, order_id)
    assert (view.state, len(site.orders())) == ("delivered", 1)

    def claim(reason: str = "top_up_missing") -> ClaimView:
        return open_claim(
            shop_id=fair.shop, order_id=order_id, line_id=view.lines[0].line_id, reason=reason, actor="guest:a",
            now=utc_now(),
        )  # fmt: skip

    with pytest.raises(InvalidClaim):
        claim("used")
    offer = queries.claim_offer(fair.shop, view, view.lines[0].line_id)
    assert (offer.codes, offer.at_once, offer.amount) == ((), False, view.total)
    made = claim()
    assert (made.state, made.code_ids) == ("open", ())
    with pytest.raises(ClaimExists):
        claim()
    assert not queries.replaceable(fair.shop, made.id, utc_now())
    with pytest.raises(NothingInItsPlace):
        replace_claim(shop_id=fair.shop, claim_id=made.id, reason="x", actor="system", now=utc_now())
    refund = grant_refund(shop_id=fair.shop, claim_id=made.id, reason="x", actor="system", now=utc_now())
    assert refund.amount == view.total
    [unit] = queries.claim_units(fair.shop, made.id)
    assert (unit.code_id, unit.state) == (None, "refunded")
    refund_all(utc_now())
    assert queries.order_view(fair.shop, order_id).state == "refunded"
