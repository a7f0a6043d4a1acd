"""A company's console and its people's welfare home: who gets in, what they see, and a life from list to statement."""

import re
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from goodfor.catalog import queries as catalog
from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.orders.tests.factories import broken
from goodfor.payments.operations.open_account import open_account
from goodfor.storefront.personal_welfare import welfare_kept
from goodfor.storefront.tests.account_flow import Mailbox, browser, plain, sign_in
from goodfor.storefront.tests.world import World
from goodfor.welfare import queries as welfare
from goodfor.welfare.models import Employee
from goodfor.welfare.operations.prepay import prepay
from goodfor.welfare.operations.set_company import make_company
from goodfor.welfare.operations.set_people import add_person
from goodfor.welfare.types import CompanyView, CompanyWish

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = "工号,姓名,部门,邮箱\nA01,林一,研发,lin@acme.example\nA02,王二,研发,wang@acme.example\nA03,张三,行政,\n"


def made(world: World, code: str = "acme") -> CompanyView:
    """A company that offers the shop's goods, with a manager and somebody who only looks."""
    now = utc_now()
    if not orders.takes_balance(world.shop_id, "CNY"):
        open_account(
            shop_id=world.shop_id, provider="balance", code="balance", name="余额", currency="CNY", config={},
            secrets={}, methods=("balance",), enabled=True, actor="test", now=now,
        )  # fmt: skip
    category = catalog.category_of(world.shop_id, world.sku_id)
    assert category is not None
    told: dict[str, Any] = {"shop_id": world.shop_id, "actor": "staff:t", "now": now}
    wish = CompanyWish(code, f"{code} 公司", (f"{code}.example",), (category,), markup_bp=300)
    company = make_company(**told, wish=wish)
    for role in ("manager", "viewer"):
        add_person(**told, company_id=company.id, mail=f"{role}@{code}.example", name=role, role=role)
    prepay(**told, company_id=company.id, minor=5_000_00, bank="icbc", reference=f"{code}-1", paid_on=date(2026, 11, 1))
    return company


def into(box: Mailbox, mail: str) -> Client:
    """Somebody of a company at work."""
    client = browser()
    assert client.post("/company/in", {"contact": mail}).status_code == 302
    answer = client.post("/company/in/code", {"code": box.code})
    assert (answer.status_code, answer["Location"]) == (302, "/company"), plain(answer)
    return client


def file(text: str, codec: str = "utf-8") -> SimpleUploadedFile:
    return SimpleUploadedFile("list.csv", text.encode(codec), content_type="text/csv")


def hidden(page: Any) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', page.content.decode()))


def given(world: World, box: Mailbox, company: CompanyView, work_id: str, yuan: str) -> Client:
    """A manager who has listed people and given one of them something."""
    boss = into(box, f"manager@{company.code}.example")
    assert boss.post("/company/employees/import", {"file": file(PEOPLE, "gbk")}).status_code == 200
    sent = {"name": "年货", "until": "2027-11-30", "key": "k1", "file": file(f"工号,金额\n{work_id},{yuan}\n")}
    report = boss.get(boss.post("/company/grants/new", sent)["Location"])
    assert "检查没有问题" in report.content.decode()
    here = re.search(r'action="(/company/grants/[^"]+/decide)"', report.content.decode())
    assert here is not None
    assert boss.post(here[1], {**hidden(report), "act": "give"}).status_code == 302
    return boss


def employee(world: World, work_id: str) -> UUID:
    return Employee.objects.get(shop_id=world.shop_id, work_id=work_id).id


def test_nobody_gets_in_without_a_code_to_a_persons_address(world: World, box: Mailbox) -> None:
    made(world)
    client = browser()
    for path in ("", "/employees", "/grants", "/people", "/statement", "/statement/pdf"):
        assert client.get(f"/company{path}")["Location"] == "/company/in", path
    assert client.post("/company/in", {"contact": "x"}).status_code == 422
    assert client.post("/company/in", {"contact": "nobody@acme.example"}).status_code == 302
    assert client.post("/company/in/code", {"code": box.wrong}).status_code == 422
    refused = client.post("/company/in/code", {"code": box.code})
    assert refused.status_code == 403
    assert "还不是任何企业的管理人" in plain(refused)
    boss = into(box, "manager@acme.example")
    assert boss.get("/company").status_code == 200
    assert boss.post("/company/out").status_code == 302
    assert boss.get("/company")["Location"] == "/company/in"
    # A buyer's session opens nothing here, nor the other way round.
    sign_in(client, box)
    assert client.get("/company")["Location"] == "/company/in"
    assert into(box, "manager@acme.example").get("/me/security").status_code == 302


