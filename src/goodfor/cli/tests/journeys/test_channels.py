"""A newcomer pays by each channel that `up` brings along: by clicks alone, at the stand-ins."""

from typing import Any

import pytest

from goodfor.cli.tests.journeys.conftest import Device, Up
from goodfor.kit.tests.browser import browser_marks

pytestmark = [mark for mark in browser_marks if mark.name != "django_db"]


def ordered(device: Device, product: str, way: str) -> str:
    """From the home page to the pay page; the order's number."""
    page = device.page
    device.open("/c")
    page.locator(f"a.card:has-text('{product}')").first.click()
    page.wait_for_url("**/p/**")
    device.press("立即购买")
    page.wait_for_url("**/checkout**")
    page.locator(f"label.method:has-text('{way}')").click()
    # The page may have led on to the channel before anybody looks at its address.
    seen: list[str] = []
    page.on("framenavigated", lambda frame: seen.append(frame.url))
    with page.expect_navigation(url="**/pay?go=1"):
        page.locator("button:has-text('去付款')").last.click(no_wait_after=True)
    (url,) = [one for one in seen if "/o/" in one and "/pay" in one][:1]
    return url.split("/o/")[1].split("/")[0]


def test_wechat_by_a_code(demo: Up, chrome: Any) -> None:
    computer = Device(chrome, demo.url, phone=False)
    number = ordered(computer, "酷玩点数卡", "微信")
    page = computer.page
    page.wait_for_selector("figure.qr")
    computer.keep("channel-wechat")
    with page.expect_popup() as opened:
        page.click("text=模拟扫码")
    opened.value.click("form button")
    opened.value.wait_for_selector("text=支付成功")
    # The page that shows the code hears of it by itself.
    page.wait_for_url(f"**/o/{number}", timeout=30_000)
    computer.sees("码已到手", 30)
    computer.close()


@pytest.mark.soak
def test_wechat_on_a_phone(demo: Up, chrome: Any) -> None:
    phone = Device(chrome, demo.url)
    phone.context.set_extra_http_headers({"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile Chrome/130"})
    number = ordered(phone, "酷玩点数卡", "微信")
    page = phone.page
    page.wait_for_url(lambda url: not url.startswith(demo.url))
    page.click("form button")
    page.wait_for_url(f"{demo.url}/o/{number}**")
    phone.sees("码已到手", 30)
    phone.close()


@pytest.mark.soak
def test_a_card_on_the_page(demo: Up, chrome: Any) -> None:
    phone = Device(chrome, demo.url)
    number = ordered(phone, "墨园读书卡", "银行卡")
    page = phone.page
    page.wait_for_selector("[data-stripe] form button:visible")
    page.click("[data-stripe] form button")
    page.wait_for_url(f"**/o/{number}", timeout=30_000)
    phone.sees("码已到手", 30)
    phone.close()


@pytest.mark.soak
def test_paypal_in_dollars(demo: Up, chrome: Any) -> None:
    phone = Device(chrome, demo.url)
    ordered(phone, "云雀漫游流量卡", "PayPal")
    page = phone.page
    page.wait_for_url(lambda url: not url.startswith(demo.url))
    page.click("form button")
    page.wait_for_url(f"{demo.url}/o/**")
    phone.sees("码已到手", 60)
    phone.close()
