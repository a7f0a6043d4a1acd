"""Training, calibration, bands, drift and files: pure parts of the model, on invented decisions."""

import dataclasses
import itertools
from datetime import timedelta
from math import isnan, nan

import numpy as np
import pytest

from goodfor.risk.model import bands, boosting, calibration, drift, files, groups, source, states
from goodfor.risk.model.bands import Bands, Economics, Price
from goodfor.risk.model.boosting import Settings
from goodfor.risk.model.rows import Encoding, Labelled, Rows, read_rows
from goodfor.risk.model.training import Plan, TooFewLabels, Trained, train_model
from goodfor.risk.tests.model_world import START, decisions, snapshot_of
from goodfor.risk.types import Outcome, Scene

QUICK = Settings(trees=40, leaves=7, rate=0.1, seeds=(1, 2))
PLAN = Plan(START + timedelta(days=60))


@pytest.fixture(scope="module")
def rows() -> Rows:
    return read_rows(decisions(), 1)


@pytest.fixture(scope="module")
def trained(rows: Rows) -> Trained:
    return train_model(rows, PLAN, settings=QUICK)


def test_every_scene_has_one_group() -> None:
    assert set(groups.GROUP) == set(Scene)
    assert sum(map(len, groups.SCENES.values())) == len(Scene)
    assert set(groups.WORDS) == set(groups.SCENES)


def test_what_may_become_of_a_model() -> None:
    states.MODEL.validate()
    assert states.MODEL.transitions[states.CANDIDATE] == {states.SHADOW, states.RETIRED}
    assert not any(states.CHAMPION in follow for state, follow in states.MODEL.transitions.items()
                   if state != states.SHADOW)  # fmt: skip


# -- rows ---------------------------------------------------------------------------------------------


def test_decisions_become_a_table_that_scoring_reads_alike(rows: Rows) -> None:
    acts = list(decisions())
    assert rows.encoding.names == ("account_age_days", "buyer_orders_1h", "new_device", "province")
    assert rows.encoding.categorical == (3,)
    assert sorted(rows.encoding.texts["province"].values()) == [0, 1, 2, 3]
    assert len(rows) == len(acts)
    for place in range(0, len(acts), 37):
        np.testing.assert_array_equal(rows.encoding.row(acts[place].snapshot)[0], rows.values[place])
        assert rows.bad[place] == bool(acts[place].bad)
        assert isnan(rows.known_at[place]) == (acts[place].bad is None)
    assert rows.amounts.tolist() == [act.amount_minor for act in acts]
    assert int(np.isnan(rows.values[:, 0]).sum()) == sum(act.snapshot["account_age_days"] is None for act in acts)


def test_what_tells_nothing_is_left_out() -> None:
    def acts() -> list[Labelled]:
        return [
            Labelled(
                START + timedelta(hours=200 - number),
                {"same": 1, "late": number if number > 150 else None, "once": 1 if number == 5 else None,
                 "leak": number, "rare": f"text {number}", "whole": None},
                number % 2 == 0, START, 100, chance=(1.0, 0.5, 0.001, 0.0)[number % 4],
            )
            for number in range(200)
        ]  # fmt: skip

    found = read_rows(acts(), 4, leave_out=("leak",))
    # Twenty of one text are needed for it to count: `rare` is known, but always as another.
    assert found.encoding == Encoding(("late",), {}, 4)
    # By time, and weights are 1/p within bounds.
    assert np.all(np.diff(found.at) > 0)
    assert sorted(set(found.weights.tolist())) == [1.0, 2.0, 100.0]
    np.testing.assert_array_equal(found.values[:3, 0], [199.0, 198.0, 197.0])
    assert int(np.isnan(found.values[:, 0]).sum()) == 151


def test_a_snapshot_with_anything_in_it_is_read_without_an_error() -> None:
    encoding = Encoding(("a", "b", "t"), {"t": {"x": 0, "y": 1}}, 1)
    plain = Encoding(("a", "b"), {}, 1)
    for snapshot, numbers in (
        ({"a": 1, "b": True, "t": "y"}, [1.0, 1.0, 1.0]),
        ({"a": None, "b": 0.5, "t": "never seen"}, [nan, 0.5, nan]),
        ({}, [nan, nan, nan]),
        ({"a": "no number", "b": 2, "t": None}, [nan, 2.0, nan]),
        ({"a": "x", "b": False, "t": 3}, [nan, 0.0, nan]),
    ):
        np.testing.assert_array_equal(encoding.row(snapshot), [numbers])
        np.testing.assert_array_equal(plain.row(snapshot), [numbers[:2]])
    assert Encoding.from_json(encoding.to_json()) == encoding


