"""Rules, lists and reviews in a real browser; a review decided by keyboard alone, and the search of the editor."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person, sql
from goodfor.console.tests.risk_rule_things import SAYS, pair, rule_of, rule_things, waiting
from goodfor.console.tests.risk_things import starter_rules
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.risk import pipeline, rule_queries
from goodfor.risk.operations.start_backtest import start_backtest
from goodfor.risk.operations.submit_rule import set_state
from goodfor.risk.operations.walk_backtests import walk_backtests
from goodfor.risk.rule_states import OFF

pytestmark = browser_marks


@pytest.mark.soak
@every_size
def test_every_page_of_rules_lists_and_reviews(
    shop: Shop, live_server: Any, browser: Any, width: int, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "SAMPLED", 0)
    two, now = pair(shop), utc_now()
    with starter_rules(shop.id):
        pass
    things = rule_things(shop)
    rule = rule_of(shop, two, "live")
    shadow = rule_of(shop, two, "shadow", code="shadow")
    set_state(shop_id=shop.id, rule_id=rule.id, state=OFF, reason="误伤", actor=two.anna.staff.actor, now=now)
    walk_backtests(now=utc_now())
    open_one = start_backtest(
        shop_id=shop.id, says=SAYS, rule_id=shadow.id, latest=1, since=now - timedelta(days=3), until=now,
        actor=two.anna.staff.actor, now=now,
    )  # fmt: skip
    given = (*words_of(shop), "anna", "刷单", "误伤", "大额下单")
    visit = Visit(browser, live_server.url, width, language, given, budget=BUDGET, dense=True)
    come_in(visit, person(shop.id, app=True))
    off = next(one for one in rule_queries.proposals(shop.id) if one.kind == "rule_off")
    for name, path in {
        "rules": reverse("desk:risk-rules"),
        "rules-asked": reverse("desk:risk-rules") + "?threat=stolen_payment&q=none",
        "rule-new": reverse("desk:risk-rule-new"),
        "rule": reverse("desk:risk-rule", args=[rule.id]),
        "rule-shadow": reverse("desk:risk-rule", args=[shadow.id]),
        "rule-edit": reverse("desk:risk-rule-edit", args=[shadow.id]),
        "backtests": reverse("desk:risk-backtests"),
        "backtest": reverse("desk:risk-backtest", args=[things["backtest_id"]]),
        "backtest-runs": reverse("desk:risk-backtest", args=[open_one]),
        "changes": reverse("desk:risk-changes") + "?tab=all",
        "change-off": reverse("desk:risk-change", args=[off.id]),
        "change-list": reverse("desk:risk-change", args=[things["proposal_id"]]),
        "lists": reverse("desk:risk-lists") + "?kind=block_hard&state=pending",
        "list-add": reverse("desk:risk-list-add"),
        "list-import": reverse("desk:risk-list-import"),
        "reviews": reverse("desk:risk-reviews"),
        "review": reverse("desk:risk-review", args=[things["review_id"]]),
        "review-times": reverse("desk:risk-review-policies"),
    }.items():
        visit.open(path)
        visit.check(f"risk-{name}")
    assert not visit.faults, "\n".join(visit.faults)


@pytest.mark.soak
def test_reviews_by_keyboard_alone(shop: Shop, live_server: Any, browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "SAMPLED", 0)
    now = utc_now()
    first = waiting(shop, now=now - timedelta(minutes=9), buyer="guest:a")
    second = waiting(shop, now=now - timedelta(minutes=6), buyer="guest:b")
    third = waiting(shop, now=now - timedelta(minutes=3), buyer="guest:c")
    visit = Visit(browser, live_server.url, 1440, "zh-hans", words_of(shop), budget=None, dense=True)
    come_in(visit, person(shop.id, Role.OWNER, app=True))
    page = visit.page

    def at(review_id: Any) -> str:
        return f"**{reverse('desk:risk-review', args=[review_id])}"

    visit.open(reverse("desk:risk-reviews"))
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(at(first))
    page.keyboard.press("t")
    page.wait_for_selector("[data-key=r]")
    # The next, and back again: what is left is given back.
    page.keyboard.press("j")
    page.wait_for_url(at(second))
    page.keyboard.press("k")
    page.wait_for_url(at(first))
    page.wait_for_selector("[data-key=r]")
    # In the note keys are letters.
    page.focus("#note")
    page.keyboard.type("rxa jk")
    assert page.input_value("#note") == "rxa jk"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("x")
    page.wait_for_selector("dialog[open]")
    # While it asks, other keys press nothing.
    page.keyboard.press("r")
    page.keyboard.press("Escape")
    assert sql("SELECT count(*) FROM risk_review WHERE state = 'done'") == [(0,)]
    page.keyboard.press("x")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Enter")
    page.wait_for_url(at(second))
    assert sql("SELECT outcome, note FROM risk_review WHERE id = %s", [first]) == [("deny", "rxa jk")]
    page.keyboard.press("r")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Enter")
    page.wait_for_url(at(third))
    page.keyboard.press("a")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('desk:risk-reviews')}")
    outcomes = dict(sql("SELECT id, outcome FROM risk_review"))
    assert outcomes == {first: "deny", second: "release", third: "ask"}
    assert not visit.faults


def test_the_editor_finds_and_writes_names(shop: Shop, live_server: Any, browser: Any) -> None:
    visit = Visit(browser, live_server.url, 1440, "zh-hans", words_of(shop), budget=None, dense=True)
    come_in(visit, person(shop.id, app=True))
    visit.open(reverse("desk:risk-rule-new"))
    page = visit.page
    page.fill("#text", "hour < 5 and")
    page.fill("#feature-find", "amount_minor")
    button = page.locator("[data-insert=amount_minor]")
    assert button.is_visible()
    assert not page.locator("[data-insert=weekday]").is_visible()
    page.press("#feature-find", "Enter")
    button.click()
    assert page.input_value("#text") == "hour < 5 and amount_minor"
    assert not visit.faults
