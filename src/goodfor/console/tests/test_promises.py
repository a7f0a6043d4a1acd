"""The pages of promises: what they say, what is refused in words, who may, and that proof comes first."""

from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.operations.set_promise import set_promise
from goodfor.aftersales.types import Compensation, Hours, Terms
from goodfor.catalog import queries as catalog
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, proved, state_of_all
from goodfor.console.tests.supply_things import watched_things
from goodfor.console.views.promise_forms import shown_again, terms_typed, typed_of
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import InvalidInput

pytestmark = pytest.mark.django_db(transaction=True)
FULL = Terms(
    first="refund", delivery_seconds=90, answer_seconds=5_400, decision_seconds=172_800, claim_days=7,
    change_of_mind=False,
    compensation=Compensation(10, "order", 10_000, 100_000, ("invalid", "wrong"), "supplier", "hand"),
    goodwill_answer_minor=250, excluded=("used", "changed_mind"),
    hours=Hours("Asia/Tokyo", {0: (time(9), time(18)), 6: (time(0), time(0))}, frozenset({"2026-10-01", "2026-10-02"}),
                frozenset({"2026-10-10"})),
)  # fmt: skip


def form_of(terms: Terms) -> dict[str, Any]:
    """What a browser sends of a form that shows these terms."""
    return {key: value for key, value in typed_of(terms, "CNY").items() if value not in (False, "")}


def typed(terms: Terms, **changes: Any) -> QueryDict:
    sent = QueryDict(mutable=True)
    for key, value in (form_of(terms) | changes).items():
        sent.setlist(key, list(value) if isinstance(value, tuple) else [value])
    return sent


def edit(place: str = "shop") -> str:
    return reverse("desk:promise-edit") + f"?for={place}"


def page(client: Client, name: str, query: str = "") -> str:
    answer = client.get(reverse(name) + query)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


@pytest.fixture
def owner(shop: Shop) -> Client:
    return proved(shop.id)


@pytest.mark.parametrize("terms", [Terms(), FULL])
def test_form_and_terms_are_the_same_thing(terms: Terms) -> None:
    assert terms_typed(typed(terms), "CNY") == terms
    assert terms_typed(typed(terms, **{"excluded": terms.excluded[::-1]}), "CNY") == terms
    shown = shown_again(typed(terms))
    assert shown["excluded"] == terms.excluded
    assert shown["claim_days"] == str(terms.claim_days)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("claim_days", {"claim_days": "seven"}), ("claim_days", {"claim_days": "-1"}),
        ("answer_seconds", {"answer_seconds_unit": "7"}), ("multiple", {"multiple": "1.5"}),
        ("claim_cap_minor", {"claim_cap_minor": "1.234"}), ("reasons", {"reasons": ("dream",)}),
        ("days", {"from_1": "9:00", "to_1": "18:00"}), ("days", {"from_1": "09:00"}),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        terms_typed(typed(FULL, **changes), "CNY")
    assert refused.value.data["field"] == field


def test_a_promise_is_previewed_saved_and_taken_away(shop: Shop, owner: Client) -> None:
    assert "还没有设置过" in page(owner, "desk:promises")
    before = state_of_all()
    preview = owner.post(edit(), form_of(FULL) | {"act": "preview"})
    assert preview.status_code == 200
    words = preview.content.decode()
    assert "整单金额的 10 倍" in words
    assert "保存一分钟后生效" in words
    # What was typed is still there.
    assert 'value="2.50"' in words
    assert state_of_all() == before
    saved = owner.post(edit(), form_of(FULL) | {"act": "save"})
    assert saved.headers["Location"] == reverse("desk:promise") + "?for=shop"
    (kept,) = aftersales.promises_of(shop.id)
    assert kept.terms == FULL
    assert kept.from_at - kept.made_at == timedelta(minutes=1)
    shown = page(owner, "desk:promise", "?for=shop")
    assert "第 1 版" in shown
    assert "整单金额的 10 倍" in shown
    assert "即将生效" in page(owner, "desk:promises")
    # The form begins with what was last saved.
    again = owner.get(edit()).content.decode()
    assert 'value="2026-10-01' not in again
    assert "2026-10-01\n2026-10-02" in again
    assert owner.post(reverse("desk:promise-remove") + "?for=shop").status_code == 302
    assert [one.terms for one in aftersales.history(shop.id, "shop", None)] == [None, FULL]
    assert "删除" in page(owner, "desk:promise", "?for=shop")


