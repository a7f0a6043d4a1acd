"""A shop that gives points, with a mall that takes them, and everything over HTTP on loopback."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen
from uuid import UUID, uuid4

import pytest

from goodfor.kernel.clock import utc_now
from goodfor.ledger import queries as books
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.types import Holder, Source, Terms
from goodfor.orders.tests import conftest as of_orders
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import broken
from goodfor.partners import queries, states
from goodfor.partners.operations.go_to_mall import go_to_mall
from goodfor.partners.operations.set_account import make_account, set_account
from goodfor.partners.types import AccountView, AccountWish, SpendView
from goodfor.sandbox.partners.app import App
from goodfor.sandbox.partners.mall import Mall
from goodfor.sandbox.partners.server import APP_KEY, APP_SECRET, MALL_KEY, MALL_SECRET, RunningStreet, running_street

shop, now = of_orders.shop, of_orders.now
#: A fen a point.
TERMS = Terms(on=True, earn_centi=100, value_centi=100, redeem_bp=9_000)


@pytest.fixture(scope="session")
def _street() -> Iterator[RunningStreet]:
    with running_street() as running:
        yield running


@dataclass
class World:
    """The shop, the mall and its account here."""

    shop: Shop
    street: RunningStreet
    url: str
    now: datetime
    account: AccountView

    @property
    def shop_id(self) -> UUID:
        return self.shop.demo.shop_id

    @property
    def mall(self) -> Mall:
        return self.street.mall

    @property
    def app(self) -> App:
        return self.street.app

    def set(self, **more: Any) -> None:
        """Change the account."""
        self.account = set_account(
            shop_id=self.shop_id, account_id=self.account.id, wish=replace(self.account.wish, **more), actor="staff:1",
            now=self.now,
        )  # fmt: skip

    def member(self, units: int) -> UUID:
        """Somebody who holds so many points."""
        owner = uuid4()
        if units:
            minor, ends = loyalty.present(self.shop_id, units, self.now)
            give_units(
                shop_id=self.shop_id, holder=Holder(owner), units=units, source=Source("test", str(uuid4())),
                currency="CNY", minor=minor, expires_at=ends, now=self.now,
            )  # fmt: skip
        return owner

    def uid(self, owner: UUID) -> str:
        """They go to the mall, which lets them in and knows them by this."""
        link = go_to_mall(shop_id=self.shop_id, account_id=self.account.id, owner=owner, now=utc_now())
        with urlopen(link, timeout=5) as page:
            assert page.status == 200
        [uid] = parse_qs(urlsplit(link).query)["uid"]
        return uid

    def holds(self, owner: UUID) -> int:
        return loyalty.balance(self.shop_id, Holder(owner), utc_now()).available

    def spends(self) -> list[SpendView]:
        return queries.spends(self.shop_id, self.account.id)

    def booked(self, code: str) -> int:
        return books.balance(self.shop_id, code, "CNY")

    def owed(self) -> int:
        """To the mall, as the books have it."""
        return self.booked("2202:partner:xinghe")

    def faults(self) -> dict[str, Any]:
        return broken(self.now)


@pytest.fixture
def world(shop: Shop, now: datetime, _street: RunningStreet, live_server: Any) -> World:
    shop_id = shop.demo.shop_id
    set_terms(shop_id=shop_id, terms=TERMS, actor="staff:1", now=now)
    street = _street
    street.mall.__init__(MALL_KEY, MALL_SECRET)  # type: ignore[misc]
    street.app.__init__(APP_KEY, APP_SECRET)  # type: ignore[misc]
    wish = AccountWish(
        "星河商城", MALL_KEY, MALL_SECRET, login_url=f"{street.url}/mall/autologin",
        query_url=f"{street.url}/mall/status", value_centi=100, call_most=5_000, day_most=20_000, enabled=True,
    )  # fmt: skip
    made = make_account(shop_id=shop_id, code="xinghe", role=states.DEVELOPER, wish=wish, actor="staff:1", now=now)
    street.mall.developer = f"{live_server.url}/partners/{shop_id}/{made.id}"
    street.mall.wait = 5.0
    return World(shop, street, live_server.url, now, made)
