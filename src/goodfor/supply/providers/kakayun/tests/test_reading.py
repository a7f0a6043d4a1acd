"""Replies of Kakayun as they come, and what is made of them."""

import base64
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from goodfor.supply.providers.kakayun import signing
from goodfor.supply.providers.kakayun.connector import CONNECTOR
from goodfor.supply.providers.kakayun.tests.test_vectors import CONFIG, KEY, SITE
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    Category,
    Code,
    ConfigProblem,
    Doubt,
    FormField,
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

NUMBER = "202601010000000007"
ORDER = OrderRef(NUMBER, "SD1", datetime(2026, 1, 1, tzinfo=UTC))
REQUEST = PlaceRequest(NUMBER, "720938", 2, Decimal("19.8"), "CNY", notify_url="https://hub.example.com/cb")
PICTURE = b"\x89PNG\r\n\x1a\n1234"


class Canned(Wire):
    """Answers with what was laid down, one after the other and the last for ever, and remembers what was sent."""

    def __init__(self, *told: Any, status: int = 200) -> None:
        super().__init__(1767225600.0, lambda: 0.0)
        self.told, self.status = list(told), status
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def send(self, what: str, method: str, url: str, body: bytes = b"", *_: Any, **__: Any) -> Reply:
        self.sent.append((url, json.loads(body)))
        told = self.told.pop(0) if len(self.told) > 1 else self.told[0]
        if isinstance(told, Exception):
            raise told
        return Reply(self.status, told if isinstance(told, bytes) else json.dumps(told).encode())


def ok(data: Any) -> dict[str, Any]:
    return {"code": 1, "msg": "ok", "data": data}


def test_an_order_is_sent_as_it_should_be() -> None:
    wire = Canned(ok({"orderno": "SD1", "usorderno": NUMBER}))
    form = {"1": "13800138000", "16": "a", "16.2": "b"}
    assert CONNECTOR.purchase.place(SITE, wire, replace(REQUEST, form=form)) == Accepted("SD1")
    ((url, sent),) = wire.sent
    assert url == "https://kky.example.com/dockapiv3/order/create"
    assert sent.pop("sign") == signing.sign(sent, KEY)
    assert sent == {
        "goodsid": "720938", "buynum": 2, "usorderno": NUMBER, "callbackurl": "https://hub.example.com/cb",
        "maxmoney": "19.80", "userid": "10001", "timestamp": "1767225600",
        "attach": [
            {"attachtype": "1", "value": "13800138000"}, {"attachtype": "16", "value": "a"},
            {"attachtype": "16", "value": "b"},
        ],
    }  # fmt: skip


def test_a_question_goes_to_the_common_host() -> None:
    wire = Canned({"code": 1301})
    assert CONNECTOR.purchase.query(SITE, wire, ORDER) == NotFound()
    ((url, sent),) = wire.sent
    assert (url, sent["usorderno"]) == ("https://public.example.com/dockapiv3/order/get", NUMBER)


def test_what_cannot_be_bought_is_not_sent() -> None:
    wire = Canned(ok({}))
    for bad in (replace(REQUEST, quantity=0), replace(REQUEST, item_id="²"), replace(REQUEST, sku_id="1")):
        assert isinstance(CONNECTOR.purchase.place(SITE, wire, bad), Refused)
    assert wire.sent == []


