"""Reloadly: the signature of its calls, what must not verify, tokens, and replies as they really come."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from goodfor.kernel.outbound import http
from goodfor.supply.providers.numbers import BadReply
from goodfor.supply.providers.reloadly import signing, tokens
from goodfor.supply.providers.reloadly.connector import CONNECTOR
from goodfor.supply.providers.reloadly.orders import cards_of, order_of, row_of
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    Call,
    CallProblem,
    ConfigProblem,
    Doubt,
    Item,
    ItemPage,
    NotFound,
    Order,
    OrderEvent,
    OrderRef,
    PlaceRequest,
    Quote,
    Refused,
    Site,
)
from goodfor.supply.providers.wire import Wire

BODY = b'{"type":"giftcard_transaction.status","data":{"id":1}}'
STAMP = "1767225600"
SIGN = "cc79cfea358d970b513c84e95ef6d37ea9fece2f9ebd2dbfcb9738da3f9b1c22"
BASE = "https://cards.example.com"
NUMBER = "123456789012345678"
PAID = {
    "transactionId": 77, "amount": 24.35, "discount": 0.7, "currencyCode": "USD", "fee": 0.35,
    "customIdentifier": NUMBER, "status": "SUCCESSFUL", "transactionCreatedTime": "2026-01-01 00:00:10",
}  # fmt: skip
FIXED = {
    "productId": 5, "productName": "Demo Games DE", "denominationType": "FIXED", "senderFee": 0.5,
    "senderCurrencyCode": "USD", "recipientCurrencyCode": "EUR", "fixedRecipientDenominations": [10, 25.00, "50"],
    "fixedRecipientToSenderDenominationsMap": {"10.00": 11.9, "25.0": "29.75"}, "country": {"isoName": "DE"},
    "brand": {"brandName": "Demo Games"}, "discountPercentage": 3,
}  # fmt: skip
RANGE = {
    "productId": 6, "productName": "Demo Cinema", "denominationType": "RANGE", "minRecipientDenomination": 5,
    "maxRecipientDenomination": 30, "minSenderDenomination": 6, "maxSenderDenomination": 35.99, "senderFee": None,
    "senderCurrencyCode": "USD", "recipientCurrencyCode": "EUR",
}  # fmt: skip
ERROR = {"timeStamp": "2026-01-01 00:00:00", "message": "no", "path": "/orders", "errorCode": None, "details": []}


def site(**config: str) -> Site:
    base = {
        "base_url": BASE, "auth_url": "https://auth.example.com", "sender_name": "Demo shop",
        "recipient_email": "cards@shop.example",
    }  # fmt: skip
    secrets = {
        "client_id": "client-0001", "client_secret": "s3cret-0001",
        "webhook_secret": config.pop("webhook_secret", "rl-secret"),
    }  # fmt: skip
    return Site(uuid4(), uuid4(), "rl", "USD", base | config, secrets)


def request(**over: Any) -> PlaceRequest:
    base: dict[str, Any] = {
        "number": NUMBER, "item_id": "5", "sku_id": "25", "quantity": 2, "max_cost": Decimal(61), "currency": "USD",
    }  # fmt: skip
    return PlaceRequest(**(base | over))


PLACED_AT = datetime(2026, 1, 1, tzinfo=UTC)
REF, LOST = OrderRef(NUMBER, "77", PLACED_AT), OrderRef(NUMBER, "", PLACED_AT)
Say = Callable[..., list[tuple[str, str, bytes]]]
TOKEN = (200, {"access_token": "token-0001", "expires_in": 5_184_000})


@pytest.fixture
def wire() -> Wire:
    return Wire(1767225600.0, lambda: 0.0)


@pytest.fixture(autouse=True)
def _no_tokens() -> None:
    tokens._tokens.clear()


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Say:
    """Replies that come one after the other, (status, document or bytes); gives the requests that were sent.

    A token is given first of all.
    """

    def these(*replies: Any, token: Any = TOKEN) -> list[tuple[str, str, bytes]]:
        left, sent = [token, *replies] if token else list(replies), []

        def send(method: str, url: str, body: bytes = b"", headers: Any = None, **_: Any) -> http.Reply:
            assert ("authorization" in headers) != url.endswith("/oauth/token")
            sent.append((method, url.removeprefix(BASE), body))
            next_one = left.pop(0)
            if isinstance(next_one, Exception):
                raise next_one
            status, told = next_one
            return http.Reply(status, told if isinstance(told, bytes) else json.dumps(told).encode())

        monkeypatch.setattr(http, "send", send)
        return sent

    return these


def test_the_vector() -> None:
    assert signing.sign("rl-secret", BODY, STAMP) == SIGN


def call(body: bytes = BODY, sign: str = SIGN, stamp: str = STAMP, **over: Any) -> Call:
    headers = {signing.HEADER: sign, signing.TIME: stamp}
    return Call(**({"method": "POST", "path": "/cb", "headers": headers, "body": body} | over))


def hear(told: Call, now: float = 1767225601.0, **config: str) -> Any:
    assert CONNECTOR.webhook is not None
    return CONNECTOR.webhook.hear(site(**config), told, now)


def signed(told: object, stamp: str = STAMP) -> Call:
    body = json.dumps(told).encode()
    return call(body, signing.sign("rl-secret", body, stamp), stamp)


def test_calls_are_heard() -> None:
    # A state that came along is not believed: it is asked for.
    assert hear(call()).events == (OrderEvent("", "1"),)
    told = {"type": "giftcard_transaction.status", "data": {"id": "9", "customIdentifier": NUMBER, "status": "FAILED"}}
    assert hear(signed(told)).events == (OrderEvent(NUMBER, "9"),)
    assert hear(signed(told, "1767225600123")).events == (OrderEvent(NUMBER, "9"),)
    assert hear(signed({"type": "airtime_transaction.status", "data": {"id": 9}})).events == ()
    assert hear(call()).key == hear(call()).key != hear(signed(told)).key


@pytest.mark.parametrize(
    "forged",
    [
        call(BODY.replace(b'"id":1', b'"id":2')),
        call(b'{"type":"giftcard_transaction.status"}'),
        call(BODY.replace(b'"id":1', b'"id":1,"more":""')),
        call(BODY.upper()),
        call(sign=SIGN.upper()),
        call(sign=signing.sign("rl-Secret", BODY, STAMP)),
        call(stamp="1767225601"),
        call(stamp="x"),
        call(stamp="１７６７２２５６００"),
        call(sign=""),
        call(headers={signing.HEADER: SIGN}),
        call(headers={signing.TIME: STAMP}),
        call(method="GET"),
    ],
)
def test_a_changed_call_proves_nothing(forged: Call) -> None:
    with pytest.raises(CallProblem):
        hear(forged)


def test_an_old_call_proves_nothing() -> None:
    for now in (1767225600.0 + 4 * 3600, 1767225600.0 - 4 * 3600):
        with pytest.raises(CallProblem, match="old"):
            hear(call(), now)


def test_without_a_secret_no_call_proves_anything() -> None:
    with pytest.raises(CallProblem, match="no_key"):
        hear(call(sign=signing.sign("", BODY, STAMP)), webhook_secret="")


@pytest.mark.parametrize(
    "told",
    [[], "x", {}, {"type": "giftcard_transaction.status"}, {"type": "giftcard_transaction.x", "data": {"id": 0}}],
)
def test_nonsense_with_the_right_signature_is_no_crash(told: object) -> None:
    with pytest.raises(CallProblem):
        hear(signed(told))


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({"base_url": "http://x.example"}, "base_url"), ({"auth_url": "ftp://x.example"}, "auth_url"),
        ({"sender_name": ""}, "sender_name"), ({"recipient_email": "x"}, "recipient_email"),
        ({"values": "0"}, "values"), ({"failed_words": "SUCCESSFUL"}, "failed_words"),
        ({"failed_words": "a b"}, "failed_words"),
    ],
)  # fmt: skip
def test_settings_are_checked(config: dict[str, str], name: str) -> None:
    with pytest.raises(ConfigProblem) as found:
        CONNECTOR.catalogue.check(site(**config))
    assert found.value.field_name == name


def test_buying(say: Say, wire: Wire) -> None:
    sent = say((200, PAID | {"status": "PENDING"}))
    assert CONNECTOR.purchase.place(site(), wire, request()) == Accepted("77", Decimal("24.35"))
    (_, url, asked), (method, path, body) = sent
    assert url == "https://auth.example.com/oauth/token"
    assert json.loads(asked) == {
        "client_id": "client-0001", "client_secret": "s3cret-0001", "grant_type": "client_credentials",
        "audience": BASE,
    }  # fmt: skip
    assert (method, path) == ("POST", "/orders")
    assert json.loads(body) == {
        "productId": 5, "quantity": 2, "unitPrice": 25, "senderName": "Demo shop",
        "recipientEmail": "cards@shop.example", "customIdentifier": NUMBER,
    }  # fmt: skip
    kept = repr(wire.exchanges) + repr(site())
    assert not any(word in kept for word in ("s3cret-0001", "client-0001", "token-0001"))


def test_a_token_serves_until_it_ends(say: Say, wire: Wire) -> None:
    sent = say((200, {"balance": 1, "currencyCode": "USD"}), (200, {"balance": "2.50", "currencyCode": "USD"}))
    for amount in ("1", "2.50"):
        assert CONNECTOR.catalogue.balance(site(), wire) == Balance(Decimal(amount), "USD")
    assert len(sent) == 3
    later = Wire(wire.now + 86_400, lambda: 0.0)
    sent = say((200, {"balance": 3}))
    assert CONNECTOR.catalogue.balance(site(), later) == Balance(Decimal(3), "USD")
    assert len(sent) == 2


def test_a_token_that_is_not_taken_is_fetched_anew_once(say: Say, wire: Wire) -> None:
    gone = (401, ERROR | {"errorCode": "INVALID_TOKEN"})
    sent = say(gone, TOKEN, (200, PAID))
    assert isinstance(CONNECTOR.purchase.place(site(), wire, request()), Accepted)
    assert sent[1] == sent[3]
    tokens._tokens.clear()
    sent = say(gone, TOKEN, gone)
    assert CONNECTOR.purchase.place(site(), wire, request()) == Refused("config", "INVALID_TOKEN", "no")
    assert len(sent) == 4


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ((401, ERROR | {"errorCode": "INVALID_CREDENTIALS"}), Refused("config", "token_http_401")),
        ((500, {}), Refused("not_sent", "token_http_500")),
        ((200, {"access_token": ""}), Refused("not_sent", "token_unread")),
        ((200, b"<html>"), Refused("not_sent", "token_unread")),
        (http.NotSent(), Refused("not_sent", "token_not_sent")),
        (http.NoAnswer("timeout"), Refused("not_sent", "token_unread")),
    ],
)
def test_without_a_token_nothing_is_sent(token: Any, said: Refused, say: Say, wire: Wire) -> None:
    sent = say(token=token)
    assert CONNECTOR.purchase.place(site(), wire, request()) == said
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ((400, ERROR), Doubt("http_400")),
        ((400, ERROR | {"errorCode": "NEW_WORD"}), Doubt("http_400")),
        ((401, ERROR | {"errorCode": "INVALID_CREDENTIALS"}), Refused("config", "INVALID_CREDENTIALS", "no")),
        ((401, b"<html>"), Doubt("http_401")),
        ((403, {}), Doubt("http_403")),
        ((429, ERROR), Doubt("http_429")),
        ((502, b"<html>"), Doubt("http_502")),
        ((200, b""), Doubt("not_json")),
        ((200, []), Doubt("not_an_object")),
        ((200, PAID | {"customIdentifier": "123456789012345679"}), Doubt("other_number")),
        ((200, {"status": "SUCCESSFUL"}), Doubt("no_ref")),
        (http.NotSent(), Refused("not_sent")),
        (http.NoAnswer("connection_lost"), Doubt("connection_lost")),
    ],
)
def test_what_is_no_answer_is_doubt(reply: Any, said: Any, say: Say, wire: Wire) -> None:
    say(reply)
    assert CONNECTOR.purchase.place(site(), wire, request()) == said


def test_what_cannot_be_bought_is_not_sent(say: Say, wire: Wire) -> None:
    sent = say()
    for over in ({"item_id": "x"}, {"item_id": "٥"}, {"sku_id": ""}, {"sku_id": "1e3"}, {"quantity": 0},
                 {"currency": "EUR"}):  # fmt: skip
        assert isinstance(CONNECTOR.purchase.place(site(), wire, request(**over)), Refused)
    assert sent == []


def test_asking_by_their_number(say: Say, wire: Wire) -> None:
    sent = say((200, PAID), (404, ERROR), (200, PAID | {"transactionId": 78}))
    found = CONNECTOR.purchase.query(site(), wire, REF)
    assert isinstance(found, Order)
    assert (found.state, found.ref, found.charged, found.has_codes) == ("success", "77", Decimal("24.35"), True)
    assert sent[1][1] == "/reports/transactions/77"
    # They gave the number themselves: that they do not know it now proves nothing.
    assert CONNECTOR.purchase.query(site(), wire, REF) == Doubt("http_404")
    assert CONNECTOR.purchase.query(site(), wire, REF) == Doubt("other_number")
    assert CONNECTOR.purchase.query(site(), wire, OrderRef(NUMBER, "../x", PLACED_AT)) == Refused("request", "ref")


def other(number: int) -> dict[str, Any]:
    return PAID | {"transactionId": number, "customIdentifier": f"{number:018}"}


def test_looking_for_an_order_in_the_list(say: Say, wire: Wire) -> None:
    first, second = {"content": [other(1), other(2)], "last": True}, {"content": [other(2), PAID]}
    # The first page comes twice, the second is shorter than it was: neither ends the search.
    sent = say((200, first), (200, first), (200, second), (200, {"content": []}))
    found = CONNECTOR.purchase.query(site(), wire, LOST)
    assert isinstance(found, Order)
    assert found.ref == "77"
    assert sent[1][1] == (
        "/reports/transactions?startDate=2025-12-31+09%3A00%3A00&endDate=2026-01-01+15%3A00%3A00&size=100&page=0"
    )
    say((200, first), (200, {"content": []}), token=None)
    assert CONNECTOR.purchase.query(site(), wire, LOST) == NotFound()
    say((200, [other(1)]), token=None)
    assert CONNECTOR.purchase.query(site(), wire, LOST) == NotFound()


def test_a_list_that_is_not_read_to_its_end_proves_nothing(say: Say, wire: Wire) -> None:
    page = (200, {"content": [other(1)]})
    say(page, page, page)
    assert CONNECTOR.purchase.query(site(), wire, LOST) == Doubt("same_page")
    say(*[(200, {"content": [other(n + 1)]}) for n in range(60)], token=None)
    assert CONNECTOR.purchase.query(site(), wire, LOST) == Doubt("too_many")
    for broken in ((500, ERROR), (404, ERROR), (200, {}), (200, {"content": [{}]}), (200, {"content": "x"})):
        say(broken, token=None)
        assert isinstance(CONNECTOR.purchase.query(site(), wire, LOST), Doubt)
    twice = PAID | {"transactionId": 78}
    say((200, {"content": [PAID, twice]}), (200, {"content": []}), token=None)
    assert CONNECTOR.purchase.query(site(), wire, LOST) == Doubt("doubled_number")


def test_words_of_orders() -> None:
    none: frozenset[str] = frozenset()
    for word, state in (("PENDING", "processing"), ("FAILED", "processing"), (None, "processing"), (3, "processing")):
        assert order_of(PAID | {"status": word}, none).state == state
    assert order_of(PAID | {"status": "successful "}, none).state == "success"
    assert order_of(PAID | {"status": "FAILED"}, frozenset({"FAILED"})).state == "failed"
    assert order_of(PAID | {"amount": "24.350"}, none).charged == Decimal("24.350")
    assert order_of(PAID | {"amount": None}, none).charged is None
    for broken in ({"customIdentifier": None}, {"transactionId": "x"}, {"transactionId": None}):
        with pytest.raises(BadReply):
            order_of(PAID | broken, none)


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        (b'{"cardNumber": 6120200345149064, "pinCode": 0042}', ("6120200345149064", "0042", "")),
        (b'[{"cardNumber":"00123 45","pinCode":null}]', ("00123 45", "", "")),
        (b'[{"cardNumber":null,"amount":0815}]', ("", "0815", "")),
        (b'[{"cardNumber":"","pinCode":"AbC-1\\r\\n"}]', ("", "AbC-1", "")),
        (
            '[{"cardNumber":"\ufeffhttps://cards.example/x","pinCode":"1"}]'.encode(),
            ("", "1", "https://cards.example/x"),
        ),
        ('[{"pinCode":"卡号：1 "}]'.encode(), ("", "卡号：1", "")),
    ],
)
def test_cards(body: bytes, parts: tuple[str, str, str]) -> None:
    (code,) = cards_of(body)
    assert (code.number, code.secret, code.link) == parts


@pytest.mark.parametrize("body", [b"[]", b"{}", b'[{"cardNumber":""}]', b'["x"]', b"null", b"<html>"])
def test_no_cards(body: bytes) -> None:
    with pytest.raises(BadReply):
        cards_of(body)


def test_fetching_cards(say: Say, wire: Wire) -> None:
    sent = say((200, b'[{"cardNumber":612020034514,"pinCode":0042},{"cardNumber":"N-22222","pinCode":"P-22222"}]'))
    codes = CONNECTOR.purchase.codes(site(), wire, REF)
    assert isinstance(codes, tuple)
    assert sent[1][1] == "/orders/transactions/77/cards"
    assert [code.secret for code in codes] == ["0042", "P-22222"]
    assert not any(word in repr(wire.exchanges) + repr(codes) for word in ("612020034514", "N-22222", "P-22222"))
    assert CONNECTOR.purchase.codes(site(), wire, LOST) == Refused("request", "no_ref")


def test_products(say: Say, wire: Wire) -> None:
    paused = FIXED | {"productId": 7, "senderCurrencyCode": "EUR"}
    odd = {"productId": "8", "denominationType": "OTHER", "fixedRecipientDenominations": None, "brand": "x"}
    sent = say((200, {"content": [FIXED, RANGE, paused, odd], "last": True}), (200, {"content": []}), (200, [FIXED]))
    page = CONNECTOR.catalogue.page(site(values="5,20,40"), wire, None, None)
    assert isinstance(page, ItemPage)
    assert sent[1][1] == "/products?page=0&size=25&includeRange=true&includeFixed=true"
    fixed, ranged, other_currency, strange = page.items
    # A value without a cost is not sold; the fee is in, their discount is not counted on.
    assert [(one.id, one.cost) for one in fixed.skus] == [("10", Decimal("12.4")), ("25", Decimal("30.25"))]
    assert (fixed.category, fixed.brand, fixed.face_currency, fixed.state) == ("DE", "Demo Games", "EUR", "on")
    assert [(one.id, one.cost) for one in ranged.skus] == [("5", Decimal("6.00")), ("20", Decimal("24.00"))]
    assert (other_currency.state, strange.state) == ("paused", "paused")
    assert page.cursor == "1"
    assert CONNECTOR.catalogue.page(site(), wire, "1", None) == ItemPage(())
    last = CONNECTOR.catalogue.page(site(), wire, None, None)
    assert isinstance(last, ItemPage)
    assert last.cursor is None


def test_one_product_and_its_quote(say: Say, wire: Wire) -> None:
    say((200, FIXED), (404, ERROR), (200, FIXED | {"productId": 9}), (404, b"<html>"))
    found = CONNECTOR.catalogue.item(site(), wire, "5")
    assert isinstance(found, Item)
    assert CONNECTOR.catalogue.item(site(), wire, "5") == Refused("off_sale", "404")
    assert CONNECTOR.catalogue.item(site(), wire, "5") == Doubt("other_item")
    assert CONNECTOR.catalogue.item(site(), wire, "5") == Doubt("http_404")
    say((200, FIXED), (200, FIXED), (200, RANGE), token=None)
    quote = CONNECTOR.catalogue.quote(site(), wire, "5", "25", 2)
    assert isinstance(quote, Quote)
    assert (quote.unit, quote.total, quote.on_sale) == (Decimal("30.25"), Decimal("60.50"), True)
    assert CONNECTOR.catalogue.quote(site(), wire, "5", "26", 1) == Refused("off_sale", "sku")
    assert CONNECTOR.catalogue.quote(site(), wire, "6", "30.01", 1) == Refused("off_sale", "sku")


def test_the_account_of_a_day(say: Say, wire: Wire) -> None:
    sent = say((200, {"content": [PAID]}), (200, {"content": []}))
    assert CONNECTOR.after is not None
    rows = CONNECTOR.after.statement(site(), wire, date(2026, 1, 1))
    assert isinstance(rows, tuple)
    assert (rows[0].amount, rows[0].number, rows[0].ref) == (Decimal("-24.35"), NUMBER, "77")
    assert "startDate=2026-01-01+00%3A00%3A00&endDate=2026-01-01+23%3A59%3A59" in sent[1][1]
    for broken in ({"amount": None}, {"transactionCreatedTime": "yesterday"}):
        with pytest.raises(BadReply):
            row_of(PAID | broken)
