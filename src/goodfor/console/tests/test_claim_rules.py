"""The decision table on the desk: who may change it, rows by form, a trial before saving, versions and going back."""

from dataclasses import fields
from typing import Any

import pytest
from django.test import Client

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.defaults import RULES
from goodfor.aftersales.operations.set_policy import set_policy
from goodfor.aftersales.types import Facts, Rule
from goodfor.console import claim_words as words
from goodfor.console.tests.claim_things import PEOPLE, claimed, sold_order
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import by_link, inside, person, proved, sql, state_of_all
from goodfor.console.views.claims import rule_form
from goodfor.console.views.claims.drafts import moved, without
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/console/claims/rules/"
MAY = (Role.OWNER, Role.OPERATOR)


def change(client: Client, do: str) -> Any:
    return client.post(PAGE + "change", {"do": do})


def names(shop: Shop) -> list[str]:
    return [rule.name for rule in aftersales.policy(shop.id).rules]


@pytest.mark.parametrize("role", list(Role))
def test_everybody_reads_the_table_and_few_change_it(shop: Shop, role: Role) -> None:
    client = inside(shop.id, role)
    page = client.get(PAGE)
    assert page.status_code == 200
    text = page.content.decode()
    assert "其他所有情况" in text
    assert "供应商怎么说：无效 / 已作废 / 已过期" in text
    assert ("编辑第 1 行" in text) == (role in MAY)
    if role in MAY:
        return
    before = state_of_all()
    for answer in (
        change(client, "remove:1"), client.get(PAGE + "row?row=1"), client.post(PAGE + "row?row=1", {"do": "save"}),
        client.get(PAGE + "trial"), client.post(PAGE + "save"),
    ):  # fmt: skip
        assert answer.status_code == 403
    assert state_of_all() == before


def test_a_draft_is_ones_own_and_changes_nothing(shop: Shop) -> None:
    client, somebody = inside(shop.id, Role.OPERATOR), inside(shop.id, Role.OPERATOR)
    before = state_of_all()
    assert change(client, "down:1").status_code == 302
    assert "草稿，还没有生效" in client.get(PAGE).content.decode()
    assert "草稿，还没有生效" not in somebody.get(PAGE).content.decode()
    assert change(client, "remove:2").status_code == 302
    assert len(client.session["console_claim_rules"]["rules"]) == len(RULES) - 1
    for nothing in ("up:1", f"down:{len(RULES) - 2}", f"remove:{len(RULES) - 1}", "up:x", "remove:9999", "", "sing:1"):
        kept = client.session["console_claim_rules"]
        assert change(client, nothing).status_code == 302
        assert client.session["console_claim_rules"] == kept, nothing
    assert change(client, "drop").status_code == 302
    assert "草稿，还没有生效" not in client.get(PAGE).content.decode()
    assert state_of_all() == before


def test_rows_move_and_the_last_stays() -> None:
    rules = [Rule(name, {}, "person", "check_person") for name in "abcd"]
    order = lambda found: "".join(rule.name for rule in found)  # noqa: E731
    assert order(moved(rules, 2, -1)) == "bacd"
    assert order(moved(rules, 2, 1)) == "acbd"
    assert [order(moved(rules, row, by)) for row, by in ((1, -1), (3, 1), (4, -1), (0, 1), (9, 1))] == ["abcd"] * 5
    assert order(without(rules, 1)) == "bcd"
    assert order(without(rules, 4)) == "abcd"


def test_every_fact_has_words() -> None:
    assert set(words.FACTS) == {field.name for field in fields(Facts)}


def test_every_row_that_ships_survives_its_form(shop: Shop) -> None:
    """Opening a row and saving it as it stands changes nothing about it."""
    client = proved(shop.id)
    for number, rule in enumerate(RULES, 1):
        page = client.get(f"{PAGE}row?row={number}")
        assert page.status_code == 200
        assert client.post(f"{PAGE}row?row={number}", {**as_sent(rule), "do": "save"}).status_code == 302, rule.name
    assert aftersales.rules_from_json(client.session["console_claim_rules"]["rules"]) == tuple(
        aftersales.rules_from_json(aftersales.rules_to_json(RULES))
    )


def as_sent(rule: Rule) -> dict[str, Any]:
    """What a browser sends of the row's form when nothing was touched."""
    sent: dict[str, Any] = {"fact": list(rule.when), "then": rule.then, "why": rule.why}
    if rule.proven:
        sent["proven"] = "1"
    for field in rule_form.condition_fields(rule.when, "CNY"):
        name = field["name"]
        if field["kind"] == "flag":
            sent[f"{name}-is"] = "yes" if field["yes"] else "no"
        elif field["kind"] == "choice":
            sent[f"{name}-in"] = [value for value, _label, on in field["options"] if on]
        else:
            sent |= {f"{name}-min": field["low"], f"{name}-max": field["high"], f"{name}-unit": field["unit"]}
    return sent


