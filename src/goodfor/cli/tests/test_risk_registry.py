"""Models in the registry and in use: four eyes, one champion, nothing changes unseen, and what is said without one."""

import dataclasses
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import numpy as np
import pytest
from django.db import IntegrityError, connection, connections, transaction

from goodfor.cli import risk_model
from goodfor.cli.errors import CliError
from goodfor.identity.operations.create_shop import create_shop
from goodfor.kernel import audit
from goodfor.kernel.statemachine import IllegalTransition
from goodfor.risk.features import SET_VERSION
from goodfor.risk.model import boosting, scoring, states
from goodfor.risk.model.drift import CHANGED
from goodfor.risk.model.errors import BadModel, ModelFailed, ModelNotFound, OldFeatures, SamePerson
from goodfor.risk.model.files import from_file
from goodfor.risk.model.groups import DOOR, PURCHASE
from goodfor.risk.model.piece import MODEL
from goodfor.risk.model.registry import ModelView, model_report, models_of
from goodfor.risk.model.rows import read_rows
from goodfor.risk.model.training import Plan, Trained, train_model
from goodfor.risk.model.watching import champion_drift
from goodfor.risk.model.wording import model_state
from goodfor.risk.model_models import RiskModel
from goodfor.risk.operations.promote_model import promote_model
from goodfor.risk.operations.register_model import register_model
from goodfor.risk.operations.retire_model import retire_model
from goodfor.risk.operations.shadow_model import shadow_model
from goodfor.risk.tests.model_world import QUICK, START, decisions, snapshot_of, store
from goodfor.risk.types import Scene

SHOP = UUID(int=7)
OTHER = UUID(int=8)
ANN, BEN = "staff:ann", "staff:ben"


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train_model(read_rows(decisions(), SET_VERSION), Plan(START + timedelta(days=60)), settings=QUICK)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    scoring.forget()
    yield
    scoring.forget()


@pytest.fixture
def register(trained: Trained, now: datetime) -> Callable[..., ModelView]:
    def made(shop_id: UUID = SHOP, group: str = PURCHASE, actor: str = ANN, model: Trained = trained) -> ModelView:
        return register_model(shop_id=shop_id, group=group, trained=model, actor=actor, now=now)

    return made


@pytest.fixture
def champion(register: Callable[..., ModelView], now: datetime) -> ModelView:
    made = register()
    shadow_model(shop_id=SHOP, model_id=made.id, actor=ANN, now=now)
    found = promote_model(shop_id=SHOP, model_id=made.id, actor=BEN, now=now)
    scoring.forget()
    return found


def _states() -> list[tuple[int, str]]:
    return list(RiskModel.objects.filter(shop_id=SHOP).order_by("number").values_list("number", "state"))


@pytest.mark.django_db
def test_a_model_is_kept_and_told_of(register: Callable[..., ModelView], trained: Trained, now: datetime) -> None:
    first, second, door, other = register(), register(), register(group=DOOR), register(shop_id=OTHER)
    assert [one.number for one in (first, second, door, other)] == [1, 2, 1, 1]
    assert first.state == states.CANDIDATE
    assert first.features == trained.encoding.names
    assert {one.id for one in models_of(SHOP)} == {first.id, second.id, door.id}
    assert [one.id for one in models_of(SHOP, DOOR)] == [door.id]
    found, report = model_report(SHOP, second.id)
    assert found == second
    assert report["auc"] == trained.report["auc"]
    with pytest.raises(ModelNotFound):
        model_report(OTHER, first.id)
    (line,) = audit.lines_of(shop_id=SHOP, subject=("risk_model", first.id))
    assert (line.actor, line.action, line.data["sha256"]) == (ANN, "risk_model_registered", first.sha256)


@pytest.mark.django_db
def test_what_cannot_score_is_not_kept(register: Callable[..., ModelView], trained: Trained) -> None:
    old = dataclasses.replace(trained.encoding, set_version=SET_VERSION + 1)
    short = dataclasses.replace(trained.encoding, names=trained.encoding.names[:-1])
    with pytest.raises(OldFeatures):
        register(model=dataclasses.replace(trained, encoding=old))
    for wrong in (dataclasses.replace(trained, encoding=short), dataclasses.replace(trained, text="nothing")):
        with pytest.raises(BadModel):
            register(model=wrong)
    with pytest.raises(BadModel):
        register(group="nothing")
    with pytest.raises(BadModel):
        register(actor="")
    assert not RiskModel.objects.filter(shop_id=SHOP).exists()


