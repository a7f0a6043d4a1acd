"""The connector against a Goodfor that really runs: its API over HTTP, its shelves, wallets and codes in PostgreSQL."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from goodfor.catalog.operations import set_on_sale
from goodfor.cli import world
from goodfor.identity.operations.create_api_client import create_api_client
from goodfor.identity.operations.set_signing_key import set_signing_key
from goodfor.identity.types import Scope
from goodfor.kernel.clock import utc_now
from goodfor.kernel.outbound import http
from goodfor.supply.providers.goodfor_shop.connector import CONNECTOR
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    Delivered,
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
from goodfor.supply.providers.wire import NoAnswer, Wire

CATALOGUE, PURCHASE, AFTER = CONNECTOR.catalogue, CONNECTOR.purchase, CONNECTOR.after
SALE = "kw-50"
ONE, TWO, THREE, FOUR, FIVE = (f"20260101000000000{n}" for n in range(1, 6))


class Peer:
    """A shop with 5 codes of one SKU, its address, and how one of its clients sees it."""

    def __init__(self, url: str) -> None:
        self.at = utc_now()
        self.shop = world.make_shop(self.at)
        self.sku = str(self.shop.skus[SALE])
        self.codes = world.random_codes(5)
        world.load_codes(self.shop.shop_id, self.shop.skus[SALE], self.codes, self.at)
        self.site = Site(uuid4(), uuid4(), "peer", "CNY", {"base_url": url}, {"api_key": self.shop.api_key})
        self.wires: list[Wire] = []

    def wire(self) -> Wire:
        self.wires.append(Wire(time.time(), time.monotonic, tuple(self.site.secrets.values())))
        return self.wires[-1]

    def item(self) -> Item:
        page = CATALOGUE.page(self.site, self.wire(), None, None)
        assert isinstance(page, ItemPage)
        found = [CATALOGUE.item(self.site, self.wire(), one.id) for one in page.items]
        return next(one for one in found if isinstance(one, Item) and self.sku in {sku.id for sku in one.skus})

    def request(self, number: str, quantity: int = 1, most: str = "1000.00") -> PlaceRequest:
        return PlaceRequest(number, "", quantity, Decimal(most), "CNY", self.sku)

    def place(self, number: str, quantity: int = 1, most: str = "1000.00") -> Any:
        return PURCHASE.place(self.site, self.wire(), self.request(number, quantity, most))

    def asked(self, number: str, ref: str = "") -> Any:
        return PURCHASE.query(self.site, self.wire(), OrderRef(number, ref, self.at))

    def free(self) -> int:
        skus = {sku.id: sku for sku in self.item().skus}
        return skus[self.sku].stock.count or 0

    def wallet(self) -> Decimal:
        found = CATALOGUE.balance(self.site, self.wire())
        assert isinstance(found, Balance)
        return found.amount


@pytest.fixture
def peer(live_server: Any, transactional_db: None) -> Iterator[Peer]:
    made = Peer(live_server.url)
    yield made
    kept = repr([exchange for wire in made.wires for exchange in wire.exchanges])
    assert made.shop.api_key not in kept
    assert not [secret for _number, secret in made.codes if secret in kept]


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Have the answer of the next call to an address with this end come too late: it was done all the same."""
    send = http.send

    def next_one(end: str) -> None:
        def late(method: str, url: str, *args: Any, **kwargs: Any) -> http.Reply:
            reply = send(method, url, *args, **kwargs)
            if url.endswith(end):
                monkeypatch.setattr(http, "send", send)
                raise NoAnswer("timeout")
            return reply

        monkeypatch.setattr(http, "send", late)

    return next_one


