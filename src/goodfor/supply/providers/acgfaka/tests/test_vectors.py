"""acg-faka: the signature of requests, what changes it, and delivered texts as they really come."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

import pytest

from goodfor.kernel.outbound import http
from goodfor.supply.providers.acgfaka import signing
from goodfor.supply.providers.acgfaka.connector import CONNECTOR
from goodfor.supply.providers.acgfaka.texts import codes_of
from goodfor.supply.providers.acgfaka.variants import Variant, read_variant
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    Category,
    ConfigProblem,
    Delivered,
    Doubt,
    Item,
    ItemPage,
    Order,
    OrderRef,
    PlaceRequest,
    Quote,
    Refused,
    Site,
    Stock,
)
from goodfor.supply.providers.wire import Wire

KEY = "ABCDEF"
FIELDS: dict[str, signing.Value] = {
    "app_id": 1001, "app_key": KEY, "shared_code": "C0DE", "contact": "a@b.c", "num": 1, "device": 0, "password": "",
    "race": "月卡", "request_no": "1234567890123456789", "sku": {"区服": "一区"}, "card_id": 0,
}  # fmt: skip
SIGN = "dbc5ce27357fb440e0eae01bcdcfd732"
NUMBER = "123456789012345678"
GOODS = {
    "code": "C0DE", "name": "示例月卡", "price": "12.00", "user_price": 10.5, "delivery_way": 0, "status": 1,
    "minimum": 1, "maximum": 0, "description": "说明",
    "widget": '[{"name":"qq","cn":"QQ 号","type":"text","placeholder":"填 QQ"},'
    '{"name":"area","cn":"区","type":"select","dict":"一区=1,二区=2"}]',
}  # fmt: skip
LEFT = {"count": "8", "price": 12, "user_price": 10.5, "config": '[category]\n月卡=10.5\n年卡="99"\n坏=x\n[other]\na=1'}
PNG = b"\x89PNG\r\n\x1a\n0000"


def site(**config: str) -> Site:
    secrets = {"app_key": config.pop("app_key", KEY)}
    base = {"base_url": "https://faka.example.com", "app_id": "1001", "contact": "a@b.c"}
    return Site(uuid4(), uuid4(), "acg", "CNY", base | config, secrets)


def request(**over: Any) -> PlaceRequest:
    base: dict[str, Any] = {
        "number": NUMBER, "item_id": "C0DE", "sku_id": "月卡|区服=一区", "quantity": 1, "max_cost": Decimal(11),
        "currency": "CNY", "form": {"qq": "10001"},
    }  # fmt: skip
    return PlaceRequest(**(base | over))


REF = OrderRef(NUMBER, "T1", datetime(2026, 1, 1, tzinfo=UTC))
LOST = OrderRef(NUMBER, "", datetime(2026, 1, 1, tzinfo=UTC))
Say = Callable[..., list[tuple[str, dict[str, str]]]]


def ok(data: Any) -> dict[str, Any]:
    return {"code": 200, "msg": "success", "data": data}


@pytest.fixture
def wire() -> Wire:
    return Wire(1767225600.0, lambda: 0.0)


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Say:
    """Replies that come one after the other (document, (status, bytes) or what is raised); gives what was sent."""

    def these(*replies: Any) -> list[tuple[str, dict[str, str]]]:
        left, sent = list(replies), []

        def send(method: str, url: str, body: bytes = b"", headers: Any = None, **_: Any) -> http.Reply:
            assert (method, headers) == ("POST", {"content-type": "application/x-www-form-urlencoded"})
            sent.append((url.removeprefix("https://faka.example.com/shared/"), dict(parse_qsl(body.decode(), True))))
            reply = left.pop(0)
            if isinstance(reply, Exception):
                raise reply
            status, told = reply if isinstance(reply, tuple) else (200, json.dumps(reply).encode())
            return http.Reply(status, told)

        monkeypatch.setattr(http, "send", send)
        return sent

    return these


def test_the_vector() -> None:
    assert signing.sign(FIELDS, KEY) == SIGN
    # Neither an empty text nor a signature of before is part of it, whatever their order.
    assert signing.sign({"sign": "x", "extra": "", **dict(reversed(FIELDS.items()))}, KEY) == SIGN
    assert dict(parse_qsl(signing.body_of(FIELDS, KEY).decode(), True))["sign"] == SIGN
    assert signing.body_of({"sku": {"区服": "一+区 &"}}, KEY).startswith(
        b"sku%5B%E5%8C%BA%E6%9C%8D%5D=%E4%B8%80%2B%E5%8C%BA+%26&sign="
    )


@pytest.mark.parametrize(
    "change",
    [
        {"num": 2}, {"num": "01"}, {"contact": "A@b.c"}, {"device": ""}, {"card_id": ""}, {"race": "年卡"},
        {"race": ""},
        {"sku": {"区服": "二区"}}, {"sku": {}}, {"sku": {"区服": "一区", "": ""}}, {"password": "0"}, {"more": "1"},
        {"request_no": "1234567890123456780"}, {"app_key": "ABCDEG"}, {"APP_ID": 1001},
    ],
)  # fmt: skip
def test_what_is_changed_is_signed_differently(change: dict[str, Any]) -> None:
    assert signing.sign({**FIELDS, **change}, KEY) != SIGN
    assert signing.sign({name: value for name, value in FIELDS.items() if name not in change}, KEY) != SIGN or (
        set(change) & {"password", "more", "APP_ID"}
    )


def test_another_key_signs_differently() -> None:
    assert signing.sign(FIELDS, "abcdef") != SIGN


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({"base_url": "http://faka.example.com"}, "base_url"), ({"base_url": "https://x.example/?s=1"}, "base_url"),
        ({"app_id": "1 1"}, "app_id"), ({"app_key": "x"}, "app_key"), ({"app_key": "A&B=CD#"}, "app_key"),
        ({"contact": ""}, "contact"),
    ],
)  # fmt: skip
def test_settings_are_checked(config: dict[str, str], name: str) -> None:
    with pytest.raises(ConfigProblem) as found:
        CONNECTOR.catalogue.check(site(**config))
    assert found.value.field_name == name


def test_variants() -> None:
    assert read_variant("") == Variant()
    assert read_variant("月卡|区服=一区|线=2=3") == Variant("月卡", {"区服": "一区", "线": "2=3"})
    for broken in ("月卡|", "月卡|区服", "|a=1|a=2", "|a[b]=1", "a\n", " a", "x" * 301, "|=1"):
        assert read_variant(broken) is None


def test_buying(say: Say, wire: Wire) -> None:
    sent = say(ok({"secret": "K-11111\r\n", "tradeNo": "T1"}))
    placed = CONNECTOR.purchase.place(site(app_key="APPKEY-0001"), wire, request())
    assert isinstance(placed, Delivered)
    assert (placed.ref, [code.secret for code in placed.codes]) == ("T1", ["K-11111"])
    ((path, fields),) = sent
    sign = fields.pop("sign")
    assert (path, fields) == (
        "commodity/trade",
        {
            "qq": "10001", "shared_code": "C0DE", "contact": "a@b.c", "num": "1", "card_id": "0", "device": "0",
            "password": "", "race": "月卡", "request_no": NUMBER, "sku[区服]": "一区", "app_id": "1001",
            "app_key": "APPKEY-0001",
        },
    )  # fmt: skip
    del fields["sku[区服]"]
    assert sign == signing.sign({**fields, "sku": {"区服": "一区"}}, "APPKEY-0001")
    # Neither the key, which goes with each request, nor a code is kept.
    kept = repr(wire.exchanges) + repr(placed) + repr(site(app_key="APPKEY-0001"))
    assert "APPKEY-0001" not in kept
    assert "K-11111" not in kept


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ({"code": 400, "msg": "余额不足"}, Refused("balance", "400", "余额不足")),
        ({"code": 400, "msg": "库存不足，请减少数量"}, Refused("stock", "400", "库存不足，请减少数量")),
        ({"code": "400", "msg": "签名错误"}, Refused("config", "400", "签名错误")),
        ({"code": 400, "msg": "request_no 已存在"}, Doubt("duplicate")),
        ({"code": 400, "msg": "订单重复"}, Doubt("duplicate")),
        ({"code": 400, "msg": "扣除余额后发生错误"}, Doubt("unknown_error")),
        ({"code": 500}, Doubt("unknown_error")),
        ({"code": True, "msg": ""}, Doubt("no_code")),
        ({"msg": "ok"}, Doubt("no_code")),
        (ok(None), Doubt("not_an_object")),
        (ok({"secret": "", "tradeNo": ""}), Doubt("no_ref")),
        (ok({"secret": ["a"], "tradeNo": "T1"}), Doubt("bad_secret")),
        (ok({"secret": " \r\n", "tradeNo": "T1"}), Accepted("T1")),
        ((502, b"<html>"), Doubt("http_502")),
        ((302, b""), Doubt("http_302")),
        ((200, b""), Doubt("not_json")),
        (http.NotSent(), Refused("not_sent")),
        (http.NoAnswer("timeout"), Doubt("timeout")),
    ],
)
def test_what_is_no_answer_is_doubt(reply: Any, said: Any, say: Say, wire: Wire) -> None:
    say(reply)
    assert CONNECTOR.purchase.place(site(), wire, request()) == said


@pytest.mark.parametrize(
    "over",
    [
        {"sku_id": "月卡|"}, {"quantity": 0}, {"number": "1" * 20}, {"item_id": ""}, {"form": {"num": "9"}},
        {"form": {"app_key": "x"}}, {"form": {"a[b]": "x"}}, {"form": {"1": "x"}},
    ],
)  # fmt: skip
def test_what_cannot_be_bought_is_not_sent(over: dict[str, Any], say: Say, wire: Wire) -> None:
    sent = say()
    assert isinstance(CONNECTOR.purchase.place(site(), wire, request(**over)), Refused)
    assert sent == []


def test_asking(say: Say, wire: Wire) -> None:
    sent = say(ok({"secret": "卡号：A1 密码：B-2222", "status": 1}), ok({"secret": None, "status": "new"}))
    found = CONNECTOR.purchase.query(site(), wire, REF)
    assert isinstance(found, Order)
    assert (found.state, found.number, found.ref, found.word) == ("success", NUMBER, "T1", "1")
    assert [(code.number, code.secret) for code in found.codes] == [("A1", "B-2222")]
    assert sent[0][1]["tradeNo"] == "T1"
    waiting = CONNECTOR.purchase.query(site(), wire, REF)
    assert isinstance(waiting, Order)
    assert (waiting.state, waiting.codes) == ("processing", ())
    say(ok({"tradeNo": "T2", "secret": "x"}), {"code": 400, "msg": "商品不存在"}, {"code": 400, "msg": "订单不存在"})
    assert CONNECTOR.purchase.query(site(), wire, REF) == Doubt("other_number")
    assert CONNECTOR.purchase.query(site(), wire, REF) == Doubt("denied")
    assert CONNECTOR.purchase.codes(site(), wire, REF) == Doubt("unknown_error")


def test_a_lost_reply_cannot_be_asked_about(say: Say, wire: Wire) -> None:
    sent = say()
    assert CONNECTOR.purchase.query(site(), wire, LOST) == Doubt("no_ref")
    assert CONNECTOR.purchase.codes(site(), wire, LOST) == Doubt("no_ref")
    assert sent == []
    assert CONNECTOR.about.found_by == "ref"


@pytest.mark.parametrize(
    ("told", "quantity", "parts"),
    [
        ("A-1\r\nB-2\r\n\r\n", 2, [("", "A-1"), ("", "B-2")]),
        ("\ufeff 0012 34 \u200b", 1, [("", "0012 34")]),
        ("卡号：A1 密码：b", 1, [("A1", "b")]),
        ("卡号: A1，卡密:b\n卡号:A2，卡密:c", 2, [("A1", "b"), ("A2", "c")]),
        ("卡号：A1\r\n密码：b\r\n卡号：A2\r\n密码：c", 2, [("A1", "b"), ("A2", "c")]),
        ("卡号：A1\n密码：b", 1, [("A1", "b")]),
        ("卡号：A1\n卡号：A2", 2, [("A1", ""), ("A2", "")]),
        ("卡密：b", 1, [("", "b")]),
        ("卡号：A1\n卡号：A2 密码：c\nD", 3, [("A1", ""), ("A2", "c"), ("", "D")]),
        ("卡号：A1卡密：b", 1, [("", "卡号：A1卡密：b")]),
        ("账号 user\n密码 pass\n请勿改密", 1, [("", "账号 user\n密码 pass\n请勿改密")]),
        ("密码：b 请在今天使用", 1, [("", "密码：b 请在今天使用")]),
        ("A\nB\nC", 2, [("", "A"), ("", "B"), ("", "C")]),
        ("A", 2, [("", "A")]),
        ("", 1, []),
        ("data:image/png;base64,AAAA", 1, [("", "data:image/png;base64,AAAA")]),
    ],
)
def test_delivered_texts(told: str, quantity: int, parts: list[tuple[str, str]]) -> None:
    assert [(code.number, code.secret) for code in codes_of(told, quantity)] == parts


def test_links_and_pictures() -> None:
    (link, picture) = codes_of(
        f"https://pick.example/x?a=1\r\ndata:image/png;base64,{base64.b64encode(PNG).decode()}", 2
    )
    assert (link.link, link.secret, picture.image, picture.secret) == ("https://pick.example/x?a=1", "", PNG, "")


def test_items(say: Say, wire: Wire) -> None:
    by_hand, off = GOODS | {"code": "H", "delivery_way": 1}, GOODS | {"code": "O", "status": "0"}
    odd = GOODS | {"code": "X", "widget": "{broken", "user_price": None, "price": "12.00", "stock": "0"}
    tree = [{"id": 3, "name": "点卡", "children": [GOODS, by_hand]}, {"id": 4, "name": "空", "children": None},
            {"id": 5, "name": "杂", "children": [off, odd]}]  # fmt: skip
    say(ok(tree), ok(tree))
    page = CONNECTOR.catalogue.page(site(), wire, None, None)
    assert isinstance(page, ItemPage)
    assert page.cursor is None
    assert [(one.id, one.kind, one.state, one.category, one.cost) for one in page.items] == [
        ("C0DE", "card", "on", "3", Decimal("10.5")),
        ("H", "manual", "paused", "3", Decimal("10.5")),
        ("O", "card", "paused", "5", Decimal("10.5")),
        ("X", "card", "paused", "5", Decimal("12.00")),
    ]
    assert page.items[3].stock == Stock("out", 0)
    assert CONNECTOR.catalogue.categories(site(), wire) == [
        Category("3", "点卡"), Category("4", "空"), Category("5", "杂")
    ]  # fmt: skip


def test_one_item(say: Say, wire: Wire) -> None:
    sent = say(ok(GOODS), ok(LEFT))
    item = CONNECTOR.catalogue.item(site(), wire, "C0DE")
    assert isinstance(item, Item)
    assert (item.stock, item.whole, item.most) == (Stock("exact", 8), True, None)
    assert [(one.id, one.cost) for one in item.skus] == [("月卡", Decimal("10.5")), ("年卡", Decimal(99))]
    assert [(one.key, one.type, one.options) for one in item.form] == [
        ("qq", "text", ()), ("area", "choice", (("1", "一区"), ("2", "二区"))),
    ]  # fmt: skip
    assert sent[1][1]["sharedCode"] == "C0DE"
    say(ok(GOODS | {"code": "c0de"}), {"code": 400, "msg": "商品不存在"}, ok(GOODS | {"price": "x", "user_price": "y"}))
    assert CONNECTOR.catalogue.item(site(), wire, "C0DE") == Doubt("other_item")
    assert CONNECTOR.catalogue.item(site(), wire, "C0DE") == Refused("off_sale", "400", "商品不存在")
    assert CONNECTOR.catalogue.item(site(), wire, "C0DE") == Doubt("bad_price")


@pytest.mark.parametrize(
    "widget", ['[{"name":"num"}]', '[{"name":"a b"}]', '[{"name":"a","type":"file"}]', {"a": 1}, "1"]
)
def test_a_form_that_is_not_understood_is_not_sold(widget: Any, say: Say, wire: Wire) -> None:
    say(ok(GOODS | {"widget": widget}), ok(LEFT))
    item = CONNECTOR.catalogue.item(site(), wire, "C0DE")
    assert isinstance(item, Item)
    assert (item.state, item.form) == ("paused", ())


@pytest.mark.parametrize(
    ("prices", "quantity", "total"),
    [(["10.5"], 1, "10.5"), (["10.5", "21"], 2, "21"), (["10.5", "10.5"], 2, "21.0"), (["10.5", 9], 3, "27")],
)
def test_quotes(prices: list[Any], quantity: int, total: str, say: Say, wire: Wire) -> None:
    sent = say(*[ok({"price": price}) for price in prices], ok({"count": None}))
    quote = CONNECTOR.catalogue.quote(site(), wire, "C0DE", "月卡|区服=一区", quantity)
    assert isinstance(quote, Quote)
    assert (quote.total, quote.stock) == (Decimal(total), Stock("unknown"))
    assert (sent[0][1]["sku[区服]"], sent[0][1]["race"], sent[-1][0]) == ("一区", "月卡", "commodity/inventory")


def test_the_balance(say: Say, wire: Wire) -> None:
    say(ok({"shopName": "示例", "balance": "-3.20"}), ok({"balance": "1,000"}))
    assert CONNECTOR.catalogue.balance(site(), wire) == Balance(Decimal("-3.20"), "CNY")
    assert CONNECTOR.catalogue.balance(site(), wire) == Doubt("bad_amount")
