"""Replies of Fulu as they come, and what is made of them."""

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from goodfor.supply.providers.fulu import signing
from goodfor.supply.providers.fulu.connector import CONNECTOR
from goodfor.supply.providers.fulu.tests.test_vectors import CONFIG, SECRET, SITE
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    Code,
    ConfigProblem,
    Doubt,
    Item,
    ItemPage,
    NotFound,
    Order,
    OrderRef,
    PlaceRequest,
    Quote,
    Refused,
    Site,
    Stock,
)
from goodfor.supply.providers.wire import NoAnswer, NotSent, Reply, Wire

NUMBER = "202601010000000005"
ORDER = OrderRef(NUMBER, "F1", datetime(2026, 1, 1, tzinfo=UTC))
REQUEST = PlaceRequest(NUMBER, "10000489", 2, Decimal("19.91"), "CNY")
GOOD = {
    "product_id": 10000489, "product_name": "视频会员月卡", "product_type": "卡密", "face_value": 15,
    "purchase_price": 9.90, "sales_status": "上架", "stock_status": "充足", "template_id": "", "details": "说明",
}  # fmt: skip


def settled(**over: Any) -> Site:
    return Site(SITE.id, SITE.shop_id, "fulu", "CNY", {**CONFIG, **over}, SITE.secrets)


def reply(result: Any, code: Any = 0, *, message: str = "", way: str = "result") -> bytes:
    text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
    told = {"code": code, "message": message, "result": text}
    sign = signing.sign(text, SECRET) if way == "result" else signing.sign_fields(told, SECRET) if way == "all" else way
    return json.dumps(told | {"sign": sign}, ensure_ascii=False).encode()


class Canned(Wire):
    """Answers each method with what was laid down, and remembers what was sent."""

    def __init__(self, *told: Any, status: int = 200) -> None:
        super().__init__(1767225600.0, lambda: 0.0)
        self.told, self.status = list(told), status
        self.sent: list[dict[str, Any]] = []

    def send(self, what: str, method: str, url: str, body: bytes = b"", *_: Any, **__: Any) -> Reply:
        asked = json.loads(body)
        assert signing.same(signing.sign_fields(asked, SECRET), asked["sign"])
        assert (method, url) == ("POST", "https://fulu.example.com/api/getway")
        self.sent.append({**json.loads(asked["biz_content"]), "_": asked["method"]})
        told = self.told.pop(0)
        if isinstance(told, Exception):
            raise told
        self._keep(what, method, url, body, Reply(self.status, told), "", 0)
        return Reply(self.status, told)


def seal(text: str) -> str:
    pad = padding.PKCS7(128).padder()
    padded = pad.update(text.encode()) + pad.finalize()
    sealer = Cipher(algorithms.AES(SECRET.encode()), modes.ECB()).encryptor()
    return base64.b64encode(sealer.update(padded) + sealer.finalize()).decode()


def card(number: str, word: str, **over: Any) -> dict[str, Any]:
    told = {"card_type": 0, "card_number": seal(number) if number else "", "card_pwd": seal(word) if word else ""}
    return {**told, "card_deadline": "2026-12-31 23:59:59", **over}


def order(**over: Any) -> dict[str, Any]:
    return {
        "order_id": "F1", "customer_order_no": NUMBER, "order_state": "success", "order_price": "9.9000", "buy_num": 1,
        "cards": [], **over,
    }  # fmt: skip