def test_who_only_looks_changes_nothing(world: World, box: Mailbox) -> None:
    company = made(world)
    looks = into(box, "viewer@acme.example")
    for path, sent in (
        ("employees/import", {"file": file(PEOPLE)}), ("employees/act", {"act": "left"}),
        ("grants/new", {"name": "x", "until": "2027-01-01", "file": file("工号,金额\nA01,1\n")}),
        ("grants/rules", {"kind": "birthday", "name": "x", "amount": "1", "live_days": "9"}),
    ):  # fmt: skip
        assert looks.post(f"/company/{path}", sent).status_code == 403, path
    assert looks.post("/company/people", {"mail": "a@acme.example", "name": "x", "role": "manager"}).status_code == 200
    assert (len(welfare.people(world.shop_id, company.id)), Employee.objects.count()) == (2, 0)


def test_a_company_sees_its_own_alone(world: World, box: Mailbox) -> None:
    one, other = made(world), made(world, "other")
    given(world, box, one, "A01", "10")
    [grant] = welfare.grants(world.shop_id, one.id)
    stranger = into(box, "manager@other.example")
    assert stranger.get(f"/company/grants/{grant.id}").status_code == 404
    assert stranger.post(f"/company/grants/{grant.id}/decide", {"act": "drop"}).status_code == 404
    link = f"/company/employees/{employee(world, 'A02')}/link"
    assert stranger.post(link).status_code == 404
    stranger.post("/company/employees/act", {"act": "left", "pick": [str(employee(world, "A01"))]})
    assert welfare.counts(world.shop_id, one.id) == {"invited": 3}
    paid = welfare.prepayments(world.shop_id, one.id)[0]
    asked = {"title": "x", "tax_number": "91310000MA1K000001"}
    assert stranger.post(f"/company/prepaid/{paid.id}/invoice", asked).status_code == 404
    people = [one.id for one in welfare.people(world.shop_id, one.id)]
    stranger.post("/company/people", {"person": str(people[0])})
    assert len(welfare.people(world.shop_id, one.id)) == 2
    assert welfare.budget(world.shop_id, other.id).free_minor == 5_000_00


def test_from_a_list_to_an_order_and_the_statement(world: World, box: Mailbox) -> None:
    company = made(world)
    boss = given(world, box, company, "A01", "100")
    faulty = boss.post(
        "/company/grants/new",
        {"name": "错", "until": "2027-11-30", "key": "k2", "file": file("工号,金额\nA01,x\nA09,5\n")},
    )
    report = plain(boss.get(faulty["Location"]))
    assert "第 2 行" in report
    assert "名单里没有这个人" in report
    assert "确认发放" not in report
    assert boss.post("/company/grants/new", {"name": "x", "until": "2027-11-30"}).status_code == 422
    # The employee joins by his link, and buys.
    page = boss.post(f"/company/employees/{employee(world, 'A01')}/link").content.decode()
    link = re.search(r"(/welfare/join/[\w:-]+)", page)
    assert link is not None
    buyer = browser()
    assert buyer.get(link[1])["Location"].startswith("/signin")
    sign_in(buyer, box)
    assert "acme 公司" in plain(buyer.get(link[1]))
    assert buyer.post(link[1])["Location"] == "/welfare"
    assert buyer.post(link[1]).status_code in (302, 404)
    home = f"/welfare/{employee(world, 'A01')}"
    shown = plain(buyer.get(home))
    assert "100 .00" in shown
    price = catalog.prices(world.shop_id, [world.sku_id])[world.sku_id].amount_minor
    sale = buyer.get(f"{home}/buy?sku={world.sku_id}")
    assert sale.status_code == 200
    assert hidden(sale)["seen"] == str(price)
    bought = buyer.post(f"{home}/buy", {**hidden(sale), "way": "all"})
    assert bought.status_code == 302, plain(bought)
    again = buyer.post(f"{home}/buy", {**hidden(sale), "way": "all"})
    assert again["Location"] == bought["Location"]
    number = bought["Location"].rpartition("/")[2]
    assert orders.order_by_number(world.shop_id, number).state == "delivered"
    assert buyer.get(bought["Location"]).status_code == 200
    assert "买东西" in plain(buyer.get(home))
    joined = Employee.objects.get(shop_id=world.shop_id, work_id="A01").buyer_id
    assert joined is not None
    [kept] = welfare_kept(world.shop_id, joined, utc_now())["welfare"]
    assert (kept["company"], [one["kind"] for one in kept["movements"]]) == ("acme 公司", ["spend", "earn"])
    # The company sees sums, never the order.
    told = plain(boss.get("/company/statement"))
    assert "两边相符" in told
    assert number not in told + plain(boss.get("/company/employees")) + plain(boss.get("/company"))
    pdf, sheet = boss.get("/company/statement/pdf"), boss.get("/company/statement/csv")
    assert pdf.content.startswith(b"%PDF-")
    assert "发放给员工,-100.00" in sheet.content.decode("utf-8-sig")
    assert boss.get("/company/statement/x").status_code != 200
    stranger = browser()
    sign_in(stranger, box, "other@example.com")
    assert stranger.get(home).status_code == 404
    assert stranger.post(f"{home}/buy", hidden(sale)).status_code == 404
    assert broken(utc_now()) == {}