def test_rows_come_from_whoever_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_reader", [])
    shop = START.replace(tzinfo=None)
    with pytest.raises(RuntimeError, match="connect"):
        source.shop_rows(shop, groups.PURCHASE, START)  # type: ignore[arg-type]
    asked = []
    source.connect(lambda *told: (asked.append(told), decisions(100))[1])
    assert len(source.shop_rows(shop, groups.PURCHASE, START)) == 100  # type: ignore[arg-type]
    assert asked == [(shop, groups.SCENES[groups.PURCHASE], START)]


# -- LightGBM -----------------------------------------------------------------------------------------


def test_one_text_scores_the_mean_of_its_seeds(rows: Rows) -> None:
    bad = rows.bad.astype(float)
    each = [
        boosting.train(rows.values, bad, categorical=(3,), settings=dataclasses.replace(QUICK, seeds=(seed,)))
        for seed in QUICK.seeds
    ]
    whole = boosting.train(rows.values, bad, categorical=(3,), settings=QUICK)
    assert whole == boosting.mean_of([boosting.mean_of([text]) for text in each])
    scores = [boosting.raw_scores(boosting.booster(text), rows.values) for text in each]
    assert np.abs(scores[0] - scores[1]).max() > 0.01
    model = boosting.booster(whole)
    assert model.num_trees() == 80
    mean = boosting.raw_scores(model, rows.values)
    np.testing.assert_allclose(mean, (scores[0] + scores[1]) / 2, atol=1e-12)
    one = rows.values[:1]
    assert boosting.raw_score(model, one) == mean[0]
    assert boosting.contributions(model, one).sum() == pytest.approx(mean[0])


def test_equal_input_makes_equal_bytes(rows: Rows, trained: Trained) -> None:
    again = train_model(rows, PLAN, settings=QUICK)
    assert files.to_file(again) == files.to_file(trained)
    other = train_model(rows, PLAN, settings=dataclasses.replace(QUICK, seeds=(3, 4)))
    assert other.text != trained.text


@pytest.mark.parametrize("damage", ["", "tree\nversion=v4\n", "tree\nversion=v3\n\nTree=0\nx=1\n\nend of trees\n"])
def test_texts_that_are_no_booster_are_refused(damage: str) -> None:
    with pytest.raises(ValueError, match="not the text"):
        boosting.mean_of([damage])


def test_without_the_library_nothing_is_trained(monkeypatch: pytest.MonkeyPatch, rows: Rows) -> None:
    monkeypatch.setattr(boosting, "library", lambda: None)
    with pytest.raises(boosting.NoLightGBM, match="rules only"):
        train_model(rows, PLAN)


# -- training -----------------------------------------------------------------------------------------


def test_the_report_says_what_was_found(trained: Trained) -> None:
    report = trained.report
    assert 0.7 < report["auc"] < 1
    assert report["average_precision"] > 3 * report["tested"]["bad"] / report["tested"]["acts"]
    assert report["precision_at"]["50"] > report["precision_at"]["500"] > 0
    assert report["importance"][0]["name"] in {"buyer_orders_1h", "account_age_days", "new_device"}
    assert sum(each["share"] for each in report["importance"]) == pytest.approx(1)
    assert set(report["histograms"]) == set(trained.encoding.names)
    assert report["reliability"]["error"] < 0.05
    assert report["bands_cost_minor"] <= report["without_minor"]
    windows = report["windows"]
    assert windows["judged_on"] == ["2026-02-09T00:00:00+00:00", "2026-02-23T00:00:00+00:00"]
    assert "2026-02-01T22" < windows["learned"]["to"] < "2026-02-02T01"


def test_what_was_not_known_then_is_not_learned_from(rows: Rows, trained: Trained) -> None:
    begin = (PLAN.until - PLAN.delay - PLAN.test).timestamp()
    late = (rows.at < begin) & ~rows.known_by(begin)
    assert int(late.sum()) > 100
    turned = dataclasses.replace(rows, bad=np.where(late, ~rows.bad, rows.bad))
    assert files.to_file(train_model(turned, PLAN, settings=QUICK)) == files.to_file(trained)
    # Nor does anything count that is known only after `until`.
    later = np.isnan(rows.known_at) | (rows.known_at > PLAN.until.timestamp())
    assert int(later.sum()) > 100
    turned = dataclasses.replace(rows, bad=np.where(later, ~rows.bad, rows.bad))
    assert files.to_file(train_model(turned, PLAN, settings=QUICK)) == files.to_file(trained)
    # One label that was known counts.
    one = np.arange(len(rows)) == 100
    turned = dataclasses.replace(rows, bad=np.where(one, ~rows.bad, rows.bad))
    assert train_model(turned, PLAN, settings=QUICK).text != trained.text