@pytest.mark.parametrize(
    ("told", "placed"),
    [
        (ok({"orderno": 7}), Accepted("7")), (ok({"orderno": "1", "usorderno": "1"}), Doubt("other_number")),
        (ok(None), Doubt("not_an_object")), ({"code": "1", "data": {}}, Accepted()),
        ({"code": 9999, "msg": "x"}, Doubt("system_error")), ({"code": 1205}, Doubt("duplicate")),
        ({"code": -1, "msg": "订单号已存在"}, Doubt("duplicate")),
        ({"code": -1, "msg": "库存不足"}, Refused("stock", "-1", "库存不足")),
        ({"code": -1}, Refused("failed", "-1")), ({"code": 0}, Refused("failed", "0")),
        ({"code": 777}, Refused("failed", "777")),
        ({"code": 401}, Refused("config", "401")), ({"code": 404}, Refused("throttled", "404")),
        ({"code": 1206}, Refused("off_sale", "1206")), ({"code": 1208}, Refused("account", "1208")),
        ({"code": "1210", "msg": "m"}, Refused("price", "1210", "m")), ({"code": 1213}, Refused("balance", "1213")),
        ({"code": None}, Doubt("no_code")), ({}, Doubt("no_code")), ({"code": True}, Doubt("no_code")),
        ([], Doubt("not_an_object")),
        (b"", Doubt("not_json")), (b"<html>502</html>", Doubt("not_json")), (NoAnswer("timeout"), Doubt("timeout")),
        (NotSent(), Refused("not_sent")),
    ],
)  # fmt: skip
def test_what_comes_of_an_order(told: Any, placed: object) -> None:
    assert CONNECTOR.purchase.place(SITE, Canned(told), REQUEST) == placed
    if not isinstance(told, Exception):
        assert CONNECTOR.purchase.place(SITE, Canned(told, status=502), REQUEST) == Doubt("http_502")


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ({"code": 777}, Doubt("unknown_code")), ({"code": -1}, Doubt("unknown_code")),
        ({"code": 9999}, Doubt("system_error")),
        ({"code": 404}, Refused("throttled", "404")), ({"code": 403}, Refused("config", "403")),
        (ok({"usorderno": "1"}), Doubt("other_number")), (ok({"status": 5}), Doubt("no_number")),
        (ok([]), Doubt("not_an_object")),
        (b"<html>", Doubt("not_json")), (NoAnswer("connection_lost"), Doubt("connection_lost")),
    ],
)  # fmt: skip
def test_what_a_question_may_come_to(told: Any, asked: object) -> None:
    assert CONNECTOR.purchase.query(SITE, Canned(told), ORDER) == asked


def order(**row: Any) -> Order:
    found = CONNECTOR.purchase.query(SITE, Canned(ok({"usorderno": NUMBER, "orderno": "SD1", **row})), ORDER)
    assert isinstance(found, Order)
    return found


CARDS = [{"card_no": "N1", "card_pwd": "P1"}]


@pytest.mark.parametrize(
    ("row", "state", "charged", "refunded"),
    [
        ({"status": 0}, "accepted", None, "0"), ({"status": 1}, "accepted", None, "0"),
        ({"status": "1", "cards": CARDS, "money": 9.90}, "success", "9.9", "0"),
        ({"status": 1, "push_type": 0, "money": "9.90"}, "accepted", "9.90", "0"),
        ({"status": 2, "money": "9.90"}, "failed", "0", "0"), ({"status": 3}, "processing", None, "0"),
        ({"status": 4, "refundstatus": 1, "money": "9.90", "refundmoney": "9.90"}, "failed", "9.90", "9.90"),
        ({"status": 4, "refundstatus": "1", "money": "9.90"}, "failed", "9.90", "9.90"),
        ({"status": 4, "refundstatus": 4, "money": "9.90", "refundmoney": 9.90}, "failed", "9.90", "9.9"),
        ({"status": 4, "refundstatus": 0, "money": "9.90"}, "refunding", "9.90", "0"),
        ({"status": 4, "refundstatus": 3, "money": "9.90", "refundmoney": "9.90"}, "refunding", "9.90", "0"),
        ({"status": 4, "refundstatus": 2, "money": "9.90", "refundmoney": "1.00"}, "refunding", "9.90", "1.00"),
        ({"status": 4}, "refunding", None, "0"),
        ({"status": 5, "money": "9.90", "refundmoney": "0.00", "refundstatus": 0}, "success", "9.90", "0.00"),
        ({"status": 5, "money": "9.90", "refundmoney": "1.00", "refundstatus": 2}, "success", "9.90", "1.00"),
        ({"status": 5, "money": "9.90", "refundmoney": "9.9", "refundstatus": 2}, "refunded", "9.90", "9.9"),
        ({"status": 5, "money": "9.90", "refundmoney": "", "refundstatus": 1}, "refunded", "9.90", "9.90"),
        ({"status": 5, "money": "9.90", "refundstatus": 3, "refundmoney": "9.90"}, "success", "9.90", "0"),
        ({"status": 6}, "processing", None, "0"), ({"status": "done"}, "processing", None, "0"),
        ({"status": None}, "processing", None, "0"), ({}, "processing", None, "0"),
        ({"status": True}, "processing", None, "0"),
        ({"status": 3, "money": "many", "refundmoney": "-1"}, "processing", None, "0"),
    ],
)  # fmt: skip
def test_states_and_money(row: dict[str, Any], state: str, charged: str | None, refunded: str) -> None:
    found = order(**row)
    assert (found.state, found.charged, found.refunded) == (state, charged and Decimal(charged), Decimal(refunded))