def test_orders_are_sent_as_they_should_be() -> None:
    wire = Canned(*[reply({"order_id": "F1", "order_state": "untreated"})] * 4)
    place = CONNECTOR.purchase.place
    form = {"charge_account": "10001", "charge_password": "a&b", "contact_qq": ""}
    assert place(SITE, wire, REQUEST) == Accepted("F1")
    place(SITE, wire, replace(REQUEST, form=form, buyer_ip="192.0.2.7"))
    place(SITE, wire, replace(REQUEST, item_id="mobile-50", quantity=1, form={"charge_phone": "13800138000"}))
    place(SITE, wire, replace(REQUEST, item_id="data-1024-4", quantity=1, form={"charge_phone": "13800138000"}))
    assert wire.sent == [
        {
            "_": "fulu.order.card.add", "product_id": 10000489, "buy_num": 2, "customer_order_no": NUMBER,
            "customer_price": 9.955,
        },
        {
            "_": "fulu.order.direct.add", "product_id": 10000489, "buy_num": 2, "customer_order_no": NUMBER,
            "customer_price": 9.955, "charge_account": "10001", "charge_password": "a&b", "charge_ip": "192.0.2.7",
        },
        {
            "_": "fulu.order.mobile.add", "charge_phone": "13800138000", "charge_value": 50,
            "customer_order_no": NUMBER,
        },
        {
            "_": "fulu.order.data.add", "charge_phone": "13800138000", "charge_value": 1024, "packet_kind": 4,
            "customer_order_no": NUMBER,
        },
    ]  # fmt: skip


@pytest.mark.parametrize(("guard", "sent"), [("total", 10), ("none", None), ("unit", 3.3333)])
def test_the_guard_is_what_the_settings_say(guard: str, sent: Any) -> None:
    wire = Canned(reply({}))
    CONNECTOR.purchase.place(settled(guard=guard), wire, replace(REQUEST, quantity=3, max_cost=Decimal("10.00")))
    assert wire.sent[0].get("customer_price") == sent


@pytest.mark.parametrize(
    "over",
    [
        {"quantity": 0}, {"item_id": ""}, {"item_id": "x"}, {"item_id": "１２"}, {"sku_id": "1"},
        {"max_cost": Decimal(0)}, {"form": {"charge_password": "x"}}, {"form": {"charge_account": "1", "input:7": "x"}},
        {"form": {"charge_account": "1", "customer_price": "0"}}, {"item_id": "mobile-50"},
        {"item_id": "mobile-50", "quantity": 1, "form": {"charge_phone": "x"}},
        {"item_id": "data-5-9", "quantity": 1, "form": {"charge_phone": "13800138000"}},
    ],
)  # fmt: skip
def test_what_cannot_be_ordered_is_not_sent(over: dict[str, Any]) -> None:
    wire = Canned()
    assert isinstance(CONNECTOR.purchase.place(SITE, wire, replace(REQUEST, **over)), Refused)
    assert wire.sent == []


ANSWERS = "1001=balance\n1002 = duplicate\n1003=not_found"


@pytest.mark.parametrize(
    ("told", "placed"),
    [
        (reply({"order_id": 7, "order_price": 19.8, "buy_num": 2}), Accepted("7")),
        (reply({"order_id": "7", "order_price": "9.9000", "buy_num": "1"}), Accepted("7", Decimal("9.9000"))),
        (reply({"order_id": "7", "order_price": 9.9}), Accepted("7")),
        (reply({"order_id": "7", "order_state": "failed"}), Accepted("7")),
        (reply({"order_id": "7"}, way="all"), Accepted("7")),
        (reply({"order_id": "7"}, way="0" * 32), Doubt("bad_signature")),
        (reply({"order_id": "7", "customer_order_no": "1"}), Doubt("other_number")),
        (reply("", 1001, message="余额不足"), Refused("balance", "1001", "余额不足")),
        (reply("", 1001, way="all"), Refused("balance", "1001", "")),
        # A no that nobody signed may be anybody's.
        (reply("", 1001, way="0" * 32), Doubt("code_1001")),
        (reply("", 1002), Doubt("duplicate")), (reply("", 1003), Doubt("code_1003")),
        (reply("", 9, message="余额不足"), Doubt("code_9")), (reply("", "x"), Doubt("no_code")),
        (b"<html>", Doubt("not_json")), (b"", Doubt("not_json")), (b"[]", Doubt("not_an_object")),
        (reply("null"), Doubt("not_an_object")), (reply("{"), Doubt("not_json")),
        (NotSent(), Refused("not_sent")), (NoAnswer("timeout"), Doubt("timeout")),
    ],
)  # fmt: skip
def test_what_a_create_may_answer(told: Any, placed: Any) -> None:
    assert CONNECTOR.purchase.place(settled(answers=ANSWERS), Canned(told), REQUEST) == placed