@pytest.mark.django_db
def test_a_champion_needs_two_people_and_a_time_in_the_shadow(
    register: Callable[..., ModelView], now: datetime
) -> None:
    made = register()
    with pytest.raises(IllegalTransition):
        promote_model(shop_id=SHOP, model_id=made.id, actor=BEN, now=now)
    shadow_model(shop_id=SHOP, model_id=made.id, actor=ANN, now=now)
    for who in (ANN, ""):
        with pytest.raises(SamePerson):
            promote_model(shop_id=SHOP, model_id=made.id, actor=who, now=now)
    with pytest.raises(ModelNotFound):
        promote_model(shop_id=OTHER, model_id=made.id, actor=BEN, now=now)
    assert _states() == [(1, states.SHADOW)]
    found = promote_model(shop_id=SHOP, model_id=made.id, actor=BEN, now=now)
    assert (found.state, found.promoted_by, found.promoted_at) == (states.CHAMPION, BEN, now)
    # Again: nothing.
    assert promote_model(shop_id=SHOP, model_id=made.id, actor=BEN, now=now + timedelta(days=1)) == found
    told = [line.action for line in audit.lines_of(shop_id=SHOP, subject=("risk_model", made.id))]
    assert told == ["risk_model_registered", "risk_model_shadow", "risk_model_champion"]


@pytest.mark.django_db
def test_the_new_takes_the_place_of_the_old_and_the_old_can_come_back(
    register: Callable[..., ModelView], champion: ModelView, now: datetime
) -> None:
    second, third = register(), register()
    shadow_model(shop_id=SHOP, model_id=second.id, actor=ANN, now=now)
    shadow_model(shop_id=SHOP, model_id=third.id, actor=ANN, now=now)
    assert _states() == [(1, states.CHAMPION), (2, states.RETIRED), (3, states.SHADOW)]
    promote_model(shop_id=SHOP, model_id=third.id, actor=BEN, now=now)
    assert _states() == [(1, states.RETIRED), (2, states.RETIRED), (3, states.CHAMPION)]
    back = shadow_model(shop_id=SHOP, model_id=champion.id, actor=BEN, now=now)
    assert (back.promoted_by, back.promoted_at, back.retired_by, back.retired_at) == ("", None, "", None)
    promote_model(shop_id=SHOP, model_id=champion.id, actor=BEN, now=now)
    assert _states() == [(1, states.CHAMPION), (2, states.RETIRED), (3, states.RETIRED)]


