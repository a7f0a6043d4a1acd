"""How lists, rules and the score become one outcome, and what a failing part changes."""

from datetime import timedelta
from uuid import UUID

import pytest

from goodfor.risk import failing, pipeline
from goodfor.risk.pipeline import Told, band_of, combine, cost_of, hold_of, is_sampled
from goodfor.risk.stored import decision_id_of, instant_of
from goodfor.risk.tests.engine import NOW_UTC, Verdict, hit_of
from goodfor.risk.types import Outcome, Scene

#: Its random part is far from any sample.
ID = UUID("019b76da-a800-7000-8000-00000000270f")
SAMPLED_ID = UUID("019b76da-a800-7000-8000-000000000001")


def told(
    verdict: Verdict | None = None, score: float | None = None, *, scene: Scene = Scene.ORDER,
    failed: tuple[str, ...] = (), decision_id: UUID = ID,
) -> Told:  # fmt: skip
    return combine(scene=scene, decision_id=decision_id, snapshot={}, verdict=verdict, score=score, failed=failed)


def test_nothing_found_is_allowed() -> None:
    assert told() == Told(Outcome.ALLOW)
    assert told(Verdict(), 0.1) == Told(Outcome.ALLOW)


def test_the_immutable_list_is_never_overridden_nor_sampled() -> None:
    verdict = Verdict(immutable_block="x", allow="y", hits=(hit_of(Outcome.HOLD),))
    assert told(verdict, 0.0) == Told(Outcome.DENY, (pipeline.IMMUTABLE,))
    assert told(verdict, decision_id=SAMPLED_ID).outcome is Outcome.DENY
    assert told(verdict, failed=("model",)).outcome is Outcome.DENY


def test_the_allow_list_ends_everything_else() -> None:
    verdict = Verdict(allow="y", block="z", hits=(hit_of(Outcome.DENY, hard=True),), watch=("w",))
    assert told(verdict, 0.99) == Told(Outcome.ALLOW, (pipeline.ALLOWED, pipeline.WATCHED))


def test_even_the_allowed_are_not_let_pass_silently_when_a_part_fails() -> None:
    assert told(Verdict(allow="y"), failed=("velocities",)).outcome is Outcome.HOLD


@pytest.mark.parametrize("weaker", [one for one in Outcome if one is not Outcome.DENY])
@pytest.mark.parametrize("stronger", list(Outcome))
def test_the_strongest_wins(weaker: Outcome, stronger: Outcome) -> None:
    if weaker.strength > stronger.strength:
        return
    for pair in ((weaker, stronger), (stronger, weaker)):
        hits = tuple(hit_of(outcome, str(outcome)) for outcome in pair)
        assert told(Verdict(hits=hits)).outcome is stronger


def test_hits_that_are_not_live_change_nothing() -> None:
    assert told(Verdict(hits=(hit_of(Outcome.DENY, live=False, why="shadow"),))) == Told(Outcome.ALLOW)


def test_reasons_are_in_the_order_of_strength_then_of_evaluation() -> None:
    verdict = Verdict(
        hits=(hit_of(Outcome.HOLD, "soft"), hit_of(Outcome.HOLD, "hard", hard=True), hit_of(Outcome.CHALLENGE, "weak")),
        watch=("w",),
    )
    assert told(verdict, 0.9).reasons == ("hard", pipeline.SCORED, "soft", "weak", pipeline.WATCHED)


@pytest.mark.parametrize(
    ("scene", "score", "outcome"),
    [
        (Scene.ORDER, 0.49, Outcome.ALLOW), (Scene.ORDER, 0.5, Outcome.CHALLENGE), (Scene.ORDER, 0.7, Outcome.REVIEW),
        (Scene.PAY, 0.85, Outcome.HOLD), (Scene.PAY, 0.97, Outcome.DENY), (Scene.SIGN_IN, 0.9, Outcome.CHALLENGE),
        (Scene.SIGN_IN, 0.98, Outcome.DENY), (Scene.EXPORT, 0.6, Outcome.ALLOW), (Scene.EXPORT, 0.95, Outcome.DENY),
    ],
)  # fmt: skip
def test_bands_of_the_score(scene: Scene, score: float, outcome: Outcome) -> None:
    assert band_of(scene, score) is outcome
    assert told(score=score, scene=scene).outcome is outcome


