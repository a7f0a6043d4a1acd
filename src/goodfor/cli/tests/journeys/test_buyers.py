"""A guest buys and reveals; a buyer signs up, buys, and finds the code again on a second device."""

import re
import time
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest

from goodfor.cli.demo.shopper import Shopper, read
from goodfor.cli.tests.journeys.conftest import Device, Up, buy
from goodfor.kit.tests.browser import browser_marks

pytestmark = [mark for mark in browser_marks if mark.name != "django_db"]


def reveal(device: Device) -> str:
    """Show the first code of the order that is open."""
    device.page.click("form[data-reveal] button >> nth=0")
    device.page.wait_for_selector(".code.is-open")
    shown: str = device.page.locator(".code.is-open .code-row:last-of-type code").first.inner_text()
    return shown.replace(" ", "").replace("\u2009", "")


def test_a_guest_buys_and_reveals(demo: Up, chrome: Any) -> None:
    phone = Device(chrome, demo.url)
    number = buy(phone, "星河影视会员")
    phone.keep("guest")
    secret = phone.page.locator("code.key-text").inner_text()
    code = reveal(phone)
    assert len(code) == 16
    phone.keep("guest")
    phone.close()

    # Another device, without cookies: number and secret are all that is needed, and all that helps.
    other = Device(chrome, demo.url)
    other.open(f"/o/{number}")
    assert code not in other.page.content()
    other.open("/lookup")
    other.page.fill("#number", number)
    other.page.fill("#secret", secret)
    other.press("查询")
    other.page.wait_for_url(f"**/o/{number}**")
    assert reveal(other) == code
    other.keep("guest")
    other.close()


def sign_in(device: Device, up: Up, contact: str) -> None:
    """By a one-time code, which makes the account on the first time."""
    device.open("/signin")
    device.page.fill("#contact", contact)
    device.press("发送验证码")
    device.page.wait_for_url("**/signin/code")
    device.page.fill("#code", up.one_time_code(contact))
    device.press("确认")
    device.page.wait_for_url("**/me")


@pytest.mark.soak
def test_a_buyer_finds_the_code_on_a_second_device(demo: Up, chrome: Any) -> None:
    contact = "lin@buyer.example"
    phone = Device(chrome, demo.url)
    sign_in(phone, demo, contact)
    phone.keep("buyer")
    number = buy(phone, "墨园读书卡")
    code = reveal(phone)
    phone.close()

    computer = Device(chrome, demo.url, phone=False)
    sign_in(computer, demo, contact)
    computer.open("/orders")
    computer.page.locator(".wallet a").first.click()
    computer.page.wait_for_url(f"**/o/{number}**")
    assert reveal(computer) == code
    computer.keep("buyer")
    computer.close()

    stranger = Device(chrome, demo.url)
    sign_in(stranger, demo, "zhao@buyer.example")
    stranger.open("/orders")
    assert stranger.page.locator(".wallet li").count() == 0
    stranger.open(f"/o/{number}")
    assert code not in stranger.page.content()
    stranger.close()


def test_a_guest_buys_what_the_shop_does_not_stock(demo: Up) -> None:
    """Bought from a supplier the moment it is paid, and shown."""
    page = httpx.get(f"{demo.url}/p/yunduo-video").text
    sku = re.search(r'name="sku"[^>]*value="([0-9a-f-]{36})"', page)
    assert sku
    shopper = Shopper(demo.url)
    try:
        number = shopper.order("yunduo-video", sku[1])
        # Alipay's page by the form of ours, then the form of theirs, as a browser without script sends them.
        (way,) = [form for form in read(shopper.get(f"/o/{number}/pay").text).forms if "gateway.do" in form.action]
        cashier = shopper.http.request(way.method, way.action, data=way.filled(), follow_redirects=True)
        (theirs,) = read(cashier.text).forms
        shopper.http.request(theirs.method, urljoin(str(cashier.url), theirs.action), data=theirs.filled())
        until = time.monotonic() + 30
        while shopper.state(number) != "delivered":
            assert time.monotonic() < until, shopper.state(number)
            time.sleep(0.1)
        assert len(shopper.reveal(number)) in (1, 2)
    finally:
        shopper.close()
