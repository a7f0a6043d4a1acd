"""A company's console and its people's home in a real browser, in all sizes and languages."""

from typing import Any

import pytest

from goodfor.identity import queries as identity
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.storefront.tests.account_flow import Mailbox
from goodfor.storefront.tests.test_welfare_pages import PEOPLE, employee, made
from goodfor.storefront.tests.world import World
from goodfor.welfare import queries as welfare
from goodfor.welfare.operations.add_employees import add_employees
from goodfor.welfare.operations.agree_grant import give_what_was_agreed
from goodfor.welfare.operations.set_rule import make_rule
from goodfor.welfare.types import RuleWish

__all__ = ["browser", "orm_beside_the_browser"]
pytestmark = [*browser_marks, pytest.mark.soak]
GOOD = "工号,金额\nA01,100\nA02,3\n"
FAULTY = "工号,金额\nA01,x\nA09,5\nA02,3\nA02,4\n"
WORDS = (
    "acme 公司", "manager", "viewer", "林一", "王二", "张三", "研发", "行政", "年货", "生日快乐", "甲公司",
    "工号", "姓名",
)  # fmt: skip


def file(text: str) -> dict[str, Any]:
    return {"name": "list.csv", "mimeType": "text/csv", "buffer": text.encode()}


def signed_in(visit: Visit, box: Mailbox, path: str, contact: str) -> None:
    """By the code that came."""
    visit.open(path)
    visit.page.fill("input[name=contact]", contact)
    visit.page.click("main form button[type=submit]")
    visit.page.wait_for_selector("input[name=code]")
    visit.check(f"{path.strip('/').replace('/', '-')}-code")
    visit.page.fill("input[name=code]", box.code)
    visit.page.click("main form button[type=submit]")
    visit.page.wait_for_load_state("load")


@every_size
def test_a_company_and_its_people(
    world: World, box: Mailbox, live_server: Any, browser: Any, width: int, language: str
) -> None:
    company, now = made(world), utc_now()
    told: dict[str, Any] = {"shop_id": world.shop_id, "company_id": company.id, "actor": "t", "now": now}
    add_employees(**told, data=PEOPLE.encode())
    make_rule(**told, wish=RuleWish("birthday", "生日快乐", 88_00, 30))
    given = (*world.given, identity.shop_by_id(world.shop_id).name, *WORDS)
    visit = Visit(browser, live_server.url, width, language, given)
    visit.open("/company/in")
    visit.check("company-in")
    signed_in(visit, box, "/company/in", "manager@acme.example")
    visit.check("company")
    for name in ("employees", "people", "statement", "grants"):
        visit.open(f"/company/{name}")
        visit.check(f"company-{name}")
    for what, text in (("faulty", FAULTY), ("good", GOOD)):
        visit.open("/company/grants")
        visit.page.fill("form[action$=new] input[name=name]", "年货")
        visit.page.fill("form[action$=new] input[name=until]", "2027-11-30")
        visit.page.set_input_files("form[action$=new] input[type=file]", file(text))
        visit.page.click("form[action$=new] button[type=submit]")
        visit.page.wait_for_load_state("load")
        visit.check(f"company-grant-{what}")
    visit.page.click("button[value=give]")
    visit.page.wait_for_load_state("load")
    visit.check("company-grant-given")
    give_what_was_agreed(now=utc_now())
    token = welfare.link_of(world.shop_id, company.id, employee(world, "A01"))
    signed_in(visit, box, "/signin", "lin@example.com")
    visit.open("/welfare")
    visit.check("welfare-none")
    visit.open(f"/welfare/join/{token}")
    visit.check("welfare-join")
    visit.page.click("main form button[type=submit]")
    visit.page.wait_for_load_state("load")
    visit.check("welfare")
    home = f"/welfare/{employee(world, 'A01')}"
    visit.open(home)
    visit.check("welfare-home")
    visit.open(f"{home}/buy?sku={world.sku_id}")
    visit.check("welfare-buy")
    visit.page.click("button[name=way]")
    visit.page.wait_for_load_state("load")
    visit.check("welfare-bought")
    assert not visit.faults, "\n".join(visit.faults)