@pytest.mark.parametrize("scene", list(Scene))
def test_a_failing_part_never_lets_anybody_pass(scene: Scene) -> None:
    answer = told(scene=scene, failed=("rules",))
    assert answer.outcome is failing.POLICY[scene]
    assert answer.outcome is not Outcome.ALLOW
    assert failing.REASON in answer.reasons
    stronger = told(Verdict(hits=(hit_of(Outcome.DENY),)), scene=scene, failed=("model",))
    assert stronger.outcome is Outcome.DENY
    assert (answer.hold is not None) == (answer.outcome is Outcome.HOLD)
    assert (answer.cost > 0) == (answer.outcome is Outcome.CHALLENGE)


def test_of_denials_a_few_are_held_and_reviewed() -> None:
    verdict = Verdict(hits=(hit_of(Outcome.DENY, "r"),))
    assert told(verdict) == Told(Outcome.DENY, ("r",))
    held = told(verdict, decision_id=SAMPLED_ID)
    assert held == Told(Outcome.HOLD, (pipeline.SAMPLE, "r"), timedelta(hours=1), 0, True)
    for scene in Scene:
        sampled = told(verdict, scene=scene, decision_id=SAMPLED_ID).sampled
        assert sampled == (scene in pipeline.GOODS), "where nothing can be held, what is denied stays denied"


def test_the_sample_is_of_one_or_two_in_a_hundred_and_always_the_same() -> None:
    ids = [decision_id_of(NOW_UTC) for _ in range(20_000)]
    picked = [one for one in ids if is_sampled(one)]
    assert 0.01 < len(picked) / len(ids) < 0.02
    assert all(is_sampled(one) for one in picked)


def test_ids_tell_their_instant() -> None:
    for microsecond in (0, 1, 999, 1000, 123_000, 123_456, 999_999):
        at = NOW_UTC.replace(microsecond=microsecond)
        found = decision_id_of(at)
        assert found.version == 7
        assert instant_of(found) == at.replace(microsecond=microsecond // 1000 * 1000)
    assert len({decision_id_of(NOW_UTC) for _ in range(1000)}) == 1000


def test_holds_grow_with_what_is_at_stake() -> None:
    plain = hold_of({}, None)
    assert plain == timedelta(hours=1)
    assert hold_of({}, 1.0) == 3 * plain
    assert hold_of({"sku_liquidity": 1}, None) == 2 * plain
    assert hold_of({"sku_liquidity": 50.0}, None) == 2 * plain
    assert hold_of({"first_purchase_with_instrument": True}, None) == 2 * plain
    assert hold_of({"instrument_known_hours": 23.0}, None) == 2 * plain
    assert hold_of({"instrument_known_hours": 25.0}, None) == plain
    asked = hit_of(Outcome.HOLD, hold=timedelta(hours=5))
    assert hold_of({}, 1.0, [asked, hit_of(Outcome.HOLD, hold=timedelta(hours=2))]) == timedelta(hours=5)
    assert hold_of({}, None, [hit_of(Outcome.HOLD, hold=timedelta(days=30))]) == pipeline.LONGEST_HOLD


def test_challenges_cost_more_the_worse_it_looks() -> None:
    assert [cost_of(score) for score in (None, 0.1, 0.6, 0.75, 0.9, 1.0)] == [1, 1, 2, 3, 4, 4]
    assert cost_of(None, [hit_of(Outcome.CHALLENGE, cost=3)]) == 3
    assert cost_of(0.95, [hit_of(Outcome.CHALLENGE, cost=99)]) == 4


def test_every_scene_has_a_policy_that_is_not_to_allow() -> None:
    assert set(failing.POLICY) == set(Scene)
    assert Outcome.ALLOW not in failing.POLICY.values()
    for scene in (Scene.SIGN_IN, Scene.REDEEM, Scene.LOOK_UP):
        assert failing.POLICY[scene] is Outcome.CHALLENGE
    assert failing.POLICY[Scene.ORDER] is Outcome.HOLD
    assert {failing.POLICY[Scene.REVEAL], failing.POLICY[Scene.CLAIM]} == {Outcome.REVIEW}
    assert {failing.POLICY[Scene.EXPORT], failing.POLICY[Scene.STAFF_VIEW]} == {Outcome.DENY}
