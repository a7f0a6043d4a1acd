"""A company of a shop with an employee, a grant and a manager, for the tests of the console."""

from datetime import date, timedelta
from typing import Any

from goodfor.console.tests.conftest import Shop
from goodfor.kernel.clock import utc_now
from goodfor.welfare.operations.add_employees import add_employees
from goodfor.welfare.operations.draft_grant import draft_grant
from goodfor.welfare.operations.prepay import prepay
from goodfor.welfare.operations.set_company import make_company
from goodfor.welfare.operations.set_people import add_person
from goodfor.welfare.types import CompanyWish, GrantWish


def welfare_things(shop: Shop) -> dict[str, Any]:
    """By the names that addresses give to ids."""
    told: dict[str, Any] = {"shop_id": shop.id, "actor": "test", "now": utc_now()}
    wish = CompanyWish("acme", "甲公司", ("acme.example",), skus=(shop.demo.skus["kw-50"],))
    told["company_id"] = made = make_company(**told, wish=wish).id
    add_person(**told, mail="boss@acme.example", name="主管", role="manager")
    prepay(**told, minor=100_00, bank="manual", reference="B-1", paid_on=date(2026, 11, 1))
    add_employees(**told, data="工号,姓名\nA01,林一\n".encode())
    drafted = draft_grant(
        **told,
        wish=GrantWish("春节", told["now"] + timedelta(days=30)),
        data="工号,金额\nA01,5\n".encode(),
        request_key="1",
    )
    return {"company_id": made, "welfare_grant_id": drafted.id}
