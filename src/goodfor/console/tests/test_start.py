"""From nothing to the first sale by the pages: five steps, counted; refused roles, other shops, two owners at once."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.utils.translation import override

from goodfor.catalog import queries as catalog
from goodfor.catalog.models import ImageFile, Product, Sku
from goodfor.console import holding, starting
from goodfor.console.errors import HeldFileGone
from goodfor.console.operations.start_channel import start_channel
from goodfor.console.operations.start_order import start_order, start_order_by_balance
from goodfor.console.operations.start_product import start_product
from goodfor.console.tests.helpers import by_link, inside, person, proved, sql, state_of_all
from goodfor.demo.operations.do_step import do_step
from goodfor.demo.operations.start_run import start_run
from goodfor.identity import queries as identity
from goodfor.identity.models import Shop, Staff
from goodfor.identity.operations import create_shop
from goodfor.identity.types import Role, ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.invariants import run_all
from goodfor.kernel.money import Money
from goodfor.ledger import queries as ledger
from goodfor.orders.models import Order
from goodfor.orders.tests.factories import relay_all
from goodfor.payments.models import Account, Payment
from goodfor.payments.operations.poll_due import poll_due
from goodfor.payments.operations.run_due_refunds import run_due_refunds
from goodfor.vault import queries as vault
from goodfor.vault.models import Code

pytestmark = pytest.mark.django_db(transaction=True)
CODES = "AAAA-1111-0001\nAAAA-1111-0002\nAAAA-1111-0002\nAAAA-1111-0003\n"
NAMED = {"name": "清风小店", "name_en": "Breeze", "support": "help@shop.example"}
PRODUCT = {"name": "清风读书卡", "sku_name": "月卡", "price": "9.90", "how_to_use": "在会员页兑换"}


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    """Held files of this test only."""
    settings.DATA_DIR = tmp_path


@pytest.fixture
def bare(transactional_db: None) -> ShopView:
    """A shop as `up --empty` makes it."""
    return create_shop(code="demo", name="我的商店", currency="CNY", actor="test", now=utc_now())


def on_page(client: Client, step: str = "") -> str:
    answer = client.get(f"/console/start?step={step}" if step else "/console/start")
    assert answer.status_code == 200
    return answer.content.decode()


def token_of(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def done(shop: ShopView) -> frozenset[str]:
    return starting.way_of(identity.shop_by_id(shop.id), utc_now()).done


def named(client: Client) -> None:
    assert client.post("/console/start/name", NAMED).headers["Location"] == "/console/start?step=product"


def stocked(client: Client, shop: ShopView) -> None:
    """Steps two and three."""
    assert client.post("/console/start/product", PRODUCT).headers["Location"] == "/console/start?step=codes"
    sku = Sku.objects.get(shop_id=shop.id)
    checked = client.post("/console/start/codes", {"sku": str(sku.id), "lines": CODES, "unit_cost": "8"})
    page = checked.content.decode()
    assert "3 条可用，1 条重复" in page
    assert "¥24.00" in re.sub(r"<[^>]+>", "", page)
    assert "AAAA-1111-0001" not in page
    assert Code.objects.filter(shop_id=shop.id).count() == 0
    sent = {"sku": str(sku.id), "unit_cost": "8", "token": token_of(page)}
    assert client.post("/console/start/codes", sent).headers["Location"] == "/console/start?step=channel"
    assert Code.objects.filter(shop_id=shop.id).count() == 3
    assert client.post("/console/start/codes", sent).status_code == 409
    assert Code.objects.filter(shop_id=shop.id).count() == 3
    assert not list((Path(django_settings.DATA_DIR) / "held").glob("*"))


def worker() -> None:
    """What the worker does for a payment and a refund."""
    poll_due(now=utc_now() + timedelta(minutes=1))
    relay_all(utc_now())
    run_due_refunds(now=utc_now() + timedelta(minutes=1))
    relay_all(utc_now())


def balanced(shop: ShopView) -> None:
    rows = ledger.trial_balance(shop.id)
    assert sum(row.debit_minor for row in rows) == sum(row.credit_minor for row in rows)
    assert not [(found.invariant.name, found.violations) for found in run_all(utc_now()) if not found.ok]


def test_five_steps_to_the_first_sale(bare: ShopView) -> None:
    """By the built-in stand-in: one order is delivered, given back, and the books balance."""
    client = inside(bare.id)
    assert done(bare) == frozenset()
    assert "继续开店" in client.get("/console/").content.decode()
    named(client)
    shop = identity.shop_by_id(bare.id)
    assert (shop.name, shop.settings) == ("清风小店", {"name_en": "Breeze", "support": "help@shop.example"})
    assert done(bare) == {"name"}
    stocked(client, bare)
    assert done(bare) == {"name", "product", "codes"}
    assert client.post("/console/start/channel", {"provider": "stand-in"}).status_code == 302
    assert done(bare) == {"name", "product", "codes", "channel"}
    sku = Sku.objects.get(shop_id=bare.id)
    sent = {"act": "place", "sku": str(sku.id), "method": "sandbox/sandbox"}
    placed = client.post("/console/start/order", sent)
    assert placed.status_code == 200
    assert "模拟付款" in placed.content.decode()
    assert client.post("/console/start/order", sent).status_code == 200
    order = Order.objects.get(shop_id=bare.id)
    assert (order.state, order.channel, order.total_minor) == ("placed", "storefront", 990)
    assert Payment.objects.filter(shop_id=bare.id).count() == 1
    assert client.post("/console/start/order", {"act": "paid"}).status_code == 302
    assert client.get("/console/start?step=order", headers={"HX-Request": "true"}).status_code == 200
    worker()
    order.refresh_from_db()
    assert order.state == "delivered"
    assert done(bare) == frozenset(starting.KEYS)
    watched = client.get("/console/start?step=order", headers={"HX-Request": "true"})
    assert watched.headers["HX-Redirect"] == "/console/start?step=order"
    page = on_page(client, "order")
    assert "http://127.0.0.1:8000/" in page
    assert "<svg" in page
    assert "继续开店" not in client.get("/console/").content.decode()
    balanced(bare)
    assert client.post("/console/start/order", {"act": "refund"}).status_code == 302
    worker()
    order.refresh_from_db()
    assert order.state == "refunded"
    assert vault.stock(bare.id, [sku.id], utc_now())[sku.id].available == 3
    assert done(bare) == frozenset(starting.KEYS)
    balanced(bare)


def test_a_test_order_by_balance(bare: ShopView) -> None:
    """The test wallet is given the price once; given back, the money pays the next test order."""
    client = inside(bare.id)
    stocked(client, bare)
    assert client.post("/console/start/channel", {"provider": "balance"}).status_code == 302
    sku = Sku.objects.get(shop_id=bare.id)
    sent = {"act": "place", "sku": str(sku.id), "method": "balance"}
    for _again in range(2):
        assert client.post("/console/start/order", sent).status_code == 302
        assert Order.objects.filter(shop_id=bare.id, state="delivered").count() == 1
    assert "今天已退 ¥0.00 / 上限 ¥50000.00" in on_page(client, "order")
    for bound, status in (("refund_daily_cap_minor", 409), ("refund_limit_minor", 302)):
        sql("UPDATE identity_shop SET settings = jsonb_build_object(%s::text, 1) WHERE id = %s", [bound, bare.id])
        refused = client.post("/console/start/order", {"act": "refund"})
        assert refused.status_code == status
        assert Order.objects.filter(shop_id=bare.id, state="delivered").count() == 1
    assert refused.headers["Location"].startswith("/console/prove")
    sql("UPDATE identity_shop SET settings = '{}' WHERE id = %s", [bare.id])
    assert client.post("/console/start/order", {"act": "refund"}).status_code == 302
    worker()
    assert client.post("/console/start/order", sent).status_code == 302
    states = sorted(Order.objects.filter(shop_id=bare.id).values_list("state", flat=True))
    assert states == ["delivered", "refunded"]
    assert sql("SELECT count(*) FROM ledger_tx WHERE shop_id = %s AND kind = 'top_up'", [bare.id]) == [(1,)]
    balanced(bare)


def test_what_is_wrong_is_said_and_nothing_is_kept(bare: ShopView) -> None:
    client = inside(bare.id)
    before = state_of_all()
    for path, sent, status in (
        ("name", {"name": "", "support": "x"}, 422),
        ("name", {"name": "x", "support": " "}, 422),
        ("product", {**PRODUCT, "price": "0"}, 422),
        ("product", {**PRODUCT, "price": "x"}, 422),
        ("product", {**PRODUCT, "name": " "}, 422),
        ("codes", {"sku": "x", "lines": "a"}, 422),
        ("channel", {"provider": "x"}, 422),
        ("order", {"method": "balance"}, 422),
        ("order", {"act": "refund"}, 404),
        ("order", {"act": "paid"}, 404),
    ):
        answer = client.post(f"/console/start/{path}", sent)
        assert answer.status_code == status, (path, sent, answer.status_code)
        assert 'class="alert alert-red"' in answer.content.decode()
    assert state_of_all() == before
    for step in (*starting.KEYS, "x"):
        on_page(client, step)


def test_a_bad_picture_costs_nothing_but_itself(bare: ShopView, tmp_path: Path) -> None:
    client = inside(bare.id)
    bad = tmp_path / "x.png"
    bad.write_bytes(b"no picture")
    with bad.open("rb") as file:
        assert client.post("/console/start/product", {**PRODUCT, "picture": file}).status_code == 302
    assert Product.objects.filter(shop_id=bare.id).count() == 1
    assert ImageFile.objects.filter(shop_id=bare.id).count() == 0
    assert "图片没有用上" in on_page(client, "codes")


def test_keys_of_a_gateway_ask_for_a_proof_and_are_never_shown(bare: ShopView) -> None:
    sent = {
        "provider": "epay", "gateway": "https://pay.shop.example", "pid": "1000", "version": "v1",
        "key": "very-secret-key-1", "method-alipay": "1",
    }  # fmt: skip
    unproved = inside(bare.id)
    assert unproved.post("/console/start/channel", sent).headers["Location"].startswith("/console/prove?")
    assert Account.objects.filter(shop_id=bare.id).count() == 0
    client = proved(bare.id)
    wrong = client.post("/console/start/channel", {**sent, "gateway": "http://pay.shop.example"})
    assert wrong.status_code == 422
    assert "very-secret-key-1" not in wrong.content.decode()
    assert client.post("/console/start/channel", sent).status_code == 302
    account = Account.objects.get(shop_id=bare.id)
    assert (account.enabled, account.methods, account.provider) == (True, ["alipay"], "epay")
    assert "very-secret-key-1" not in on_page(client, "channel")
    told = sql("SELECT string_agg(data::text, '') FROM kernel_audit WHERE shop_id = %s", [bare.id])[0][0]
    assert "very-secret-key-1" not in told


def test_no_real_channel_beside_demo_goods(bare: ShopView) -> None:
    now = utc_now()
    run = start_run(shop_id=bare.id, kind="fill", actor="test", now=now)
    assert do_step(shop_id=bare.id, run_id=run, now=now)
    client = proved(bare.id)
    sent = {
        "provider": "epay",
        "gateway": "https://pay.shop.example",
        "pid": "1",
        "key": "12345678",
        "method-alipay": "1",
    }
    assert client.post("/console/start/channel", sent).status_code == 409
    assert Account.objects.filter(shop_id=bare.id).count() == 0


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWNER])
def test_only_owners_are_led(bare: ShopView, role: str) -> None:
    client = inside(bare.id, role)
    before = state_of_all()
    for path in ("start", "demo", "shop/new"):
        assert client.get(f"/console/{path}").status_code == 403
    for path in ("start/name", "start/channel", "start/order", "start/dismiss", "demo/fill", "demo/empty", "shop/new"):
        assert client.post(f"/console/{path}", {**NAMED, "provider": "balance"}).status_code == 403
    assert "继续开店" not in client.get("/console/").content.decode()
    assert state_of_all() == before


def test_another_shop_is_not_touched(bare: ShopView) -> None:
    """A SKU and a held file of another shop do not exist here."""
    other = create_shop(code="other", name="另一家", currency="CNY", host="other.example", actor="test", now=utc_now())
    theirs = inside(other.id)
    assert theirs.post("/console/start/product", PRODUCT).status_code == 302
    sku = Sku.objects.get(shop_id=other.id)
    page = theirs.post("/console/start/codes", {"sku": str(sku.id), "lines": CODES}).content.decode()
    client = inside(bare.id)
    assert client.post("/console/start/product", PRODUCT).status_code == 302
    mine = Sku.objects.get(shop_id=bare.id)
    before = state_of_all()
    for sent in ({"sku": str(sku.id), "lines": CODES}, {"sku": str(mine.id), "token": token_of(page)}):
        assert client.post("/console/start/codes", sent).status_code in (409, 422)
    assert state_of_all() == before


def test_held_files_are_the_persons_own_and_are_forgotten(bare: ShopView, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = person(bare.id), person(bare.id)
    token = holding.hold(shop_id=bare.id, staff_id=one.staff.id, filename="../x.csv", parts=[b"a"])
    path, name = holding.held_file(token, shop_id=bare.id, staff_id=one.staff.id)
    assert (path.parent.name, path.suffix, name) == ("held", ".csv", "../x.csv")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(HeldFileGone):
        holding.held_file(token, shop_id=bare.id, staff_id=two.staff.id)
    later = utc_now().timestamp() + holding.KEEP_SECONDS + 1
    monkeypatch.setattr(holding.time, "time", lambda: later)
    assert holding.forget_old() == 1
    with pytest.raises(HeldFileGone):
        holding.held_file(token, shop_id=bare.id, staff_id=one.staff.id)


def test_dismissed_and_come_back_to(bare: ShopView) -> None:
    client = inside(bare.id)
    for _again in range(2):
        assert client.post("/console/start/dismiss").status_code == 302
    assert "继续开店" not in client.get("/console/").content.decode()
    on_page(client)
    told = sql("SELECT count(*) FROM kernel_audit WHERE shop_id = %s AND action = 'console.start_dismissed'", [bare.id])
    assert told == [(1,)]


def at_once(work: Callable[[int], Any], count: int = 4) -> list[Any]:
    """The same by several people at the same moment; what each got, a refusal standing for itself."""
    barrier, results = threading.Barrier(count), [None] * count

    def one(place: int) -> None:
        try:
            barrier.wait(10)
            results[place] = work(place)
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_two_owners_at_once_do_each_step_once(bare: ShopView) -> None:
    shop_id: UUID = bare.id

    def product(place: int) -> Any:
        return start_product(
            shop_id=shop_id, name=f"商品{place}", sku_name="月卡", price=Money(990, "CNY"), how_to_use="",
            actor=f"staff:{place}", now=utc_now(),
        )  # fmt: skip

    made = at_once(product)
    assert [fresh for _id, fresh in made].count(True) == 1
    assert len({product_id for product_id, _fresh in made}) == 1
    assert (Product.objects.filter(shop_id=shop_id).count(), Sku.objects.filter(shop_id=shop_id).count()) == (1, 1)

    def channel(place: int) -> Any:
        return start_channel(
            shop_id=shop_id, provider="balance", code="balance", name="余额", currency="CNY", config={}, secrets={},
            methods=("balance",), actor=f"staff:{place}", now=utc_now(),
        )  # fmt: skip

    assert at_once(channel).count(True) == 1
    assert Account.objects.filter(shop_id=shop_id).count() == 1
    client = inside(shop_id)
    sku = Sku.objects.get(shop_id=shop_id)
    page = client.post("/console/start/codes", {"sku": str(sku.id), "lines": CODES}).content.decode()
    assert client.post("/console/start/codes", {"sku": str(sku.id), "token": token_of(page)}).status_code == 302

    def bought(place: int) -> Any:
        price = Money(990, "CNY")
        return start_order_by_balance(shop_id=shop_id, sku_id=sku.id, price=price, actor="staff", now=utc_now())

    def placed(place: int) -> Any:
        return start_order(shop_id=shop_id, sku_id=sku.id, locale="zh-hans", now=utc_now())

    assert len(set(at_once(bought))) == 1
    assert len(set(at_once(placed))) == 1
    assert Order.objects.filter(shop_id=shop_id).count() == 2
    relay_all(utc_now())
    balanced(bare)


def test_a_second_shop(bare: ShopView) -> None:
    """Its owner is who made it; the first one, which has no host, still answers to any name but the second's."""
    one = person(bare.id, app=True)
    client = by_link(one)
    sent = {"name": "二店", "code": "two", "host": "two.example"}
    assert client.post("/console/shop/new", sent).headers["Location"].startswith("/console/prove?")
    assert Shop.objects.count() == 1
    assert client.post("/console/prove", {"code": one.code(), "next": "/console/"}).status_code == 302
    for bad in ({"host": ""}, {"host": "no host"}, {"code": "demo"}, {"code": "-"}, {"name": ""}):
        assert client.post("/console/shop/new", {**sent, **bad}).status_code in (409, 422)
    assert Shop.objects.count() == 1
    assert client.post("/console/shop/new", sent).headers["Location"] == "/console/start"
    two = identity.shop_by_code("two")
    staff = Staff.objects.get(shop_id=two.id)
    assert (staff.role, staff.user_id) == (Role.OWNER, one.staff.user_id)
    assert "二店" in on_page(client)
    assert done(two) == frozenset()
    assert identity.shop_by_host("two.example") == two
    assert identity.shop_by_host("localhost:8000").id == bare.id
    assert catalog.all_products(two.id) == []


def test_english_is_complete(bare: ShopView) -> None:
    client = inside(bare.id)
    client.cookies["gf_lang"] = "en"
    with override("en"):
        for path in (*(f"start?step={key}" for key in starting.KEYS), "demo"):
            page = client.get(f"/console/{path}").content.decode().replace("我的商店", "").replace("中文", "")
            assert not re.findall(r"[\u4e00-\u9fff]+", page), path
