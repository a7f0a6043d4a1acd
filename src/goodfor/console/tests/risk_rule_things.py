"""Rules, lists, reviews and what waits for a second person, for the pages of risk control."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.test import Client

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import Person, by_link, person
from goodfor.console.tests.risk_things import judged
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.risk.operations.approve import approve
from goodfor.risk.operations.list_entry import add_entry
from goodfor.risk.operations.open_review import open_review
from goodfor.risk.operations.save_draft import save_draft
from goodfor.risk.operations.start_backtest import start_backtest
from goodfor.risk.operations.submit_rule import set_state
from goodfor.risk.rule_types import Entry, RuleText, RuleView
from goodfor.risk.types import Outcome, Scene

SAYS = RuleText(
    name="大额下单", text="amount_minor >= 4000", scenes=(Scene.ORDER,), outcome=Outcome.HOLD, label="R0043-001",
    threat="stolen_payment", hold_minutes=60,
)  # fmt: skip


@dataclass
class Pair:
    """Two people who may set rules, each in a browser, after a fresh proof."""

    first: Client
    second: Client
    anna: Person
    bert: Person


def proven(one: Person) -> Client:
    """A browser of somebody after a fresh proof."""
    client = by_link(one)
    answer = client.post("/console/prove", {"code": one.code(), "next": "/console/"})
    assert answer.status_code == 302, answer.content[:500]
    return client


def pair(shop: Shop) -> Pair:
    """An owner and an operator."""
    anna, bert = person(shop.id, Role.OWNER, app=True), person(shop.id, Role.OPERATOR, app=True)
    return Pair(proven(anna), proven(bert), anna, bert)


def rule_of(shop: Shop, two: Pair, state: str = "draft", says: RuleText = SAYS, code: str = "big-order") -> RuleView:
    """A rule of the first of them, brought there by both."""
    now, by = utc_now(), two.anna.staff.actor
    made = save_draft(shop_id=shop.id, says=says, code=code, actor=by, now=now)
    for to in {"draft": (), "shadow": ("shadow",), "live": ("shadow", "live")}[state]:
        change = set_state(shop_id=shop.id, rule_id=made.id, state=to, actor=by, now=now)
        if change.proposal_id is not None and not change.done:
            approve(shop_id=shop.id, proposal_id=change.proposal_id, actor=two.bert.staff.actor, now=now)
    return made


def waiting(shop: Shop, outcome: Outcome = Outcome.REVIEW, now: datetime | None = None, **given: Any) -> UUID:
    """A decision that waits for a person."""
    made = judged(shop, outcome, **given)
    return open_review(
        shop_id=shop.id, decision_id=made.id, scene=Scene.ORDER, now=now or utc_now(),
        subject=("order", shop.placed.order_id), amount_minor=4850, currency="CNY",
    )  # fmt: skip


def rule_things(shop: Shop) -> dict[str, Any]:
    """One of each kind; what waits was asked for by somebody who is gone from no test."""
    now = utc_now()
    asker = person(shop.id, Role.OWNER).staff.actor
    person(shop.id, Role.OPERATOR)
    rule = save_draft(shop_id=shop.id, says=SAYS, code="thing", actor=asker, now=now)
    told: dict[str, Any] = {"shop_id": shop.id, "actor": asker, "now": now}
    added = add_entry(kind="block_hard", entry=Entry("phone", "13800138000", "刷单", keep_value=True), **told)
    return {
        "rule_id": rule.id,
        "backtest_id": start_backtest(
            says=SAYS, rule_id=rule.id, latest=1, since=now - timedelta(days=7), until=now, **told
        ),
        "proposal_id": added.proposal_id,
        "entry_id": added.entry_id,
        "review_id": waiting(shop, scene=Scene.ORDER, buyer="guest:thing"),
    }