def test_too_few_labels_are_counted(rows: Rows) -> None:
    with pytest.raises(TooFewLabels) as refused:
        train_model(rows.among(rows.at < rows.at[200]), PLAN, settings=QUICK)
    assert refused.value.counts["to judge by, bad"] == 0
    assert refused.value.counts["features"] == 4


def test_sampled_acts_stand_for_those_that_were_denied(rows: Rows) -> None:
    doubled = dataclasses.replace(rows, weights=np.where(rows.bad, 50.0, 1.0))
    heavier = train_model(doubled, PLAN, settings=QUICK)
    plain = train_model(rows, PLAN, settings=QUICK)
    middle = np.array([-2.0])
    assert heavier.report["without_minor"] == 50 * plain.report["without_minor"]
    assert boosting.raw_scores(boosting.booster(heavier.text), rows.values).mean() > 1 + (
        boosting.raw_scores(boosting.booster(plain.text), rows.values).mean()
    )
    assert heavier.calibration.many(middle)[0] != plain.calibration.many(middle)[0]


# -- calibration --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("many", "within"), [(600, 0.08), (40_000, 0.02)])
def test_chances_are_what_comes(many: int, within: float) -> None:
    chance = np.random.default_rng(2)
    raw = chance.normal(-3, 2, many)
    truth = 1 / (1 + np.exp(-(0.7 * raw + 0.5)))
    bad = chance.random(many) < truth
    found = calibration.learned(raw, bad)
    assert found.kind == (calibration.ISOTONIC if int(bad.sum()) >= 200 else calibration.PLATT)
    said = found.many(raw)
    assert said.mean() == pytest.approx(bad.mean(), abs=within / 2)
    assert np.abs(said - truth).mean() < within
    ordered = found.many(np.linspace(-20, 20, 500))
    assert np.all(np.diff(ordered) >= 0)
    assert 0 < ordered[0] < ordered[-1] < 1
    for value in (-1e9, *raw[:50].tolist(), 1e9):
        assert found.one(value) == pytest.approx(found.many(np.array([value]))[0], rel=1e-12)
    assert calibration.Calibration.from_json(found.to_json()) == found
    judged = calibration.reliability(raw, bad)
    assert sum(each["rows"] for each in judged["bins"]) == many
    assert judged["error"] < within


def test_a_useless_score_keeps_its_order_and_nothing_is_certain() -> None:
    raw = np.arange(100.0)
    found = calibration.learned(raw, raw < 50)
    assert found.kind == calibration.PLATT
    assert found.xs[0] > 0
    with pytest.raises(ValueError, match="one kind"):
        calibration.learned(raw, raw < 1000)
    assert calibration.reliability(raw, raw < 50) == {"bins": [], "error": None}
    for damage in ({"kind": "isotonic", "xs": [], "ys": []}, {"kind": "platt", "xs": [1], "ys": []},
                   {"kind": "other", "xs": [1], "ys": [1]}):  # fmt: skip
        with pytest.raises(ValueError, match="no calibration"):
            calibration.Calibration.from_json(damage)


# -- bands --------------------------------------------------------------------------------------------


def _cost(found: Bands, score: np.ndarray, bad: np.ndarray, amount: np.ndarray, economics: Economics) -> float:
    total = 0.0
    for one, wrong, worth in zip(score.tolist(), bad.tolist(), amount.tolist(), strict=True):
        price = economics.prices[found.outcome(one)]
        total += (1 - price.caught) * worth if wrong else price.lost * economics.margin * worth
        total += price.each
    return total


def test_bands_are_the_cheapest_of_all() -> None:
    chance = np.random.default_rng(4)
    economics = Economics()
    for _ in range(5):
        score = np.round(chance.beta(0.4, 1.5, 14), 2)
        bad = chance.random(14) < score
        amount = chance.integers(500, 50_000, 14)
        found, cost = bands.chosen(score, bad, amount, economics)
        assert cost == pytest.approx(_cost(found, score, bad, amount, economics), abs=1)
        steps = [*sorted(set(score.tolist())), 2.0]
        least = min(
            _cost(Bands(*(None if at > 1 else at for at in four)), score, bad, amount, economics)
            for four in itertools.combinations_with_replacement(steps, 4)
            if all(at >= economics.prices[name].least for at, name in zip(four, bands.LADDER[1:], strict=True))
        )
        assert cost == pytest.approx(least, abs=1)


def test_refusing_needs_near_certainty_and_honest_shops_are_left_alone() -> None:
    score, amount = np.full(1000, 0.5), np.full(1000, 100_000)
    assert bands.chosen(score, np.ones(1000, dtype=bool), amount, Economics())[0] == Bands(hold=0.5)
    assert bands.chosen(score, np.zeros(1000, dtype=bool), amount, Economics()) == (Bands(), 0)
    sure = np.full(1000, 0.95)
    assert bands.chosen(sure, np.ones(1000, dtype=bool), amount, Economics()) == (Bands(deny=0.95), 0)