def codes(**row: Any) -> tuple[Code, ...]:
    return order(status=5, **row).codes


def test_cards_of_all_kinds() -> None:
    link = "https://card.example/x?a=1"
    rows = [
        {"card_no": "\ufeff卡号：A 1\r\n", "card_pwd": "密码：0 9\r"}, {"card_no": "", "card_pwd": "Only-Secret\r"},
        {"card_no": None, "card_pwd": f"{link}\r\n"}, {"card_no": 17, "card_pwd": "0012"},
        {"card_pwd": "data:image/png;base64," + base64.b64encode(PICTURE).decode()},
        {"card_pwd": base64.b64encode(PICTURE).decode()},
        {"card_no": "N", "card_pwd": "P", "card_expire_at": "2026-12-31 23:59:59"},
        {"card_no": "N", "card_pwd": "data:image/png;base64,AAAA", "card_expire_at": "soon"},
    ]  # fmt: skip
    got = codes(cards=rows, cardlist=["卡号：X 密码：Y"])
    assert [(one.number, one.secret, one.link, one.image) for one in got] == [
        ("A 1", "0 9", "", b""), ("", "Only-Secret", "", b""), ("", "", link, b""), ("17", "0012", "", b""),
        ("", "", "", PICTURE), ("", "", "", PICTURE), ("N", "P", "", b""), ("N", "data:image/png;base64,AAAA", "", b""),
    ]  # fmt: skip
    assert got[6].expires_at == datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
    assert got[7].expires_at is None


def test_labelled_text_of_all_kinds() -> None:
    lines = [
        "卡号：N1 密码：P1\r", "卡号:N2,密码:P:2;验证码:77\r\n", "PLAIN----X\r", "\r", "卡密：S3",
        "链接：https://a.example/1",
        "卡号：\n密码：P4", "Note 密码：x",
    ]  # fmt: skip
    got = codes(cards=[], cardlist=lines)
    assert [(one.number, one.secret, one.link, one.verify_code) for one in got] == [
        ("N1", "P1", "", ""), ("N2", "P:2", "", "77"), ("", "PLAIN----X", "", ""), ("", "S3", "", ""),
        ("", "", "https://a.example/1", ""), ("", "P4", "", ""), ("", "Note 密码：x", "", ""),
    ]  # fmt: skip


def test_codes_that_came_are_concealed() -> None:
    wire = Canned(ok({"usorderno": NUMBER, "status": 5, "cards": [{"card_no": "NUM-1", "card_pwd": "SECRET-1"}]}))
    assert CONNECTOR.purchase.codes(SITE, wire, ORDER) == (Code("NUM-1", "SECRET-1"),)
    assert {"NUM-1", "SECRET-1"} <= set(wire.hide)
    sealed = base64.b64encode(PICTURE).decode()
    shown = Canned(ok({"usorderno": NUMBER, "status": 5, "cards": [{"card_pwd": f"data:image/png;base64,{sealed}"}]}))
    assert CONNECTOR.purchase.codes(SITE, shown, ORDER) == (Code(image=PICTURE),)
    assert sealed in shown.hide
    stranger = Canned(ok({"usorderno": "1", "status": 5, "cards": [{"card_pwd": "SECRET-1"}]}))
    assert CONNECTOR.purchase.codes(SITE, stranger, ORDER) == Doubt("other_number")
    assert "SECRET-1" in stranger.hide
    assert CONNECTOR.purchase.codes(SITE, Canned({"code": 1301}), ORDER) == Doubt("not_found")