def test_a_page_of_errors_is_doubt() -> None:
    assert CONNECTOR.purchase.place(SITE, Canned(reply({}), status=502), REQUEST) == Doubt("http_502")


@pytest.mark.parametrize(
    ("told", "state", "charged"),
    [
        (order(), "success", "9.9000"), (order(order_state="untreated"), "accepted", "9.9000"),
        (order(order_state="processing"), "processing", "9.9000"),
        (order(order_state="半完成"), "processing", "9.9000"),
        (order(order_state="SUCCESS"), "processing", "9.9000"), (order(order_state="failed"), "failed", None),
        (order(buy_num="2"), "success", None), (order(buy_num=None), "success", "9.9000"),
        (order(order_price=None), "success", None), (order(order_price="-1"), "success", None),
        (order(customer_order_no=None), "success", "9.9000"), (order(cards=None), "success", "9.9000"),
    ],
)  # fmt: skip
def test_orders_are_read(told: Mapping[str, Any], state: str, charged: str | None) -> None:
    found = CONNECTOR.purchase.query(SITE, Canned(reply(told)), ORDER)
    assert isinstance(found, Order)
    assert (found.state, found.charged) == (state, charged and Decimal(charged))
    assert (found.number, found.ref, found.refunded, found.codes) == (NUMBER, "F1", 0, ())


def test_a_price_of_many_is_what_the_settings_say() -> None:
    for word, cost in (("unit", "19.8000"), ("total", "9.9000")):
        found = CONNECTOR.purchase.query(settled(order_price=word), Canned(reply(order(buy_num=2))), ORDER)
        assert isinstance(found, Order)
        assert found.charged == Decimal(cost)


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        (reply(order(customer_order_no="1")), Doubt("other_number")),
        (reply(order(order_id="F2")), Doubt("other_number")),
        (reply({}), Doubt("no_order")), (reply(order(order_state="")), Doubt("no_order")),
        (reply("null"), Doubt("not_an_object")), (reply(order(), way="0" * 32), Doubt("bad_signature")),
        (reply("", 1003), NotFound()), (reply("", 1003, way="x"), Doubt("code_1003")),
        (reply("", 77), Doubt("code_77")),
        (reply(order(cards="x")), Doubt("not_a_list")), (reply(order(cards=[card("", "")])), Doubt("empty_card")),
        (reply(order(cards=[{"card_pwd": "plain"}])), Doubt("bad_cards")),
        (reply(order(cards=[{"card_pwd": 5}])), Doubt("bad_cards")),
    ],
)  # fmt: skip
def test_what_a_question_may_answer(told: bytes, asked: Any) -> None:
    assert CONNECTOR.purchase.query(settled(answers=ANSWERS), Canned(told), ORDER) == asked


def test_codes_are_opened_and_not_kept() -> None:
    cards = [
        card("CARD-0001", "secret one\r"), card("", "卡号：A1 密码：B2", card_deadline=None),
        card("", "https://gift.example.com/t/abc"), card("N4", "0012 ab", card_deadline="soon"),
    ]  # fmt: skip
    wire = Canned(reply(order(cards=cards)))
    codes = CONNECTOR.purchase.codes(SITE, wire, ORDER)
    until = datetime.fromisoformat("2026-12-31T23:59:59+08:00")
    assert codes == (
        Code(number="CARD-0001", secret="secret one\r", expires_at=until),
        Code(secret="卡号：A1 密码：B2"),
        Code(link="https://gift.example.com/t/abc", expires_at=until),
        Code(number="N4", secret="0012 ab"),
    )
    (kept,) = wire.exchanges
    for one in cards:
        for part in ("card_number", "card_pwd"):
            assert not one[part] or one[part] not in kept.reply
    assert "•••" in kept.reply