def test_joining_by_a_code_to_the_work_address(world: World, box: Mailbox) -> None:
    company = made(world)
    given(world, box, company, "A02", "1")
    buyer = browser()
    sign_in(buyer, box)
    assert buyer.post("/welfare/join", {"contact": "x"}).status_code == 422
    buyer.post("/welfare/join", {"contact": "wang@acme.example"})
    assert buyer.post("/welfare/join/code", {"code": box.wrong}).status_code == 422
    assert buyer.post("/welfare/join/code", {"code": box.code})["Location"] == "/welfare"
    assert "acme 公司" in plain(buyer.get("/welfare"))
    assert "公司福利" in plain(buyer.get("/me"))
    # Too little for all of it: units and money.
    home = f"/welfare/{employee(world, 'A02')}"
    sale = buyer.get(f"{home}/buy?sku={world.sku_id}")
    assert "再付差额" in sale.content.decode()
    mixed = buyer.post(f"{home}/buy", {**hidden(sale), "way": "part"})
    assert mixed["Location"].endswith("/pay"), plain(mixed)


def test_rules_people_and_leaving(world: World, box: Mailbox) -> None:
    company = made(world)
    boss = given(world, box, company, "A03", "20")
    rule = {"kind": "festival", "name": "春节", "amount": "88.8", "live_days": "30", "on_day": "2099-01-01"}
    for wrong in ({"amount": "x"}, {"on_day": "2020-01-01"}, {"on_day": ""}, {"live_days": "0"}, {"kind": "x"}):
        assert boss.post("/company/grants/rules", {**rule, **wrong}).status_code == 422, wrong
    assert boss.post("/company/grants/rules", rule).status_code == 302
    [made_rule] = welfare.rules(world.shop_id, company.id)
    boss.post("/company/grants/rules", {"rule": str(made_rule.id), "act": "off"})
    assert not welfare.rules(world.shop_id, company.id)[0].on
    assert "春节" in plain(boss.get("/company/grants"))
    more = {"mail": "third@acme.example", "name": "三", "role": "viewer"}
    assert boss.post("/company/people", more).status_code == 302
    assert boss.post("/company/people", more).status_code == 409
    assert "third@acme.example" in plain(boss.get("/company/people"))
    boss.post("/company/employees/act", {"act": "left", "pick": [str(employee(world, "A03"))]})
    assert welfare.counts(world.shop_id, company.id) == {"invited": 2, "left": 1}
    assert welfare.budget(world.shop_id, company.id).free_minor == 5_000_00
    boss.post("/company/employees/act", {"act": "invite", "pick": [str(employee(world, "A02"))]})
    assert list(Employee.objects.filter(invite_due=True).values_list("work_id", flat=True)) == ["A02"]
    paid = welfare.prepayments(world.shop_id, company.id)[0]
    where = f"/company/prepaid/{paid.id}/invoice"
    assert boss.post(where, {"title": "甲", "tax_number": "1"}).status_code == 422
    assert boss.post(where, {"title": "甲", "tax_number": "91310000MA1K000001"}).status_code == 302
    assert "等待商家开票" in plain(boss.get("/company"))
    bad = boss.post("/company/employees/import", {"file": file("工号,姓名,邮箱\nB1,x,y@z.example\n")})
    assert bad.status_code == 422
    assert "邮箱不是公司的域名" in plain(bad)
    assert boss.post("/company/employees/import", {"file": file("a,b\n1,2")}).status_code == 422
