"""A shop that sells codes, and a company with five people whose goods are those of one category."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.catalog import queries as catalog
from goodfor.kernel.clock import utc_now
from goodfor.ledger import queries as books
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.kinds import WELFARE
from goodfor.loyalty.operations.expire_units import expire_units
from goodfor.loyalty.types import Holder
from goodfor.orders.operations import refund_order
from goodfor.orders.tests import conftest as of_orders
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import broken, refund_all
from goodfor.orders.types import Buyer, LineRequest
from goodfor.welfare import queries
from goodfor.welfare.accounts import prepaid
from goodfor.welfare.models import Employee
from goodfor.welfare.operations.add_employees import add_employees
from goodfor.welfare.operations.agree_grant import agree_grant, give_what_was_agreed
from goodfor.welfare.operations.draft_grant import draft_grant
from goodfor.welfare.operations.join import join_by_link
from goodfor.welfare.operations.prepay import prepay
from goodfor.welfare.operations.set_company import make_company
from goodfor.welfare.operations.spend import spend
from goodfor.welfare.types import CompanyWish, GrantView, GrantWish, Spent, Statement

shop, now = of_orders.shop, of_orders.now
PRICE = 4850
MARKUP = 250
#: 48.50 and 2.5 % of it.
UNITS = 4971
PEOPLE = """工号,姓名,部门,邮箱,生日,入职日期
A01,林一,研发,lin@acme.example,1992-02-29,2020-02-29
A02,王二,研发,wang@acme.example,3月8日,2021-07-01
A03,张三,研发,zhang@acme.example,,
A04,李四,行政,li@acme.example,12-31,2024-12-31
A05,赵五,行政,,,
"""


@dataclass
class World:
    """The shop, the company, and what they do. `now` may be moved on."""

    shop: Shop
    company_id: UUID
    now: datetime
    actor: str = "welfare:test"
    buyers: dict[str, UUID] = field(default_factory=dict)

    @property
    def shop_id(self) -> UUID:
        return self.shop.demo.shop_id

    def prepay(self, minor: int = 1_000_00, reference: str = "", company_id: UUID | None = None) -> None:
        prepay(
            shop_id=self.shop_id, company_id=company_id or self.company_id, minor=minor, bank="icbc",
            reference=reference or uuid4().hex, paid_on=date(2026, 11, 1), actor="staff:test", now=self.now,
        )  # fmt: skip

    def list_people(self, text: str | bytes = PEOPLE, **more: Any) -> Any:
        data = text.encode() if isinstance(text, str) else text
        return add_employees(
            shop_id=self.shop_id, company_id=self.company_id, data=data, actor=self.actor, now=self.now, **more
        )

    def who(self, work_id: str) -> UUID:
        return Employee.objects.get(shop_id=self.shop_id, company_id=self.company_id, work_id=work_id).id

    def draft(self, text: str | bytes, key: str = "", days: int = 90) -> GrantView:
        return draft_grant(
            shop_id=self.shop_id, company_id=self.company_id, wish=GrantWish("中秋", self.now + timedelta(days=days)),
            data=text.encode() if isinstance(text, str) else text, request_key=key or uuid4().hex, actor=self.actor,
            now=self.now,
        )  # fmt: skip

    def agree(self, drafted: GrantView) -> GrantView:
        return agree_grant(
            shop_id=self.shop_id, company_id=self.company_id, grant_id=drafted.id,
            content_hash=drafted.content_hash, actor=self.actor, now=self.now,
        )  # fmt: skip

    def give(self, *shares: tuple[str, str], days: int = 90) -> GrantView:
        """(work id, yuan), all of it."""
        text = "工号,金额\n" + "\n".join(",".join(one) for one in shares)
        drafted = self.draft(text, days=days)
        assert drafted.faults == ()
        self.agree(drafted)
        while give_what_was_agreed(now=self.now):
            pass
        return queries.grant(self.shop_id, self.company_id, drafted.id)

    def join(self, work_id: str) -> UUID:
        """A buyer of his own."""
        buyer_id = self.buyers.setdefault(work_id, uuid4())
        token = queries.link_of(self.shop_id, self.company_id, self.who(work_id))
        join_by_link(shop_id=self.shop_id, token=token, buyer_id=buyer_id, now=self.now)
        return buyer_id

    def buy(self, work_id: str, quantity: int = 1, **more: Any) -> Spent:
        told: dict[str, Any] = {
            "lines": [LineRequest(self.shop.sku_id, quantity)], "expect_minor": PRICE * quantity,
            "request_key": uuid4().hex, **more,
        }  # fmt: skip
        return spend(
            shop_id=self.shop_id, employee_id=self.who(work_id), buyer_id=self.buyers[work_id],
            buyer=Buyer(f"buyer:{self.buyers[work_id]}"), now=self.now, **told,
        )  # fmt: skip

    def refund(self, order_id: UUID) -> None:
        refund_order(
            shop_id=self.shop_id, order_id=order_id, reason="test", actor="staff:test", by_staff=True, now=self.now
        )
        refund_all(self.now)

    def held(self, work_id: str) -> int:
        return loyalty.balance(self.shop_id, Holder(self.who(work_id), WELFARE, self.company_id), self.now).available

    def booked(self, account: str) -> int:
        return books.balance(self.shop_id, account, "CNY")

    @property
    def budget(self) -> int:
        return self.booked(prepaid(self.company_id))

    def statement(self) -> Statement:
        # Handlers take the clock's time.
        until = max(self.now, utc_now())
        return queries.statement(self.shop_id, self.company_id, queries.month_of(until, "Asia/Shanghai"), until)

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def expire(self) -> None:
        while expire_units(now=self.now):
            pass

    def faults(self) -> dict[str, Any]:
        return broken(self.now)


def company_of(shop: Shop, now: datetime, code: str = "acme", **more: Any) -> UUID:
    """A company that offers what the shop's codes are of."""
    category = catalog.skus_for_sale(shop.demo.shop_id, [shop.sku_id])[shop.sku_id].category_id
    wish = CompanyWish(
        code, f"企业 {code}", (f"{code}.example",), more.pop("categories", (category,)), markup_bp=MARKUP, **more
    )
    return make_company(shop_id=shop.demo.shop_id, wish=wish, actor="staff:test", now=now).id


@pytest.fixture
def world(shop: Shop, now: datetime) -> World:
    """Five people on the list, 1,000.00 prepaid."""
    made = World(shop, company_of(shop, now), now)
    assert made.list_people().added == 5
    made.prepay(1_000_00, "B-1")
    return made