@pytest.mark.parametrize(
    "bad", [{"cards": [{}]}, {"cards": [{"card_pwd": " \r\n"}]}, {"cards": "x"}, {"cardlist": [{}]}]
)
def test_a_card_that_says_nothing_is_doubt(bad: dict[str, Any]) -> None:
    told = Canned(ok({"usorderno": NUMBER, "status": 5, **bad}))
    assert isinstance(CONNECTOR.purchase.query(SITE, told, ORDER), Doubt)


def test_cancelling() -> None:
    cancel = CONNECTOR.purchase.cancel
    assert cancel(SITE, Canned({"code": 1}), ORDER, "") == Accepted("SD1")
    assert cancel(SITE, Canned({"code": 0, "msg": "no"}), ORDER, "") == Refused("request", "0", "no")
    assert cancel(SITE, Canned({"code": 9999}), ORDER, "") == Doubt("system_error")
    assert cancel(SITE, Canned({"code": 5}), ORDER, "") == Doubt("unknown_code")


def test_balance_may_be_below_zero() -> None:
    balance = CONNECTOR.catalogue.balance
    assert balance(SITE, Canned(ok({"money": "-3.10", "creditquota": 100}))) == Balance(
        Decimal("-3.10"), "CNY", Decimal(100)
    )
    assert balance(SITE, Canned(ok({"money": 5}))) == Balance(Decimal(5), "CNY")
    assert balance(SITE, Canned(ok({"creditquota": 1}))) == Doubt("bad_amount")


ROW = {"goodsid": 720938, "goodsname": "示例", "goodsprice": "9.90", "goodsstatus": 1, "goodstype": 0, "stock": "3"}


def item(**row: Any) -> Any:
    return CONNECTOR.catalogue.item(SITE, Canned(ok(ROW | row)), "720938")


def test_an_item() -> None:
    found = item(min="2", max=0)
    assert found == Item("720938", "示例", "card", Decimal("9.90"), "CNY", stock=Stock("exact", 3), least=2)
    assert item(goodstype=9).kind == "manual"
    assert item(stock=None).stock == Stock("unknown")
    assert item(stock=-1).stock == Stock("out", 0)
    assert [item(goodsstatus=word).state for word in (1, 0, 404, 7, None, "?")] == [
        "on", "paused", "deleted", "paused", "paused", "paused",
    ]  # fmt: skip
    assert item(goodsid=1) == Doubt("other_item")
    assert item(goodsprice="") == Doubt("bad_price")
    off = CONNECTOR.catalogue.item(SITE, Canned({"code": 1214}), "720938")
    assert off == Refused("off_sale", "1214")


def test_forms() -> None:
    rows = [
        {"attachtype": "1", "title": "手机", "format": 1}, {"attachtype": 16}, {"attachtype": 16, "required": 0},
        {"attachtype": 12, "options": ["a", {"value": "b", "name": "B"}]}, {"attachtype": 99},
    ]  # fmt: skip
    form = item(goodstype=1, attach=rows).form
    assert [(one.key, one.label, one.type, one.required) for one in form] == [
        ("1", "手机", "text", True), ("16", "扩展信息", "text", True), ("16.2", "扩展信息", "text", False),
        ("12", "充值方式", "choice", True), ("99", "99", "text", True),
    ]  # fmt: skip
    assert form[0].regex == r"^1[3456789]\d{9}$"
    assert form[3].options == (("a", "a"), ("b", "B"))
    assert item(goodstype=1).form == item(goodstype=1, attach="?").form == (FormField("1", "充值账号"),)
    assert item(attach=[{"title": "?"}]) == Doubt("bad_form")


def test_pages_end_with_an_empty_one() -> None:
    page = CONNECTOR.catalogue.page
    first = page(SITE, Canned(ok({"list": [ROW]})), None, None)
    assert isinstance(first, ItemPage)
    assert (len(first.items), first.cursor, first.items[0].whole) == (1, "2", False)
    wire = Canned(ok([]))
    assert page(SITE, wire, "2", None) == ItemPage(())
    assert (wire.sent[0][1]["page"], wire.sent[0][1]["limit"]) == (2, 50)
    for dirty in ([{}], [{"goodsid": 1}], "x", [1]):
        assert isinstance(page(SITE, Canned(ok(dirty)), None, None), Doubt)