def test_bands_speak_by_strength() -> None:
    some = Bands(challenge=0.1, hold=0.4, deny=0.9)
    told = [some.outcome(score) for score in (0.0, 0.1, 0.39, 0.4, 0.9, 1.0)]
    assert told == [Outcome.ALLOW, Outcome.CHALLENGE, Outcome.CHALLENGE, Outcome.HOLD, Outcome.DENY, Outcome.DENY]
    assert Bands.from_json(some.to_json()) == some
    for wrong in ((0.5, 0.4), (None, -0.1), (None, None, None, 1.5)):
        with pytest.raises(ValueError, match="bands"):
            Bands(*wrong)


def test_the_cost_curve_adds_up() -> None:
    score = np.array([0.9, 0.8, 0.8, 0.1])
    bad = np.array([True, False, True, False])
    amount = np.array([1000, 2000, 3000, 4000])
    prices = Economics(0.1, {**Economics().prices, Outcome.REVIEW: Price(1, 0.5, 7)})
    curve = bands.cost_curve(score, bad, amount, prices)
    assert [point["score"] for point in curve] == [0.9, 0.8, 0.1]
    assert curve[0] == {
        "score": 0.9, "acts": 1, "bad": 1, "good": 0, "caught_minor": 1000, "missed_minor": 3000,
        "annoyed_minor": 0, "reviews_minor": 7, "total_minor": 3007,
    }  # fmt: skip
    assert curve[1]["caught_minor"] == 4000
    assert curve[2]["total_minor"] == 0 + 4 * 7 + 6000 * 0.05


# -- drift --------------------------------------------------------------------------------------------


def test_drift_is_silent_when_nothing_happens_and_loud_when_it_does(trained: Trained) -> None:
    chance = np.random.default_rng(11)
    same = [snapshot_of(chance)[0] for _ in range(3000)]
    model = boosting.booster(trained.text)

    def score(values: np.ndarray) -> np.ndarray:
        return boosting.raw_scores(model, values)

    quiet = drift.drift(trained.report, trained.encoding, same, score)
    assert (quiet.acts, quiet.enough) == (3000, True)
    assert max(each.index for each in quiet.features) < drift.MOVED
    assert quiet.score < drift.MOVED
    attacked = [
        {**each, "new_device": True, "buyer_orders_1h": 5, "province": None if number % 2 else each["province"]}
        for number, each in enumerate(same)
    ]
    loud = drift.drift(trained.report, trained.encoding, attacked, score)
    by_name = {each.name: each for each in loud.features}
    assert loud.features[0].index == max(each.index for each in loud.features)
    assert by_name["new_device"].verdict == by_name["province"].verdict == drift.CHANGED_WORD
    assert by_name["account_age_days"].verdict == drift.STEADY_WORD
    assert by_name["province"].unknown_then == pytest.approx(0.1, abs=0.02)
    assert by_name["province"].unknown_now == pytest.approx(0.55, abs=0.03)
    assert loud.score > drift.CHANGED
    assert drift.drift(trained.report, trained.encoding, [], score).acts == 0


def test_an_index_is_what_the_formula_says() -> None:
    kept = drift.histogram(np.array([0.0] * 50 + [1.0] * 50))
    assert kept == {"edges": [1.0], "shares": [0.5, 0.5, 0.0]}
    now = np.array([0.0] * 25 + [1.0] * 75)
    assert drift.stability(kept, now) == pytest.approx(0.25 * np.log(0.75 / 0.5) - 0.25 * np.log(0.25 / 0.5))
    assert drift.verdict(0.09) == drift.STEADY_WORD
    assert drift.verdict(0.1) == drift.MOVED_WORD


# -- files --------------------------------------------------------------------------------------------


def test_a_model_comes_back_whole_or_not_at_all(trained: Trained) -> None:
    stored = files.to_file(trained)
    back = files.from_file(stored)
    assert (back.text, back.encoding, back.calibration, back.bands) == (
        trained.text, trained.encoding, trained.calibration, trained.bands,
    )  # fmt: skip
    for damage in (b"", stored[:-20], b"x" + stored, files.packed("{}"), files.packed("[1]"), files.packed("no json")):
        with pytest.raises(ValueError):
            files.from_file(damage)
    with pytest.raises(ValueError, match="digest"):
        files.unpacked(stored, b"0" * 32)


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 1000)
    with pytest.raises(ValueError, match="too large"):
        files.unpacked(files.packed("a" * 100_000))