def test_what_is_refused_is_said_at_its_field(shop: Shop, owner: Client) -> None:
    before = state_of_all()
    for changes, words in (
        ({"day_cap_minor": "1"}, "每天上限不能低于单笔上限"), ({"claim_days": "0"}, "请填 1 到 366 的整数"),
        ({"to_0": "08:00"}, "下班时间要晚于上班时间"), ({"free": "tomorrow"}, "日期请写成 2026-10-01 这样"),
        ({"reasons": ("used",)}, "承诺不包括的情况不能赔付"), ({"answer_seconds_unit": "86400"}, "发货 10 秒到 7 天"),
    ):  # fmt: skip
        refused = owner.post(edit(), form_of(FULL) | {"act": "save"} | changes)
        assert refused.status_code == 422, words
        assert words in refused.content.decode()
    assert state_of_all() == before


def test_each_scope_has_its_own(shop: Shop, owner: Client) -> None:
    sku = shop.demo.skus["kw-50"]
    things, category = watched_things(shop.id, sku), catalog.category_of(shop.id, sku)
    for days, place in enumerate((f"sku:{sku}", f"category:{category}", f"supplier:{things.supplier}"), 40):
        assert owner.post(edit(place), form_of(Terms(claim_days=days)) | {"act": "save"}).status_code == 302
    at = utc_now() + timedelta(minutes=2)
    assert aftersales.promise_for(shop.id, sku, at).terms.claim_days == 40
    listed = page(owner, "desk:promises")
    assert "云帆供货" in listed
    assert "云帆供货" in page(owner, "desk:promise", f"?for=supplier:{things.supplier}")
    assert "只有这一家供货" in owner.get(edit(f"supplier:{things.supplier}")).content.decode()
    # Who the suppliers are is not for everybody.
    support = inside(shop.id, Role.SUPPORT)
    assert "云帆供货" not in page(support, "desk:promises")
    hidden = reverse("desk:promise") + f"?for=supplier:{things.supplier}"
    assert support.get(hidden).status_code == 404


def test_things_of_another_shop_do_not_exist(shop: Shop, other: Shop, owner: Client) -> None:
    sku = other.demo.skus["kw-50"]
    theirs = (f"sku:{sku}", f"category:{catalog.category_of(other.id, sku)}", f"sku:{uuid4()}", "shop:" + str(other.id),
              "sku:x", "planet", "")  # fmt: skip
    before = state_of_all()
    for place in theirs:
        assert owner.get(reverse("desk:promise") + f"?for={place}").status_code == 404, place
        assert owner.get(edit(place)).status_code == 404, place
        assert owner.post(edit(place), form_of(FULL) | {"act": "save"}).status_code == 404, place
        assert owner.post(reverse("desk:promise-remove") + f"?for={place}").status_code == 404, place
    assert owner.post(reverse("desk:promise-remove") + "?for=shop").status_code == 404
    assert state_of_all() == before


def test_who_may_and_that_proof_comes_first(shop: Shop) -> None:
    set_promise(shop_id=shop.id, scope="shop", scope_id=None, terms=FULL, actor="test", now=utc_now())
    before, sent = state_of_all(), form_of(Terms()) | {"act": "save"}
    remove = reverse("desk:promise-remove") + "?for=shop"
    for role in (Role.SUPPORT, Role.FINANCE, Role.VIEWER):
        client = proved(shop.id, role)
        assert "核实后直接退款" in page(client, "desk:promises")
        assert client.get(edit()).status_code == client.post(edit(), sent).status_code == 403
        assert client.post(remove).status_code == 403
    unproved = inside(shop.id)
    for answer in (unproved.get(edit()), unproved.post(edit(), sent), unproved.post(remove)):
        assert answer.headers["Location"].startswith("/console/prove")
    after = state_of_all()
    assert after["aftersales_promise"] == before["aftersales_promise"]
    assert proved(shop.id, Role.OPERATOR).post(edit(), sent).status_code == 302
    assert aftersales.promises_of(shop.id)[0].terms == Terms()