def test_quotes() -> None:
    quote = CONNECTOR.catalogue.quote
    assert quote(SITE, Canned(ok(ROW)), "720938", "", 3) == Quote(
        Decimal("9.90"), Decimal("29.70"), "CNY", Stock("exact", 3), on_sale=True
    )
    assert quote(SITE, Canned(ok(ROW | {"goodsstatus": 0})), "720938", "", 1).on_sale is False  # type: ignore[union-attr]
    assert quote(SITE, Canned(ok(ROW)), "1", "", 1) == Doubt("other_item")
    assert isinstance(quote(SITE, Canned(ok(ROW)), "720938", "7", 1), Refused)


def test_the_tree() -> None:
    told = [{"groupid": 1, "groupname": "A", "children": [{"id": "2", "name": "B"}]}, {"id": 3, "name": "C", "pid": 1}]
    assert CONNECTOR.catalogue.categories(SITE, Canned(ok(told))) == [
        Category("1", "A"), Category("2", "B", "1"), Category("3", "C", "1"),
    ]  # fmt: skip
    assert CONNECTOR.catalogue.categories(SITE, Canned(ok(None))) == []
    assert CONNECTOR.catalogue.categories(SITE, Canned(ok([{"name": "A"}]))) == Doubt("no_category_id")


def subscribed(wire: Canned, items: Sequence[str]) -> list[tuple[str, Any]]:
    assert CONNECTOR.webhook is not None
    assert CONNECTOR.webhook.subscribe(SITE, wire, items, "https://hub.example.com/cb") is None
    return [(url.rpartition("/")[2], sent.get("receiveurl") or sent.get("goodsid")) for url, sent in wire.sent]


def test_changes_are_asked_for_in_hundreds() -> None:
    many = [str(number) for number in range(1, 251)]
    assert [(path, sent and len(sent)) for path, sent in subscribed(Canned(ok([])), many)] == [
        ("geturl", None), ("seturl", 26), ("subscribe", 100), ("subscribe", 100), ("subscribe", 50),
    ]  # fmt: skip
    known = Canned(ok({"list": [{"receiveurl": "https://hub.example.com/cb"}]}))
    assert subscribed(known, ["5"]) == [("geturl", None), ("subscribe", [5])]
    assert CONNECTOR.webhook is not None
    assert CONNECTOR.webhook.subscribe(SITE, Canned({"code": 1400}), ["5"], "https://x") == Refused("config", "1400")
    gone = Canned(ok(None))
    assert CONNECTOR.webhook.unsubscribe(SITE, gone, ["5", "6"]) is None
    assert [sent["goodsid"] for _, sent in gone.sent] == [[5, 6]]
    assert "delall" not in gone.sent[0][1]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"base_url": "http://kky.example.com"}, "base_url"), ({"base_url": ""}, "base_url"),
        ({"base_url": "https://kky.example.com/?a"}, "base_url"),
        ({"public_url": "http://p.example.com"}, "public_url"),
        ({"user_id": "1 2"}, "user_id"), ({"user_id": ""}, "user_id"), ({"key": "short"}, "key"), ({"key": ""}, "key"),
    ],
)  # fmt: skip
def test_settings_that_cannot_work(change: dict[str, str], field: str) -> None:
    config = {**CONFIG, **{name: value for name, value in change.items() if name != "key"}}
    site = Site(SITE.id, SITE.shop_id, "kky", "CNY", config, {"key": change.get("key", KEY)})
    with pytest.raises(ConfigProblem) as problem:
        CONNECTOR.catalogue.check(site)
    assert problem.value.field_name == field
    assert KEY not in repr(site)


def test_the_common_host_need_not_be_named() -> None:
    config = {name: value for name, value in CONFIG.items() if name != "public_url"}
    wire = Canned({"code": 1301})
    CONNECTOR.purchase.query(replace(SITE, config=config), wire, ORDER)
    assert wire.sent[0][0].startswith("https://public.kky.v3.api.kakayun.vip/dockapiv3/")