def test_a_new_row_by_pickers(shop: Shop) -> None:
    client = proved(shop.id)
    at = f"{PAGE}row?after=2"
    page = client.post(at, {"do": "add", "add_fact": "amount_minor", "then": "refund", "why": "unseen"})
    assert "amount_minor-min" in page.content.decode()
    page = client.post(
        at,
        {"do": "add", "add_fact": "reason", "fact": "amount_minor", "amount_minor-max": "50", "then": "refund",
         "why": "unseen"},
    )  # fmt: skip
    text = page.content.decode()
    assert 'value="50.00"' in text
    assert "提示码无效" in text
    page = client.post(at, {"do": "drop:reason", "fact": ["reason", "amount_minor"], "amount_minor-max": "50"})
    assert "reason-in" not in page.content.decode()
    sent = {
        "do": "save", "fact": ["reason", "amount_minor", "since_delivery"], "reason-in": ["v:used", "v:invalid"],
        "amount_minor-max": "50", "since_delivery-max": "2", "since_delivery-unit": "3600", "then": "refund",
        "why": "staff_refund", "proven": "1",
    }  # fmt: skip
    assert client.post(at, sent).headers["Location"] == f"{PAGE}#row-3"
    row = client.session["console_claim_rules"]["rules"][2]
    assert row == {
        "name": "own_1",
        "when": {"reason": {"in": ["used", "invalid"]}, "amount_minor": {"max": 5000}, "since_delivery": {"max": 7200}},
        "then": "refund", "why": "staff_refund", "proven": True,
    }  # fmt: skip
    text = client.get(PAGE).content.decode()
    assert "涉及金额：至多 ¥50.00" in text
    assert "发货距今：至多" in text


@pytest.mark.parametrize(
    "wrong",
    [
        {"fact": []}, {"fact": "reason"}, {"fact": "amount_minor", "amount_minor-max": "5,0"},
        {"fact": "seen", "seen-min": "3", "seen-max": "1"}, {"fact": "seen", "seen-min": "-1"},
        {"fact": "amount_minor", "amount_minor-raw": "{"}, {"fact": "seen", "seen-raw": '{"like": 1}'},
        {"fact": "topped", "then": "sing"}, {"fact": "topped", "why": "because"},
        {"fact": "topped", "then": "reject", "proven": "1"}, {"fact": "nothing"},
        {"fact": "nothing", "nothing-raw": '{"is": true}'}, {"fact": "seen", "seen-raw": "[1]"},
    ],
)  # fmt: skip
def test_a_wrong_row_is_told_and_not_kept(shop: Shop, wrong: dict[str, Any]) -> None:
    client = inside(shop.id, Role.OPERATOR)
    sent = {"do": "save", "then": "refund", "why": "unseen", **wrong}
    before = state_of_all()
    answer = client.post(f"{PAGE}row?row=1", sent)
    assert answer.status_code == 422
    assert "alert" in answer.content.decode()
    assert "console_claim_rules" not in client.session
    assert state_of_all() == before


def test_saving_needs_a_proof_and_the_draft_waits(shop: Shop) -> None:
    one = person(shop.id, Role.OPERATOR, app=True)
    client = by_link(one)
    change(client, "remove:1")
    before = state_of_all()
    answer = client.post(PAGE + "save")
    assert answer.headers["Location"].startswith("/console/prove?next=%2Fconsole%2Fclaims%2Frules%2Ftrial")
    assert state_of_all() == before
    client.post("/console/prove", {"code": one.code(), "next": PAGE + "trial"})
    assert client.get(PAGE + "trial").status_code == 200
    assert client.post(PAGE + "save").status_code == 302
    assert names(shop) == [rule.name for rule in RULES[1:]]
    assert aftersales.policy(shop.id).version == 1
    page = client.get(PAGE).content.decode()
    assert "第 1 版" in page
    assert one.staff.username in page
    # Going back to what ships is a new version, too.
    assert change(client, "restore:0").status_code == 302
    assert client.post(PAGE + "save").status_code == 302
    assert (aftersales.policy(shop.id).version, names(shop)) == (2, [rule.name for rule in RULES])
    assert [one.version for one in aftersales.policies(shop.id)] == [2, 1, 0]


def test_somebody_else_was_faster(shop: Shop) -> None:
    client = proved(shop.id, Role.OPERATOR)
    change(client, "remove:1")
    set_policy(shop_id=shop.id, rules=PEOPLE, actor="test", now=utc_now())
    assert "别人已保存了新的版本" in client.get(PAGE).content.decode()
    before = state_of_all()
    answer = client.post(PAGE + "save")
    assert answer.status_code == 409
    assert "别人已保存了新的版本" in answer.content.decode()
    assert state_of_all() == before
    assert names(shop) == ["rest"]


def test_a_trial_says_what_would_change(shop: Shop) -> None:
    """An unseen code was refunded at once; without that row it would go to a person."""
    case = claimed(shop, sold_order(shop, "x", seen=False), "invalid")
    assert case.action == "refund"
    client = proved(shop.id)
    assert client.get(PAGE + "trial").status_code == 302
    at = next(number for number, rule in enumerate(RULES, 1) if rule.name == "unseen")
    change(client, f"remove:{at}")
    before = state_of_all()
    page = client.get(PAGE + "trial")
    found = page.context["trial"]
    assert (found.decisions, found.changed) == (1, 1)
    text = page.content.decode()
    assert case.number in text
    assert "去掉的" in text
    assert "交给人处理" in text
    assert state_of_all() == before


def test_a_version_of_another_shop_is_nobodys(shop: Shop, other: Shop) -> None:
    set_policy(shop_id=other.id, rules=PEOPLE, actor="test", now=utc_now())
    client = inside(shop.id, Role.OPERATOR)
    assert "第 1 版" not in client.get(PAGE).content.decode()
    change(client, "restore:1")
    assert len(client.session["console_claim_rules"]["rules"]) == len(RULES)
    assert sql("SELECT count(*) FROM aftersales_policy WHERE shop_id = %s", [shop.id]) == [(0,)]
