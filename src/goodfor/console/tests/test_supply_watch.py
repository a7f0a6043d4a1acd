"""The pages of watched prices, matches and trials: what they show, what their forms do, and who may."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.catalog import queries as catalog
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import proved
from goodfor.console.tests.supply_things import SupplyThings, watched_things
from goodfor.console.views.supply_watch import rule_typed, typed_of
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import InvalidInput
from goodfor.supply import queries as supply
from goodfor.supply.models import Offer
from goodfor.supply.operations.walk_trials import walk_trials
from goodfor.supply.types import WatchRule

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {"mode": "follow", "margin_points": "12.5", "margin_minor": "0.50", "ending": "99", "most_once_points": "5",
        "most_day_points": "", "least_minor": "1", "most_minor": "", "pause_on_loss": "1"}  # fmt: skip


@pytest.fixture
def things(shop: Shop) -> SupplyThings:
    return watched_things(shop.id, shop.demo.skus["kw-50"])


@pytest.fixture
def owner(shop: Shop) -> Client:
    return proved(shop.id)


def page(client: Client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def test_forms_and_rules_are_the_same_thing() -> None:
    rule = WatchRule("follow", 1_250, 50, 100, 99, 500, None, 100, None, True)
    assert rule_typed(FORM, "CNY") == rule
    typed = typed_of(rule, "CNY")
    assert rule_typed({key: value for key, value in typed.items() if value}, "CNY") == rule
    for field, wrong in (("margin_points", "x"), ("margin_points", "-1"), ("most_once_points", "1.234"),
                         ("least_minor", "1.234"), ("ending", "98"), ("margin_points", "１")):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            rule_typed({**FORM, field: wrong}, "CNY")
        assert refused.value.data["field"] == field


def test_a_proposal_is_approved_by_a_click(shop: Shop, things: SupplyThings, owner: Client) -> None:
    shown = page(owner, "desk:supply-watch")
    assert "待审批的调价" in shown
    assert "超过单次幅度" in shown
    assert "8.125" in shown
    answer = owner.post(reverse("desk:supply-move", args=[things.move]), {"act": "approve"})
    assert answer.status_code == 302
    assert catalog.prices(shop.id, [things.sku])[things.sku].amount_minor == 990
    assert owner.post(reverse("desk:supply-move", args=[things.move]), {"act": "refuse"}).status_code == 409
    assert "¥9.90" in re.sub(r"<[^>]+>", "", page(owner, "desk:supply-watch", query="?view=history"))


def test_a_rule_is_set_and_removed(shop: Shop, things: SupplyThings, owner: Client) -> None:
    save = reverse("desk:supply-rule-save", args=[things.sku])
    refused = owner.post(save, {**FORM, "least_minor": "9", "most_minor": "8"})
    assert refused.status_code == 422
    assert "最低价不能高于最高价" in refused.content.decode()
    assert owner.post(save, FORM).status_code == 302
    found = supply.watch(shop.id, things.sku)
    assert found is not None
    assert found.rule.ending_minor == 99
    assert "云帆供货" in page(owner, "desk:supply-rule", things.sku)
    assert owner.post(reverse("desk:supply-rule-remove", args=[things.sku])).status_code == 302
    assert supply.watch(shop.id, things.sku) is None


def test_matches_are_looked_at_before_they_are_made(shop: Shop, things: SupplyThings, owner: Client) -> None:
    shown = page(owner, "desk:supply-match")
    pair = f"{things.sku}:{things.loose}"
    assert f'value="{pair}" checked' in shown
    assert "没有相像的规格" in shown
    send = {"pair": [pair], "next": reverse("desk:supply-match")}
    preview = owner.post(reverse("desk:supply-match-confirm"), send)
    assert preview.status_code == 200
    assert "确认 1 个匹配" in preview.content.decode()
    assert Offer.objects.filter(shop_id=shop.id).count() == 1
    assert owner.post(reverse("desk:supply-match-confirm"), {**send, "go": "1"}).status_code == 302
    assert Offer.objects.filter(shop_id=shop.id).count() == 2
    assert pair not in page(owner, "desk:supply-match-sku", things.sku)
    assert owner.post(reverse("desk:supply-match-dismiss"), {"one": "x"}).status_code == 422
    assert owner.post(reverse("desk:supply-match-confirm"), {"pair": [pair] * 101}).status_code == 422


def test_a_draft_is_worked_out(shop: Shop, things: SupplyThings, owner: Client) -> None:
    assert 'hx-trigger="every 2s"' in page(owner, "desk:supply-trial", things.trial)
    walk_trials(now=utc_now())
    assert "过去 7 天没有采购" in page(owner, "desk:supply-trial", things.trial)
    (offer,) = supply.offers_now(shop.id, things.sku, utc_now())
    shown = page(owner, "desk:supply-trials", query=f"?sku={things.sku}")
    assert f'name="cost-{offer.offer_id}"' in shown
    form = {"sku": str(things.sku), f"priority-{offer.offer_id}": "100", f"weight-{offer.offer_id}": "1",
            f"cost-{offer.offer_id}": "8.125", f"enabled-{offer.offer_id}": "1", "floor": "0.00"}  # fmt: skip
    start = reverse("desk:supply-trial-start")
    same = owner.post(start, form)
    assert same.status_code == 422
    assert "请至少改动一项" in same.content.decode()
    assert owner.post(start, {**form, f"cost-{offer.offer_id}": "x"}).status_code == 422
    assert owner.post(start, {**form, f"cost-{offer.offer_id}": "9.5", "floor": "1.00"}).status_code == 302
    draft = supply.trials(shop.id)[0].draft
    assert (str(draft.offers[offer.offer_id].cost), draft.floors) == ("9.5", {things.sku: 100})


def test_who_may(shop: Shop, things: SupplyThings) -> None:
    pages = [reverse(name) for name in ("desk:supply-watch", "desk:supply-match", "desk:supply-trials")]
    for role, status in ((Role.FINANCE, 200), (Role.SUPPORT, 403), (Role.VIEWER, 403)):
        client = proved(shop.id, role)
        assert [client.get(address).status_code for address in pages] == [status] * 3, role
        assert client.post(reverse("desk:supply-move", args=[things.move]), {"act": "approve"}).status_code == 403
        assert client.post(reverse("desk:supply-trial-start"), {"sku": ""}).status_code == 403
    assert supply.move(shop.id, things.move).state == "waiting"