def test_the_catalogue_is_read() -> None:
    page = CONNECTOR.catalogue.page
    off = GOOD | {"product_id": "2", "sales_status": "维护中", "stock_status": "断货", "purchase_price": "1.0"}
    odd = GOOD | {"product_id": 3, "sales_status": "?", "stock_status": None, "product_type": "其它", "face_value": "x"}
    site = settled(phone="mobile-50=49.5\ndata-1024-4=20", categories="11，12")
    wire = Canned(reply([GOOD, off]), reply([odd]), reply([]))
    first = page(site, wire, None, None)
    assert isinstance(first, ItemPage)
    assert [(i.id, i.kind, i.state, i.cost, i.stock.word) for i in first.items] == [
        ("mobile-50", "direct", "on", Decimal("49.5"), "unknown"), ("data-1024-4", "direct", "on", 20, "unknown"),
        ("10000489", "card", "on", Decimal("9.9"), "in_stock"), ("2", "card", "paused", Decimal("1.0"), "out"),
    ]  # fmt: skip
    second = page(site, wire, first.cursor, None)
    assert isinstance(second, ItemPage)
    assert [(i.id, i.kind, i.state, i.face_value, i.whole) for i in second.items] == [
        ("3", "manual", "paused", None, False)
    ]
    assert second.cursor is None
    new = page(SITE, Canned(reply([GOOD | {"sales_status": "预售"}])), None, None)
    assert isinstance(new, ItemPage)
    assert [(i.kind, i.state) for i in new.items] == [("card", "paused")]
    # The settings lost a category while it was read.
    assert page(site, wire, "2", None) == ItemPage(())
    assert [one.get("first_category_id") for one in wire.sent] == [11, 12]
    for bad in (GOOD | {"product_id": None}, GOOD | {"purchase_price": "free"}):
        assert isinstance(page(SITE, Canned(reply([bad])), None, None), Doubt)


def test_a_top_up_asks_what_its_template_says() -> None:
    good = GOOD | {"product_type": "直充", "template_id": "T-1"}
    template = {
        "ElementInfo": {"Inputs": [
            {"Id": 2, "Name": "大区", "SortId": 2}, {"Id": 1, "Name": "QQ账号", "SortId": 1},
            {"Id": 3, "Name": "密码", "SortId": "3"},
        ]},
    }  # fmt: skip
    item = CONNECTOR.catalogue.item(SITE, Canned(reply(good), reply(template)), "10000489")
    assert isinstance(item, Item)
    assert [(one.key, one.label, one.type) for one in item.form] == [
        ("charge_account", "QQ账号", "text"), ("charge_game_region", "大区", "text"),
        ("charge_password", "密码", "password"),
    ]  # fmt: skip
    assert (item.state, item.whole) == ("on", True)
    template["ElementInfo"]["Inputs"].append({"Id": 9, "Name": "神秘", "SortId": 9})
    odd = CONNECTOR.catalogue.item(SITE, Canned(reply(good), reply(template)), "10000489")
    assert isinstance(odd, Item)
    assert (odd.state, odd.form[-1].key) == ("paused", "input:9")
    bare = CONNECTOR.catalogue.item(SITE, Canned(reply(good | {"template_id": 0})), "10000489")
    assert isinstance(bare, Item)
    assert [one.key for one in bare.form] == ["charge_account"]


def test_items_that_are_not_there() -> None:
    item, site = CONNECTOR.catalogue.item, settled(answers=ANSWERS)
    assert item(site, Canned(reply("", 1003)), "1") == Refused("off_sale", "1003", "")
    assert item(site, Canned(reply("", 5, message="无")), "1") == Refused("failed", "5", "无")
    assert item(site, Canned(reply(GOOD)), "1") == Doubt("other_item")
    assert item(site, Canned(), "x") == Refused("request", "item_id")
    assert item(site, Canned(), "mobile-30") == Refused("off_sale", "phone")


