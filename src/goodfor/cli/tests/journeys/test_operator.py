"""An operator imports codes, prices them, sells one and takes the books home; another opens a shop from nothing."""

from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from goodfor.cli.tests.journeys.conftest import Device, Owner, Up, buy, installation, owner_of
from goodfor.cli.tests.journeys.test_buyers import reveal
from goodfor.kit.tests.browser import browser_marks

pytestmark = [mark for mark in browser_marks if mark.name != "django_db"]
CODES = [f"JRNY{n:04d}TESTCODE" for n in range(40)]


@pytest.mark.soak
def test_imports_prices_sells_exports(demo: Up, owner: Owner, chrome: Any, tmp_path: Path) -> None:
    desk = Device(chrome, demo.url, phone=False, state=owner.state)
    # A file as suppliers send it: a heading, a line twice, a line of nothing.
    file = tmp_path / "供应商九月.txt"
    file.write_text("\r\n".join(["卡密", *CODES, CODES[0], ""]), encoding="gb18030")
    desk.open("/console/codes/import/")
    desk.page.select_option(
        "select[name=sku]", label=desk.page.locator("option:has-text('墨园读书卡 年卡')").inner_text()
    )
    desk.page.fill("input[name=cost]", "61.50")
    desk.page.set_input_files("input[type=file]", str(file))
    desk.press("上传并检查")
    desk.page.wait_for_selector("button[value=confirm]")
    assert "确认导入 40 个" in desk.page.locator("button[value=confirm]").inner_text()
    desk.sees("¥2,460.00")
    desk.keep("operator")
    desk.press("确认导入")
    desk.sees("已导入 40 个卡密", 30)

    # Eight per cent less, looked at before it is done.
    desk.open("/console/skus/?q=my-year")
    desk.page.check("tbody tr:not(.sheet-detail) .row-pick >> nth=0")
    desk.page.click("button[name=act][value=price]")
    desk.page.wait_for_url("**/skus/batch")
    desk.page.select_option("select[name=how]", "set")
    desk.page.fill("input[name=amount]", "80.96")
    desk.press("预览")
    desk.page.wait_for_selector("button[name=go]")
    desk.sees("¥88.00")
    desk.keep("operator")
    desk.page.click("button[name=go]")
    desk.page.wait_for_url("**/batches/*/")
    desk.sees("已完成", 20)

    phone = Device(chrome, demo.url)
    number = buy(phone, "墨园读书卡", choose="80.96")
    phone.sees("¥80.96")
    assert len(reveal(phone)) == 16
    phone.close()

    desk.open("/console/orders/")
    desk.sees(number)
    desk.press("导出 Excel")
    desk.page.wait_for_url("**/exports/")
    desk.page.wait_for_selector("a:has-text('下载')", timeout=30_000)
    with desk.page.expect_download() as download:
        desk.page.click("a:has-text('下载') >> nth=0")
    rows = CalamineWorkbook.from_path(str(download.value.path())).get_sheet_by_index(0).to_python()
    mine = [row for row in rows if number in map(str, row)]
    assert len(mine) == 1
    assert any(str(cell) in ("80.96", "¥80.96") for cell in mine[0]), mine
    desk.keep("operator")
    desk.close()


@pytest.mark.soak
def test_opens_a_shop_from_nothing(chrome: Any) -> None:
    with installation("--empty") as up:
        owner = owner_of(chrome, up)
        desk = Device(chrome, up.url, phone=False, state=owner.state)
        desk.open("/console/")
        desk.sees("继续开店")
        desk.keep("onboarding")
        desk.open("/console/start")
        page = desk.page
        page.fill("#support", "help@shop.example")
        page.click("main form[action$='/start/name'] button.button-main")
        page.wait_for_url("**/start?step=product")
        page.fill("#name", "青柠音乐会员")
        page.fill("#sku_name", "月卡")
        page.fill("#price", "9.90")
        page.click("main form[action$='/start/product'] button.button-main")
        page.wait_for_url("**/start?step=codes")
        page.fill("#lines", "LIME-0001-AAAA\nLIME-0002-BBBB\nLIME-0002-BBBB\n")
        page.click("main form[action$='/start/codes'] button.button-main")
        page.wait_for_selector("input[name=token]", state="attached")
        desk.keep("onboarding")
        page.click("main form:has(input[name=token]) button.button-main")
        page.wait_for_url("**/start?step=channel")
        page.click("main button[name=provider][value=balance]")
        page.wait_for_url("**/start?step=order")
        page.click("main form:has(input[value=place]) button.button-main")
        page.wait_for_selector("button[name=act][value=refund]")
        desk.sees("第一单已经走通")
        desk.keep("onboarding")
        desk.close()

        phone = Device(chrome, up.url)
        phone.open("/")
        phone.sees("青柠音乐会员")
        phone.keep("onboarding")
        phone.close()
