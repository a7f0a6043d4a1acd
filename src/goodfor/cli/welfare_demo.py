"""A company of the demo shop: five employees, something prepaid, a grant that was given, and who looks after it."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from goodfor.catalog import queries as catalog
from goodfor.welfare.operations.add_employees import add_employees
from goodfor.welfare.operations.agree_grant import agree_grant, give_on
from goodfor.welfare.operations.draft_grant import draft_grant
from goodfor.welfare.operations.prepay import prepay
from goodfor.welfare.operations.set_company import make_company
from goodfor.welfare.operations.set_people import add_person
from goodfor.welfare.types import CompanyWish, GrantWish

#: Signs in at /company.
MANAGER: Final = "hr@xinghe.example"
_PEOPLE: Final = """工号,姓名,部门,邮箱,生日,入职日期
XH01,林一,研发,lin@xinghe.example,1992-02-29,2020-03-01
XH02,王二,研发,wang@xinghe.example,1990-05-12,2021-07-15
XH03,张三,研发,zhang@xinghe.example,1995-10-01,2022-09-01
XH04,李四,行政,li@xinghe.example,1988-12-31,2019-01-02
XH05,赵五,行政,zhao@xinghe.example,1993-08-08,2024-06-18
"""
_GRANT: Final = """工号,金额,备注
XH01,200,
XH02,200,
XH03,200,
XH04,200,
XH05,300,入职周年
"""


def open_welfare(*, shop_id: UUID, actor: str, now: datetime) -> None:
    """Once, for a shop that was just made."""
    shelves = tuple(shelf.id for shelf in catalog.shelves(shop_id) if shelf.products)
    told: dict[str, Any] = {"shop_id": shop_id, "actor": actor, "now": now}
    wish = CompanyWish("xinghe", "星河科技", ("xinghe.example",), shelves, markup_bp=200)
    told["company_id"] = make_company(**told, wish=wish).id
    add_person(**told, mail=MANAGER, name="何主管", role="manager")
    prepay(**told, minor=5_000_00, bank="manual", reference="DEMO-1", paid_on=now.date())
    add_employees(**told, data=_PEOPLE.encode())
    drafted = draft_grant(
        **told, wish=GrantWish("开工福利", now + timedelta(days=90)), data=_GRANT.encode(), request_key="demo"
    )
    agree_grant(**told, grant_id=drafted.id, content_hash=drafted.content_hash)
    give_on(shop_id=shop_id, grant_id=drafted.id, now=now)
