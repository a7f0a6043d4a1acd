"""The message pages in a real browser, in both sizes and languages; the preview follows what is typed."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any

import pytest

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.console.tests.things import message_things
from goodfor.identity.types import Role
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser

pytestmark = browser_marks


@pytest.mark.soak
@every_size
def test_every_message_page(shop: Shop, live_server: Any, browser: Any, width: int, language: str) -> None:
    things, one = message_things(shop), person(shop.id, Role.OWNER, app=True)
    visit = Visit(browser, live_server.url, width, language, words_of(shop), budget=BUDGET, dense=True)
    come_in(visit, one)
    template = "scene=order_paid&channel=email&language=" + ("en" if language == "en" else "zh")
    for name, path in {
        "log": "/console/messages/",
        "message": f"/console/messages/log/{things['message_id']}/",
        "order": f"/console/orders/{shop.placed.number}/",
        "templates": "/console/messages/templates/",
        "template": f"/console/messages/templates/edit?{template}",
        "switches": "/console/messages/switches/",
        "channels": "/console/messages/channels/",
        "staff": "/console/messages/staff/",
        "person": f"/console/messages/staff/{things['staff_id']}/",
    }.items():
        visit.open(path)
        visit.check(f"console-messages-{name}")
    visit.open("/console/prove?next=/console/messages/channels/edit%3Fchannel=sms%26provider=aliyun")
    visit.page.fill("input[name=code]", one.code())
    visit.page.click("main form button.button-main >> nth=0")
    visit.page.wait_for_url("**/channels/edit*")
    visit.check("console-messages-channel")
    assert not visit.faults, "\n".join(visit.faults)


def test_the_preview_follows_what_is_typed(shop: Shop, live_server: Any, browser: Any) -> None:
    visit = Visit(browser, live_server.url, 1440, "zh-hans", words_of(shop), budget=None, dense=True)
    come_in(visit, person(shop.id, Role.OWNER))
    visit.open("/console/messages/templates/edit?scene=order_paid&channel=email&language=zh")
    visit.page.fill("textarea[name=body]", "您好 {{ order.number }}")
    visit.page.fill("input[name=order]", shop.placed.number)
    visit.page.frame_locator("iframe[name=preview]").get_by_text(f"您好 {shop.placed.number}").wait_for(timeout=20_000)