def test_quotes() -> None:
    quote = CONNECTOR.catalogue.quote
    wire = Canned(reply(GOOD), reply({"stock_status": "警报"}), reply(GOOD), reply("", 5))
    exact = Quote(Decimal("9.9"), Decimal("29.7"), "CNY", Stock("low"), True)
    assert quote(SITE, wire, "10000489", "", 3) == exact
    assert wire.sent[1] == {"_": "fulu.goods.stock.check", "product_id": 10000489, "buy_num": 3}
    assert quote(SITE, wire, "10000489", "", 3) == replace(exact, stock=Stock("in_stock"))
    site = settled(phone="mobile-50=49.5")
    assert quote(site, wire, "mobile-50", "", 1) == Quote(Decimal("49.5"), Decimal("49.5"), "CNY", Stock(), True)
    assert isinstance(quote(site, wire, "mobile-50", "", 2), Refused)
    assert isinstance(quote(site, wire, "10000489", "s", 1), Refused)


def test_a_phone_under_maintenance() -> None:
    site = settled(phone="mobile-50=49.5")
    item = CONNECTOR.catalogue.item(site, Canned(), "mobile-50")
    assert isinstance(item, Item)
    check = CONNECTOR.catalogue.check_account
    wire = Canned(reply({"maintain_state": "维护"}), reply({"maintain_state": "正常"}))
    assert check(site, wire, item, {"charge_phone": "13800138000"}) == {"charge_phone": "维护"}
    assert check(site, wire, item, {"charge_phone": "13800138000"}) == {}
    assert wire.sent[0] == {"_": "fulu.mobile.maintain.check", "mobile": "13800138000", "face_value": 50}


def test_a_balance() -> None:
    balance = CONNECTOR.catalogue.balance
    for told, found in (("-1.5000", "-1.5000"), (12.45, "12.45"), (7, "7")):
        assert balance(SITE, Canned(reply({"balance": told}))) == Balance(Decimal(found), "CNY")
    assert balance(SITE, Canned(reply({"balance": None}))) == Doubt("bad_amount")
    assert balance(SITE, Canned(reply("", 3, message="应用不存在", way=""))) == Refused("failed", "3", "应用不存在")


@pytest.mark.parametrize(
    ("over", "name"),
    [
        ({"base_url": "http://fulu.example.com"}, "base_url"), ({"base_url": "https://f.example.com?x"}, "base_url"),
        ({"app_key": ""}, "app_key"), ({"app_key": "a<b"}, "app_key"), ({"guard": "maybe"}, "guard"),
        ({"order_price": "x"}, "order_price"), ({"answers": "0=balance"}, "answers"), ({"answers": "x"}, "answers"),
        ({"answers": "5=not_sent"}, "answers"), ({"answers": "5=balance\n5=stock"}, "answers"),
        ({"phone": "mobile-0=1"}, "phone"), ({"phone": "mobile-50=0"}, "phone"), ({"phone": "data-5-7=1"}, "phone"),
        ({"categories": "1,x"}, "categories"), ({"categories": "1,1"}, "categories"),
    ],
)  # fmt: skip
def test_settings_are_checked(over: dict[str, str], name: str) -> None:
    with pytest.raises(ConfigProblem) as problem:
        CONNECTOR.catalogue.check(settled(**over))
    assert problem.value.field_name == name


def test_a_secret_is_checked_and_not_shown() -> None:
    CONNECTOR.catalogue.check(SITE)
    for secret in ("", "1" * 31, "密" * 32):
        with pytest.raises(ConfigProblem) as problem:
            CONNECTOR.catalogue.check(Site(SITE.id, SITE.shop_id, "f", "CNY", CONFIG, {"app_secret": secret}))
        assert not secret or secret not in str(problem.value)
