"""Models on the desk: rules only is said, training is asked for, and a model comes into use by two."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.console.risk_words import feature_words
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, proved, sql, state_of_all
from goodfor.console.tests.risk_model_things import registered, trained
from goodfor.console.tests.risk_rule_things import Pair, pair
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.kit import writing
from goodfor.risk.model import boosting, scoring, states
from goodfor.risk.model.groups import DOOR, PURCHASE, SCENES
from goodfor.risk.model.registry import models_of
from goodfor.risk.operations.shadow_model import shadow_model
from goodfor.risk.operations.walk_trainings import walk_trainings
from goodfor.risk.tests.model_world import QUICK

pytestmark = pytest.mark.django_db(transaction=True)
MODELS = "/console/risk/models/"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    scoring.forget()
    yield
    scoring.forget()


@pytest.fixture
def two(shop: Shop) -> Pair:
    return pair(shop)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def page(client: Client, where: str) -> str:
    answer = client.get(where)
    assert answer.status_code == 200, answer.content.decode()[:800]
    return text_of(answer)


def at(model_id: UUID, name: str = "risk-model") -> str:
    return reverse(f"desk:{name}", args=[model_id])


def state(model_id: UUID) -> str:
    [(found,)] = sql("SELECT state FROM risk_model WHERE id = %s", [model_id])
    return str(found)


# -- all of them --------------------------------------------------------------------------------------


def test_rules_only_is_said_with_what_is_missing(shop: Shop) -> None:
    shown = page(inside(shop.id, Role.SUPPORT), MODELS)
    assert shown.count("没有模型，只按规则判断。") == len(SCENES) == 4
    for word in ("购买与付款", "用来学的欺诈 0 / 至少 30", "用来检验的正常 0 / 至少 10", "训练一个模型还要"):
        assert word in shown
    # Who may only look is asked to do nothing.
    assert "开始训练" not in shown


def test_without_the_library_it_is_said_and_nothing_is_asked_for(
    shop: Shop, two: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boosting, "library", lambda: None)
    before = state_of_all()
    answer = two.first.post(f"{MODELS}train", {"group": PURCHASE})
    assert answer.status_code == 503
    assert "本机无法加载 LightGBM" in text_of(answer)
    assert re.search(r"<button[^>]* disabled", answer.content.decode())
    assert state_of_all() == before


def test_a_training_is_watched_until_it_says_why_not(shop: Shop, two: Pair) -> None:
    before = state_of_all()
    for wrong, said in (
        ({"group": "x"}, "没有这类操作"), ({"group": PURCHASE, "delay_days": "0"}, "等结果的天数"),
        ({"group": PURCHASE, "test_days": "٣"}, "检验的天数"), ({"group": PURCHASE, "delay_days": "9e9"}, "等结果"),
        ({"group": PURCHASE, "test_days": "181"}, "检验的天数"),
    ):  # fmt: skip
        answer = two.first.post(f"{MODELS}train", wrong)
        assert answer.status_code == 422, wrong
        assert said in text_of(answer)
    assert state_of_all() == before
    assert two.first.post(f"{MODELS}train", {"group": PURCHASE, "delay_days": "30"}).status_code == 302
    assert sql("SELECT scene_group, state, delay_days, test_days, made_by FROM risk_training") == [
        (PURCHASE, "waiting", 30, 7, two.anna.staff.actor)
    ]
    assert two.second.post(f"{MODELS}train", {"group": PURCHASE}).status_code == 409
    html = two.first.get(MODELS).content.decode()
    assert 'hx-trigger="every 2s"' in html
    assert walk_trainings(now=utc_now(), settings=QUICK) == 1
    html = two.first.get(MODELS).content.decode()
    assert "hx-trigger" not in html
    assert "已知结果的操作还不够" in html
    # Another one is stopped by hand.
    assert two.first.post(f"{MODELS}train", {"group": DOOR}).status_code == 302
    [(training,)] = sql("SELECT id FROM risk_training WHERE scene_group = %s", [DOOR])
    assert two.second.post(reverse("desk:risk-training-stop", args=[training])).status_code == 302
    assert sql("SELECT state, problem FROM risk_training WHERE id = %s", [training]) == [("broken", "stopped")]
    assert "有人停止了它" in page(two.first, MODELS)


# -- one of them --------------------------------------------------------------------------------------


def test_a_report_says_what_was_measured(shop: Shop) -> None:
    made = registered(shop)
    report, client = trained().report, inside(shop.id, Role.SUPPORT)
    html = client.get(at(made.id)).content.decode()
    shown = text_of(client.get(at(made.id)))
    for word in (
        f"{report['auc']:.3f}", f"{report['average_precision']:.3f}", writing.percent(report["precision_at"]["50"]),
        f"{report['tested']['acts']:,} 次，其中欺诈 {report['tested']['bad']:,} 次",
        f"{report['windows']['learned']['acts']:,} 次，其中欺诈 {report['windows']['learned']['bad']:,} 次",
        str(feature_words(report["importance"][0]["name"])),
        writing.percent(report["importance"][0]["share"]), "7 天", "还没有检查过", "候选",
        made.sha256[:16],
    ):  # fmt: skip
        assert word in shown, word
    for amount in (report["without_minor"], report["bands_cost_minor"]):
        assert writing.money(Money(amount, "CNY")) in html
    # Charts stand with their tables, row for row.
    for chart, rows in (("calibration", len(report["reliability"]["bins"])), ("costs", len(report["cost_curve"]))):
        drawn = html[html.index(f'id="{chart}"') :]
        table = drawn[drawn.index("<tbody>") : drawn.index("</tbody>")]
        assert table.count("<tr>") == rows, chart
    curve = report["cost_curve"][-1]
    assert f"{curve['total_minor'] / 100:,.2f}" in html
    first = report["folds"][0]
    assert f"{first['auc']:.3f}" in shown


def test_into_use_by_two_people_and_out_by_one(shop: Shop, two: Pair) -> None:
    made = registered(shop, two.anna.staff.actor)
    move = at(made.id, "risk-model-move")
    # Not without trying it first.
    before = state_of_all()
    for to in ("champion", "candidate", "x", ""):
        assert two.second.post(move, {"to": to}).status_code in (409, 422)
    assert state_of_all() == before
    assert two.first.post(move, {"to": "shadow"}).status_code == 302
    assert state(made.id) == states.SHADOW
    html = two.first.get(at(made.id)).content.decode()
    assert 'value="champion"' not in html
    assert "启用要由训练它的人以外的同事来做" in html
    before = state_of_all()
    answer = two.first.post(move, {"to": "champion"})
    assert answer.status_code == 403
    assert "模型须由登记者以外的人启用" in text_of(answer)
    assert state_of_all() == before
    assert two.second.post(move, {"to": "champion"}).status_code == 302
    assert state(made.id) == states.CHAMPION
    shown = page(two.first, MODELS)
    assert shown.count("没有模型，只按规则判断。") == 3
    assert two.first.post(move, {"to": "retired", "why": "误伤太多"}).status_code == 302
    assert state(made.id) == states.RETIRED
    told = page(two.first, at(made.id))
    for word in ("已退役", "正在使用", "影子运行", "候选"):
        assert word in told
    assert sql("SELECT cause FROM kernel_history WHERE subject_id = %s AND to_state = 'retired'", [made.id]) == [
        ("误伤太多",)
    ]


def test_each_move_asks_for_a_fresh_proof(shop: Shop) -> None:
    made, stale = registered(shop), inside(shop.id, Role.OPERATOR)
    before = state_of_all()
    for to in ("shadow", "champion", "retired"):
        answer = stale.post(at(made.id, "risk-model-move"), {"to": to})
        assert answer.status_code == 302
        assert "/console/prove" in answer["Location"]
    assert state_of_all() == before


def test_who_may_only_look_moves_and_trains_nothing(shop: Shop) -> None:
    made = registered(shop)
    finance, support = proved(shop.id, Role.FINANCE), proved(shop.id, Role.SUPPORT)
    viewer = inside(shop.id, Role.VIEWER)
    before = state_of_all()
    for client in (finance, support, viewer):
        for where, sent in (
            (at(made.id, "risk-model-move"), {"to": "shadow"}), (at(made.id, "risk-model-drift"), {}),
            (f"{MODELS}train", {"group": PURCHASE}), (reverse("desk:risk-training-stop", args=[uuid4()]), {}),
        ):  # fmt: skip
            assert client.post(where, sent).status_code == 403, where
    assert state_of_all() == before
    assert viewer.get(MODELS).status_code == 403
    assert viewer.get(at(made.id)).status_code == 403
    assert "改变状态" not in page(finance, at(made.id))


def test_another_shops_models_are_not_there(shop: Shop, other: Shop, two: Pair) -> None:
    theirs = registered(other)
    shadow_model(shop_id=other.id, model_id=theirs.id, actor="staff:x", now=utc_now())
    before = state_of_all()
    for model_id in (theirs.id, uuid4()):
        assert two.first.get(at(model_id)).status_code == 404
        for name, sent in (("risk-model-move", {"to": "retired"}), ("risk-model-drift", {})):
            assert two.first.post(at(model_id, name), sent).status_code == 404
    assert "模型 1" not in page(two.first, MODELS)
    assert state_of_all() == before
    assert [one.state for one in models_of(other.id)] == [states.SHADOW]


def test_drift_is_looked_at_on_request_where_it_scores(shop: Shop, two: Pair) -> None:
    made = registered(shop)
    look = at(made.id, "risk-model-drift")
    assert two.first.post(look).status_code == 404
    assert sql("SELECT count(*) FROM risk_drift") == [(0,)]
    shadow_model(shop_id=shop.id, model_id=made.id, actor="staff:x", now=utc_now() - timedelta(minutes=1))
    assert two.first.post(look).status_code == 302
    assert sql("SELECT model_id, acts, by FROM risk_drift") == [(made.id, 0, two.anna.staff.actor)]
    shown = page(two.first, at(made.id))
    assert "少于 200 次" in shown
    assert "还没有评过分" in shown


@pytest.mark.parametrize("query", ["?x=%00", "?to=champion", "?group=%27%20OR%201=1", "?page=-1&page=x"])
def test_hostile_addresses_are_harmless(shop: Shop, query: str) -> None:
    client, made = inside(shop.id, Role.OPERATOR), registered(shop)
    before = state_of_all()
    for where in (MODELS, at(made.id)):
        assert client.get(where + query).status_code == 200
    for where in (f"{MODELS}train", at(made.id, "risk-model-move")):
        assert client.get(where + query).status_code == 405
    assert state_of_all() == before
