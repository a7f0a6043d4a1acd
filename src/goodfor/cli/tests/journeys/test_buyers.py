"""A guest buys and reveals; a buyer signs up, buys, and finds the code again on a second device."""

from typing import Any

import pytest

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
