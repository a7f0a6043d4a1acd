"""The pages of codes in a real browser: a file by clicks from its upload to its batch, in both sizes and languages."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

import re
from pathlib import Path
from typing import Any

import pytest

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person, sql
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.vault import tasks

pytestmark = browser_marks


@pytest.mark.soak
@every_size
def test_a_file_by_clicks(
    shop: Shop, live_server: Any, browser: Any, tmp_path: Path, width: int, language: str
) -> None:
    one = person(shop.id, app=True)
    given = (*words_of(shop), "卡号", "卡密", "供应商甲")
    visit = Visit(browser, live_server.url, width, language, given, budget=BUDGET, dense=True)
    come_in(visit, one)
    visit.open("/console/prove")
    visit.page.fill("input[name=code]", one.code())
    visit.page.click("main form button.button-main")
    visit.page.wait_for_url("**/console/")
    file = tmp_path / "codes-2026.csv"
    file.write_text("卡号,卡密\n001,AAAA-0001\n002,AAAA-0002\n001,AAAA-0001\n003,\n", encoding="utf-8")
    visit.open("/console/codes/import/")
    visit.check("console-code-import")
    visit.page.select_option("select[name=sku]", str(shop.demo.skus["kw-100"]))
    visit.page.fill("input[name=cost]", "3.20")
    visit.page.fill("input[name=note]", "供应商甲")
    visit.page.set_input_files("input[type=file]", str(file))
    # As a browser without script sends it.
    visit.page.evaluate("document.querySelector('main form[enctype]').submit()")
    visit.page.wait_for_url(re.compile(r"/import/[0-9a-f-]+/$"))
    visit.check("console-code-intake-waiting")
    assert tasks.advance_intakes(utc_now()) == 1
    # The page watches it by itself.
    visit.page.wait_for_selector("button[value=confirm]", timeout=10_000)
    visit.page.click("details.query-more summary")
    visit.check("console-code-intake-checked")
    visit.page.click("button[value=confirm]")
    visit.page.wait_for_selector("#intake-part[hx-trigger]")
    visit.check("console-code-intake-running")
    assert tasks.advance_intakes(utc_now()) == 1
    visit.page.wait_for_selector("#intake-part .alert-green a", timeout=10_000)
    visit.check("console-code-intake-done")
    visit.page.click("#intake-part .alert-green a")
    visit.page.wait_for_url("**/batches/*/")
    visit.check("console-code-batch")
    batch = visit.page.url.removeprefix(live_server.url)
    code_id = sql("SELECT id FROM vault_code WHERE sku_id = %s LIMIT 1", [shop.demo.skus["kw-100"]])[0][0]
    for name, path in {
        "code-export": batch + "codes",
        "code-batches": "/console/codes/batches/",
        "code-stock": "/console/codes/stock/",
        "code-find": "/console/codes/find/",
        "code-one": f"/console/codes/code/{code_id}/",
    }.items():
        visit.open(path)
        visit.check(f"console-{name}")
    assert not visit.faults, "\n".join(visit.faults)
