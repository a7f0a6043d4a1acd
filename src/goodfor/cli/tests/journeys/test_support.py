"""Support answers "where is my code" from the console: by the buyer's address, without ever seeing the code."""

from typing import Any

import pytest

from goodfor.cli.tests.journeys.conftest import Device, Owner, Up, buy
from goodfor.cli.tests.journeys.test_buyers import reveal
from goodfor.kit.tests.browser import browser_marks

pytestmark = [mark for mark in browser_marks if mark.name != "django_db"]


@pytest.mark.soak
def test_where_is_my_code(demo: Up, owner: Owner, chrome: Any) -> None:
    contact = "wang@buyer.example"
    phone = Device(chrome, demo.url)
    number = buy(phone, "顺屿打车券", contact)
    code = reveal(phone)

    # The owner takes somebody on, and hands over a link that opens once.
    office = Device(chrome, demo.url, phone=False, state=owner.state)
    office.open("/console/settings/staff/")
    office.page.fill("input[name=username]", "xiaomei")
    office.page.select_option("select[name=role]", "support")
    office.press("生成邀请链接")
    link = office.page.locator("main p.mono").inner_text()
    office.close()

    desk = Device(chrome, demo.url, phone=False)
    desk.open(link)
    desk.page.click("main form button.button-main")
    desk.page.wait_for_url("**/console/")
    desk.keep("support")
    # "My code never came": all that the buyer says is an address.
    desk.open("/console/orders/")
    desk.page.fill("input[name=contact]", contact)
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url("**contact=**")
    assert desk.page.locator("tbody tr:not(.sheet-detail)").count() == 1
    desk.press(number)
    desk.page.wait_for_url(f"**/console/orders/{number}/")
    desk.sees("发货时间")
    desk.sees("已查看 1 个")
    text = desk.page.content()
    assert "已发货" in text
    assert code not in text
    desk.keep("support")
    # What support may not do is not there, and not behind its address either.
    assert desk.page.goto(f"{demo.url}/console/settings/keys").status == 403
    desk.close()
    phone.close()