@pytest.mark.django_db
def test_the_database_keeps_it_so(champion: ModelView, register: Callable[..., ModelView], now: datetime) -> None:
    second = register()
    statements = [
        ("state = 'champion', promoted_by = 'staff:x', promoted_at = made_at", "risk_model_one_champion", second.id),
        ("state = 'anything'", "risk_model_state", second.id),
        ("promoted_by = made_by", "risk_model_four_eyes", second.id),
        ("promoted_at = NULL", "risk_model_promoted", champion.id),
        *((f"{column} = {column}", "UPDATE on risk_model is refused", champion.id)
          for column in ("file", "file_sha256", "report", "bands", "calibration", "encoding", "made_by", "number")),
    ]  # fmt: skip
    for change, told, model_id in statements:
        with pytest.raises(IntegrityError, match=told), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE risk_model SET {change} WHERE shop_id = %s AND id = %s", [SHOP, model_id])
    for statement in ("DELETE FROM risk_model", "TRUNCATE risk_model"):
        with pytest.raises(IntegrityError, match="is refused"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(IntegrityError, match="risk_model_digest"), transaction.atomic():
        RiskModel.objects.create(
            shop_id=SHOP, scene_group=DOOR, number=1, made_at=now, made_by=ANN, encoding={}, set_version=1,
            file=b"x", file_sha256=b"y" * 32, calibration={}, bands={}, report={},
        )  # fmt: skip
    assert _states() == [(1, states.CHAMPION), (2, states.CANDIDATE)]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_challenger(register: Callable[..., ModelView], now: datetime) -> None:
    errors: list[Exception] = []
    ready = threading.Barrier(4)

    def one() -> None:
        try:
            ready.wait()
            made = register()
            shadow_model(shop_id=SHOP, model_id=made.id, actor=ANN, now=now)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    found = _states()
    assert [number for number, _ in found] == [1, 2, 3, 4]
    assert sorted(state for _, state in found) == [states.RETIRED] * 3 + [states.SHADOW]


# -- scoring ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_without_a_model_there_are_rules_only_and_it_is_said() -> None:
    assert scoring.score(SHOP, Scene.ORDER, {}) is None
    assert scoring.reasons(SHOP, Scene.ORDER, {}) == ()
    said = model_state(SHOP)
    assert [one.rules_only for one in said] == [True] * 4
    assert {one.words for one in said} == {"没有模型，只按规则判断"}


@pytest.mark.django_db
def test_a_champion_scores_its_scenes_and_no_others(champion: ModelView, trained: Trained) -> None:
    snapshot, _ = snapshot_of(np.random.default_rng(1))
    model = boosting.booster(trained.text)
    raw = float(boosting.raw_scores(model, trained.encoding.row(snapshot))[0])
    found = scoring.score(SHOP, Scene.ORDER, snapshot)
    assert found is not None
    assert (found.model_id, found.raw, found.challengers) == (champion.id, raw, {})
    assert found.score == pytest.approx(float(trained.calibration.many(np.array([raw]))[0]))
    assert found.outcome == trained.bands.outcome(found.score)
    assert scoring.score(SHOP, Scene.PAY, {}) is not None
    assert scoring.score(SHOP, Scene.SIGN_IN, snapshot) is None
    assert scoring.score(OTHER, Scene.ORDER, snapshot) is None
    assert [(one.group, one.champion, one.words) for one in model_state(SHOP) if not one.rules_only] == [
        (PURCHASE, 1, "由模型 1 评分")
    ]


@pytest.mark.django_db
def test_the_challenger_is_heard_and_not_followed(
    champion: ModelView, register: Callable[..., ModelView], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = register()
    shadow_model(shop_id=SHOP, model_id=second.id, actor=ANN, now=now)
    scoring.forget()
    found = scoring.score(SHOP, Scene.ORDER, {"buyer_orders_1h": 4})
    assert found is not None
    assert found.challengers == {second.id: found.score}
    held = scoring.serving(SHOP, PURCHASE)
    broken = dataclasses.replace(held, challenger=dataclasses.replace(held.challenger, ask=None))  # type: ignore[arg-type]
    monkeypatch.setitem(scoring._held, (SHOP, PURCHASE), broken)
    alone = scoring.score(SHOP, Scene.ORDER, {"buyer_orders_1h": 4})
    assert alone == dataclasses.replace(found, challengers={})


@pytest.mark.django_db
def test_reasons_are_what_spoke_against(champion: ModelView, trained: Trained) -> None:
    bad = {"buyer_orders_1h": 6, "new_device": True, "province": "云南", "account_age_days": 1.0}
    found = scoring.reasons(SHOP, Scene.ORDER, bad)
    assert 1 <= len(found) <= 3
    assert found[0].name == "buyer_orders_1h"
    assert found[0].value == 6
    assert [one.adds for one in found] == sorted((one.adds for one in found), reverse=True)
    assert all(one.adds > 0 for one in found)
    good = {"buyer_orders_1h": 0, "new_device": False, "province": "北京", "account_age_days": 900.0}
    assert all(one.adds > 0 for one in scoring.reasons(SHOP, Scene.ORDER, good))
    worst, best = (scoring.score(SHOP, Scene.ORDER, one) for one in (bad, good))
    assert worst is not None
    assert best is not None
    assert worst.score > 5 * best.score


@pytest.mark.django_db(transaction=True)
def test_a_process_hears_of_a_change_within_seconds(
    champion: ModelView, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = [100.0]
    monkeypatch.setattr(scoring, "time", SimpleNamespace(monotonic=lambda: passed[0]))
    assert scoring.score(SHOP, Scene.ORDER, {}) is not None
    held = scoring._held[SHOP, PURCHASE]
    # As another process would see it: nobody here tells.
    monkeypatch.setattr(scoring, "forget", lambda shop_id=None: None)
    retire_model(shop_id=SHOP, model_id=champion.id, actor=ANN, now=now)
    passed[0] += scoring.CHECK_SECONDS - 0.1
    assert scoring.score(SHOP, Scene.ORDER, {}) is not None
    assert scoring._held[SHOP, PURCHASE] is held
    passed[0] += 0.2
    assert scoring.score(SHOP, Scene.ORDER, {}) is None


@pytest.mark.django_db(transaction=True)
def test_a_new_champion_is_loaded_beside_the_acts(
    champion: ModelView, register: Callable[..., ModelView], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed, may_load = [100.0], threading.Event()
    monkeypatch.setattr(scoring, "time", SimpleNamespace(monotonic=lambda: passed[0]))
    first = scoring.score(SHOP, Scene.ORDER, {})
    load = scoring._load
    monkeypatch.setattr(scoring, "_load", lambda *told: (may_load.wait(20), load(*told))[1])
    monkeypatch.setattr(scoring, "forget", lambda shop_id=None: None)
    second = register()
    shadow_model(shop_id=SHOP, model_id=second.id, actor=ANN, now=now)
    promote_model(shop_id=SHOP, model_id=second.id, actor=BEN, now=now)
    passed[0] += scoring.CHECK_SECONDS
    # The old one goes on while the new one is loaded.
    assert scoring.score(SHOP, Scene.ORDER, {}) == first
    may_load.set()
    for thread in threading.enumerate():
        if thread.name == "risk-model":
            thread.join(20)
    found = scoring.score(SHOP, Scene.ORDER, {})
    assert found is not None
    assert found.model_id == second.id


@pytest.mark.django_db
def test_a_process_loads_all_that_is_in_use_when_it_starts(
    champion: ModelView, register: Callable[..., ModelView], now: datetime
) -> None:
    tried = register(shop_id=OTHER, group=DOOR)
    register(shop_id=OTHER)
    shadow_model(shop_id=OTHER, model_id=tried.id, actor=ANN, now=now)
    assert scoring.warm() == 2
    assert set(scoring._held) == {(SHOP, PURCHASE), (OTHER, DOOR)}
    assert scoring._held[SHOP, PURCHASE].champion is not None


@pytest.mark.django_db
def test_the_engine_gets_json(champion: ModelView) -> None:
    snapshot = {"buyer_orders_1h": 6, "new_device": True}
    scored = MODEL.score(SHOP, Scene.ORDER, snapshot)
    assert scored is not None
    assert scored.model_id == champion.id
    told = json.loads(json.dumps(list(MODEL.reasons(SHOP, Scene.ORDER, snapshot))))
    assert told[0].keys() == {"name", "value", "adds"}


@pytest.mark.django_db(transaction=True)
def test_this_process_hears_at_once(champion: ModelView, now: datetime) -> None:
    assert scoring.score(SHOP, Scene.ORDER, {}) is not None
    retire_model(shop_id=SHOP, model_id=champion.id, actor=ANN, now=now)
    assert scoring.score(SHOP, Scene.ORDER, {}) is None
    assert _states() == [(1, states.RETIRED)]


@pytest.mark.django_db
def test_a_model_is_loaded_once(champion: ModelView, monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[UUID] = []
    load = scoring._load
    monkeypatch.setattr(scoring, "_load", lambda shop, model: (loads.append(model), load(shop, model))[1])
    monkeypatch.setattr(scoring, "CHECK_SECONDS", 0.0)
    for _ in range(5):
        assert scoring.score(SHOP, Scene.ORDER, {}) is not None
    assert loads == [champion.id]


@pytest.mark.django_db
def test_without_the_library_it_says_so_and_goes_on(champion: ModelView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boosting, "library", lambda: None)
    assert scoring.score(SHOP, Scene.ORDER, {}) is None
    told = {one.group: one.words for one in model_state(SHOP)}
    assert told[PURCHASE] == "本机无法加载 LightGBM，只按规则判断"


@pytest.mark.django_db
def test_a_model_of_older_features_does_not_score(champion: ModelView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "SET_VERSION", SET_VERSION + 1)
    assert scoring.score(SHOP, Scene.ORDER, {}) is None
    assert scoring.serving(SHOP, PURCHASE).trouble == scoring.OLD_FEATURES


@pytest.mark.django_db
def test_a_damaged_champion_is_a_failure_and_no_silent_allow(champion: ModelView) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("ALTER TABLE risk_model DROP CONSTRAINT risk_model_digest")
        cursor.execute("UPDATE risk_model SET file = 'x' WHERE shop_id = %s", [SHOP])
    for _ in range(2):
        with pytest.raises(ModelFailed):
            scoring.score(SHOP, Scene.ORDER, {})
    assert model_state(SHOP)[0].words == "模型文件损坏，按各场景的故障办法处理"


@pytest.mark.django_db
def test_a_score_takes_microseconds(champion: ModelView) -> None:
    chance = np.random.default_rng(3)
    snapshots = [snapshot_of(chance)[0] for _ in range(500)]
    scoring.score(SHOP, Scene.ORDER, snapshots[0])
    took: list[float] = []
    for snapshot in snapshots * 2:
        began = time.perf_counter()
        scoring.score(SHOP, Scene.ORDER, snapshot)
        took.append(time.perf_counter() - began)
    assert sorted(took)[len(took) // 2] < 300e-6


@pytest.mark.django_db
def test_threads_score_alike(champion: ModelView, monkeypatch: pytest.MonkeyPatch) -> None:
    # Other threads do not see what this test has not committed.
    monkeypatch.setattr(scoring, "CHECK_SECONDS", 3600.0)
    chance = np.random.default_rng(9)
    snapshots = [snapshot_of(chance)[0] for _ in range(300)]
    alone = [scoring.score(SHOP, Scene.ORDER, each) for each in snapshots]
    found: dict[int, list[object]] = {}

    def work(number: int) -> None:
        found[number] = [scoring.score(SHOP, Scene.ORDER, each) for each in snapshots]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(found[number] == alone for number in range(4))


# -- from a shop's decisions --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_command_trains_from_a_shop_and_registers_a_candidate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], now: datetime
) -> None:
    shop = create_shop(code="learns", name="店", currency="CNY", actor="test", now=now)
    assert store(shop.id) == 3000
    monkeypatch.setattr(risk_model, "attached", _Attached)
    monkeypatch.setattr(risk_model, "setup_django", lambda: None)
    monkeypatch.setattr(risk_model, "train_model", lambda rows, plan, say: train_model(rows, plan, settings=QUICK))
    until = (START + timedelta(days=60)).date()
    out = tmp_path / "model.gz"
    wish = risk_model.Wish(PURCHASE, until, out, None, 7, 14, as_json=True)
    assert risk_model.run_train_shop("learns", wish) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["group"], told["number"], told["state"]) == (PURCHASE, 1, states.CANDIDATE)
    assert told["auc"] > 0.7
    (made,) = models_of(shop.id)
    assert (str(made.id), made.made_by) == (told["model"], "system:cli")
    assert from_file(out.read_bytes()).encoding.names == made.features
    assert "amount_minor" in made.features
    # It scores, and the acts of late look as those that it learned from.
    shadow_model(shop_id=shop.id, model_id=made.id, actor=ANN, now=now)
    promote_model(shop_id=shop.id, model_id=made.id, actor=BEN, now=now)
    assert scoring.score(shop.id, Scene.ORDER, {"buyer_orders_1h": 5}) is not None
    found = champion_drift(shop.id, PURCHASE, START + timedelta(days=50), START + timedelta(days=60))
    assert found is not None
    assert (found.acts, found.enough) == (500, True)
    assert max(each.index for each in found.features) < CHANGED
    assert champion_drift(shop.id, DOOR, START, START + timedelta(days=60)) is None
    # Nothing is learned of other kinds of acts, of which there are none.
    with pytest.raises(CliError, match="too few labels"):
        risk_model.run_train_shop("learns", dataclasses.replace(wish, group=DOOR))
    with pytest.raises(CliError, match="choose from: purchase"):
        risk_model.run_train_shop("learns", dataclasses.replace(wish, group="nothing"))
    assert len(models_of(shop.id)) == 1


class _Attached:
    """In the place of `attached`: the test's own database."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None
