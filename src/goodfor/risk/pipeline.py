"""How lists, rules and the score become one outcome. Pure.

Immutable block list, then allow list (which ends it, but for the former), then block list and hard rules, then the
bands of the score, then soft rules: the strongest of them wins. Of what would be denied, a few in a hundred are held
and reviewed instead, since what is denied never shows whether it was right.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from goodfor.risk import failing
from goodfor.risk.pieces import Verdict
from goodfor.risk.types import BY_STAFF, Hit, Outcome, Scene, Value

#: Here a hold has a meaning: what is held is still the shop's.
GOODS: Final = frozenset(
    {Scene.ORDER, Scene.PAY, Scene.REVEAL, Scene.REDEEM, Scene.CLAIM, Scene.COUPON, Scene.REFERRAL}
)
#: From such a score on, at least this; highest first.
_GOODS_BANDS: Final = (
    (0.97, Outcome.DENY), (0.85, Outcome.HOLD), (0.7, Outcome.REVIEW), (0.5, Outcome.CHALLENGE),
)  # fmt: skip
_DOOR_BANDS: Final = ((0.97, Outcome.DENY), (0.5, Outcome.CHALLENGE))
_STAFF_BANDS: Final = ((0.95, Outcome.DENY), (0.7, Outcome.REVIEW))
BANDS: Final[Mapping[Scene, tuple[tuple[float, Outcome], ...]]] = {
    scene: _GOODS_BANDS if scene in GOODS
    else _STAFF_BANDS if scene in BY_STAFF
    else _DOOR_BANDS
    for scene in Scene
}  # fmt: skip
#: Of 10,000 that would be denied, so many are held and reviewed.
SAMPLED: Final = 150
_DICE: Final = (1 << 62) - 1
#: How long a decision stands, if the act is not done at once.
EXPIRY: Final[Mapping[Scene, timedelta]] = {scene: timedelta(minutes=15) for scene in Scene} | {
    Scene.ORDER: timedelta(hours=2),
    Scene.PAY: timedelta(hours=2),
}
#: A hold without a length of its own: so long, times what makes it worse.
HOLD: Final = timedelta(hours=1)
LONGEST_HOLD: Final = timedelta(hours=72)
NEW_INSTRUMENT_HOURS: Final = 24.0
#: From such a score on, a challenge costs so much.
_COSTS: Final = ((0.9, 4), (0.75, 3), (0.6, 2))
IMMUTABLE: Final = "list_immutable"
ALLOWED: Final = "list_allow"
BLOCKED: Final = "list_block"
WATCHED: Final = "list_watch"
SCORED: Final = "score"
SAMPLE: Final = "sampled"


@dataclass(frozen=True, slots=True)
class Told:
    """What comes out. `reasons`: strongest first."""

    outcome: Outcome
    reasons: tuple[str, ...] = ()
    hold: timedelta | None = None
    cost: int = 0
    sampled: bool = False


def combine(
    *,
    scene: Scene,
    decision_id: UUID,
    snapshot: Mapping[str, Value],
    verdict: Verdict | None,
    score: float | None,
    failed: Sequence[str] = (),
) -> Told:
    """One outcome from all that is known. `failed`: parts that did not answer; then at least the scene's policy."""
    watched = (WATCHED,) if verdict is not None and verdict.watch else ()
    if verdict is not None and verdict.immutable_block is not None:
        return Told(Outcome.DENY, (IMMUTABLE, *watched))
    found = list(_found(scene, verdict, score))
    # Whoever may write the list could put themselves on it.
    if verdict is not None and verdict.allow is not None and scene not in BY_STAFF:
        found = []
        watched = (ALLOWED, *watched)
    if failed:
        found.append((failing.POLICY[scene], failing.REASON))
    # The order of evaluation stays within one strength.
    found.sort(key=lambda one: -one[0].strength)
    outcome = found[0][0] if found else Outcome.ALLOW
    reasons = tuple(dict.fromkeys((*(reason for _, reason in found), *watched)))
    hits = _live(verdict)
    if outcome is Outcome.DENY and scene in GOODS and is_sampled(decision_id):
        return Told(Outcome.HOLD, (SAMPLE, *reasons), hold_of(snapshot, score, hits), 0, True)
    if outcome is Outcome.HOLD:
        return Told(outcome, reasons, hold_of(snapshot, score, hits))
    if outcome is Outcome.CHALLENGE:
        return Told(outcome, reasons, None, cost_of(score, hits))
    return Told(outcome, reasons)


def _live(verdict: Verdict | None) -> list[Hit]:
    return [] if verdict is None else [hit for hit in verdict.hits if hit.live]


def _found(scene: Scene, verdict: Verdict | None, score: float | None) -> Iterable[tuple[Outcome, str]]:
    """Everything that asks for something, in the order of evaluation."""
    live = _live(verdict)
    if verdict is not None and verdict.block is not None:
        yield Outcome.DENY, BLOCKED
    yield from ((hit.outcome, hit.code) for hit in live if hit.hard)
    if score is not None and (band := band_of(scene, score)) is not Outcome.ALLOW:
        yield band, SCORED
    yield from ((hit.outcome, hit.code) for hit in live if not hit.hard and hit.outcome is not Outcome.ALLOW)


def band_of(scene: Scene, score: float) -> Outcome:
    """What a score alone asks for."""
    return next((outcome for least, outcome in BANDS[scene] if score >= least), Outcome.ALLOW)


def is_sampled(decision_id: UUID) -> bool:
    """Whether this one would be held instead of denied: by the random part of its id, which nobody can choose."""
    return (decision_id.int & _DICE) % 10_000 < SAMPLED


def hold_of(snapshot: Mapping[str, Value], score: float | None, hits: Iterable[Hit] = ()) -> timedelta:
    """How long to hold: as rules ask, the longest of them; else by liquidity, score and how new the instrument is."""
    asked = [hit.hold for hit in hits if hit.hold is not None and hit.outcome in (Outcome.HOLD, Outcome.DENY)]
    if asked:
        return min(max(asked), LONGEST_HOLD)
    factor = 1.0 + 2.0 * (score or 0.0)
    liquidity = snapshot.get("sku_liquidity")
    if isinstance(liquidity, int | float):
        factor *= 1.0 + min(max(float(liquidity), 0.0), 1.0)
    known = snapshot.get("instrument_known_hours")
    young = isinstance(known, int | float) and known < NEW_INSTRUMENT_HOURS
    if young or snapshot.get("first_purchase_with_instrument") is True:
        factor *= 2.0
    return min(HOLD * factor, LONGEST_HOLD)


def cost_of(score: float | None, hits: Iterable[Hit] = ()) -> int:
    """How hard a challenge is, 1 to 4: by the score, or as rules ask."""
    asked = max((hit.cost for hit in hits), default=0)
    scored = next((cost for least, cost in _COSTS if score is not None and score >= least), 1)
    return min(max(asked, scored, 1), 4)
