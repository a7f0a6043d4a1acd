"""What takes two, in a real browser: asking, agreeing, taking; and the proof of work at the console's door."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from pathlib import Path
from typing import Any

import pytest

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import PASSWORD, Person, by_link, old_hand, person
from goodfor.console.tests.test_codes import loaded
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.identity.types import Role
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.risk.tests.saying import saying
from goodfor.risk.types import Outcome, Scene

pytestmark = browser_marks
#: What people typed, the same in every language.
TYPED = ("退给供应商", "codes.txt")


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def prove(visit: Visit, one: Person) -> None:
    visit.open("/console/prove")
    visit.page.fill("input[name=code]", one.code())
    visit.page.click("main form button.button-main")
    visit.page.wait_for_url("**/console/")


@pytest.mark.soak
@every_size
def test_codes_are_asked_for_agreed_to_and_taken(
    shop: Shop, live_server: Any, browser: Any, width: int, language: str
) -> None:
    owner, second = old_hand(shop.id, Role.OWNER), old_hand(shop.id)
    where = loaded(by_link(owner), shop) + "codes"
    given = (*words_of(shop), *TYPED)
    visit = Visit(browser, live_server.url, width, language, given, budget=BUDGET, dense=True)
    come_in(visit, owner)
    prove(visit, owner)
    visit.open(where)
    visit.check("console-code-export-ask")
    visit.page.fill("input[name=reason]", TYPED[0])
    visit.page.click("button[value=wish]")
    visit.page.wait_for_selector("button[value=withdraw]")
    visit.check("console-code-export-wait")
    other = Visit(browser, live_server.url, width, language, given, budget=BUDGET, dense=True)
    come_in(other, second)
    prove(other, second)
    other.open("/console/risk/exports/")
    other.check("console-export-wishes")
    other.page.click("button[value=approve]")
    other.page.wait_for_selector("#others")
    other.check("console-export-wishes-done")
    visit.open(where)
    visit.page.wait_for_selector("button[value=take]")
    visit.check("console-code-export-take")
    with visit.page.expect_download() as caught:
        visit.page.click("button[value=take]")
    text = Path(str(caught.value.path())).read_text(encoding="utf-8-sig")
    assert text.count("-QWERTZ-") == 40
    assert not visit.faults, "\n".join(visit.faults)
    assert not other.faults, "\n".join(other.faults)


@pytest.mark.soak
@every_size
def test_nothing_waits_and_who_is_alone(shop: Shop, live_server: Any, browser: Any, width: int, language: str) -> None:
    owner = old_hand(shop.id, Role.OWNER)
    where = loaded(by_link(owner), shop) + "codes"
    visit = Visit(browser, live_server.url, width, language, (*words_of(shop), *TYPED), budget=BUDGET, dense=True)
    come_in(visit, owner)
    prove(visit, owner)
    visit.open("/console/risk/exports/")
    visit.check("console-export-wishes-none")
    visit.open(where)
    visit.check("console-code-export-alone")
    visit.page.fill("input[name=reason]", TYPED[0])
    visit.page.click("button[value=wish]")
    visit.page.wait_for_selector("button[value=withdraw]")
    visit.check("console-code-export-early")
    assert not visit.faults, "\n".join(visit.faults)


@every_size
def test_a_browser_pays_at_the_door_by_itself(
    shop: Shop, live_server: Any, browser: Any, width: int, language: str
) -> None:
    one = person(shop.id, Role.SUPPORT, password=True)
    visit = Visit(browser, live_server.url, width, language, words_of(shop), budget=BUDGET, dense=True)
    with saying(says={Scene.SIGN_IN: Outcome.CHALLENGE}):
        visit.open("/console/signin")
        visit.page.fill("input[name=username]", one.staff.username)
        visit.page.fill("input[name=password]", PASSWORD)
        visit.page.click("main form button.button-main")
        visit.page.wait_for_selector("form[data-challenge]")
        visit.page.wait_for_selector("[data-challenge-say=solved]", timeout=60_000)
        visit.check("console-door-challenge")
        visit.page.click("form[data-challenge] button.button-main")
        visit.page.wait_for_url("**/console/")
    assert not visit.faults, "\n".join(visit.faults)