def test_from_the_shelf_to_the_statement(peer: Peer, lost: Any) -> None:
    """Signed throughout: shelf, price, purchase, the same again, the codes again, a refund, the day's account."""
    key = set_signing_key(
        shop_id=peer.shop.shop_id, client_id=peer.shop.client_id, algorithm="hmac-sha256", actor="test", now=peer.at
    )
    assert key is not None
    unsigned = CATALOGUE.balance(peer.site, peer.wire())
    assert isinstance(unsigned, Refused)
    assert (unsigned.why, unsigned.code) == ("config", "signature_required")
    peer.site = replace(peer.site, secrets={**peer.site.secrets, "signing_secret": key.secret})
    item, before = peer.item(), peer.wallet()
    sku = next(one for one in item.skus if one.id == peer.sku)
    assert (item.kind, item.state, sku.stock, sku.on_sale) == ("card", "on", Stock("exact", 5), True)
    quote = CATALOGUE.quote(peer.site, peer.wire(), item.id, peer.sku, 2)
    assert quote == Quote(sku.cost, 2 * sku.cost, "CNY", Stock("exact", 5), True)

    got = peer.place(ONE, 2, str(2 * sku.cost))
    assert isinstance(got, Delivered)
    assert {(code.number, code.secret) for code in got.codes} <= set(peer.codes)
    assert len(got.codes) == 2
    assert got.cost == 2 * sku.cost == before - peer.wallet()
    again = peer.place(ONE, 2, str(2 * sku.cost))
    assert again == got
    assert (peer.free(), before - peer.wallet()) == (3, 2 * sku.cost)
    assert peer.place(ONE, 1, str(2 * sku.cost)) == Doubt("duplicate")

    stands = peer.asked(ONE, got.ref)
    assert stands == peer.asked(ONE)
    assert stands == Order("success", ONE, got.ref, 2 * sku.cost, has_codes=True, word="delivered")
    assert peer.asked(TWO, got.ref) == Doubt("other_number")
    assert PURCHASE.codes(peer.site, peer.wire(), OrderRef(ONE, got.ref, peer.at)) == got.codes

    # Codes that nobody saw are taken back; those that were shown are not.
    lost("/codes/reveal")
    unseen = peer.place(TWO)
    assert unseen == Accepted(unseen.ref, sku.cost)
    back = PURCHASE.cancel(peer.site, peer.wire(), OrderRef(ONE, got.ref, peer.at), "too late")
    assert isinstance(back, Refused)
    assert back.code == "codes_revealed"

    day = peer.at.astimezone(ZoneInfo("Asia/Shanghai")).date()
    assert AFTER is not None
    rows = AFTER.statement(peer.site, peer.wire(), day)
    assert not isinstance(rows, Refused | Doubt)
    assert [(row.amount, row.ref) for row in rows if row.number == ONE] == [(-2 * sku.cost, got.ref)]
    assert sum(row.amount for row in rows) == peer.wallet()
    assert AFTER.statement(peer.site, peer.wire(), day - timedelta(days=2)) == []


def test_an_answer_that_is_lost_buys_once(peer: Peer, lost: Any) -> None:
    before, cost = peer.wallet(), peer.item().cost
    lost("/orders")
    assert peer.place(ONE) == Doubt("timeout")
    found = peer.asked(ONE)
    assert isinstance(found, Order)
    assert (found.state, found.charged) == ("success", before - peer.wallet())
    codes = PURCHASE.codes(peer.site, peer.wire(), OrderRef(ONE, "", peer.at))
    assert isinstance(codes, tuple)
    replayed = peer.place(ONE)
    assert isinstance(replayed, Delivered)
    assert replayed.codes == codes
    assert (replayed.ref, peer.free(), before - peer.wallet()) == (found.ref, 4, found.charged)
    assert cost <= found.charged
    assert peer.asked(TWO) == NotFound()
    assert peer.asked(TWO, "G260101K7M3Q9XW2T") == NotFound()


def test_what_is_refused_changes_nothing(peer: Peer) -> None:
    before, item = peer.wallet(), peer.item()
    price = next(sku.cost for sku in item.skus if sku.id == peer.sku)

    def why(found: Any) -> tuple[str, str]:
        assert isinstance(found, Refused), found
        return found.why, found.code

    assert why(peer.place(ONE, 1, str(price - Decimal("0.01")))) == ("price", "total_above_limit")
    assert why(peer.place(ONE, 6)) == ("stock", "out_of_stock")
    ghost = replace(peer.request(ONE), sku_id=str(uuid4()))
    assert why(PURCHASE.place(peer.site, peer.wire(), ghost)) == ("off_sale", "sku_unknown")
    set_on_sale(shop_id=peer.shop.shop_id, sku_id=peer.shop.skus[SALE], on_sale=False, actor="test", now=peer.at)
    assert why(peer.place(ONE)) == ("off_sale", "not_on_sale")
    set_on_sale(shop_id=peer.shop.shop_id, sku_id=peer.shop.skus[SALE], on_sale=True, actor="test", now=peer.at)
    funded = peer.site
    poor = create_api_client(
        shop_id=peer.shop.shop_id, name="poor", scopes=[str(one) for one in Scope], actor="test", now=peer.at
    )
    peer.site = replace(funded, secrets={"api_key": poor.api_key})
    assert why(peer.place(ONE)) == ("balance", "insufficient_funds")
    assert peer.wallet() == 0
    peer.site = replace(funded, secrets={"api_key": poor.api_key[:-1] + "x"})
    assert why(peer.place(ONE)) == ("config", "invalid_api_key")
    peer.site = funded
    assert (peer.wallet(), peer.free(), peer.asked(ONE)) == (before, 5, NotFound())
    # A number whose purchase was refused is free: nothing stands for it.
    assert isinstance(peer.place(ONE, 1, str(price)), Delivered)
