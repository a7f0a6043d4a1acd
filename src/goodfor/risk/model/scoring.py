"""Asks the champion, and the challenger in its shadow. Loaded once a process; who serves is looked up now and then.

An act is scored in tens of microseconds, in one thread. Without a champion there is no score: rules only.
"""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import structlog

from goodfor.kernel.sql import Statement
from goodfor.risk.features import SET_VERSION
from goodfor.risk.model import boosting, states
from goodfor.risk.model.bands import Bands
from goodfor.risk.model.calibration import Calibration
from goodfor.risk.model.errors import ModelFailed
from goodfor.risk.model.files import unpacked
from goodfor.risk.model.groups import GROUP, SCENES
from goodfor.risk.model.rows import Encoding
from goodfor.risk.types import Outcome, Scene, Value

log = structlog.get_logger(__name__)
#: So long a process may go on with a model that was replaced elsewhere.
CHECK_SECONDS: Final = 5.0
_SERVING = Statement("goodfor.risk", "sql/model_serving.sql")
_FILE = Statement("goodfor.risk", "sql/model_file.sql")

#: Why nothing scores although a champion is there.
NO_LIBRARY: Final = "no_library"
OLD_FEATURES: Final = "old_features"
DAMAGED: Final = "damaged"


@dataclass(frozen=True, slots=True)
class Scored:
    """`score`: the chance that the act is bad. `raw`: log-odds before calibration. `outcome`: what the model's bands
    say. `challengers`: (model, chance), of which nothing follows."""

    model_id: UUID
    score: float
    raw: float
    outcome: Outcome
    challengers: tuple[tuple[UUID, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """A feature that spoke against the act: its value, and what it added to the log-odds."""

    name: str
    value: Value
    adds: float


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model that can be asked."""

    id: UUID
    number: int
    booster: Any
    encoding: Encoding
    calibration: Calibration
    bands: Bands


@dataclass(frozen=True, slots=True)
class Serving:
    """Who scores acts of a kind. `trouble`: why a champion that is there does not."""

    ids: Mapping[str, UUID]
    champion: Loaded | None
    challenger: Loaded | None
    trouble: str
    checked: float


_held: dict[tuple[UUID, str], Serving] = {}
_loading = threading.Lock()


def score(shop_id: UUID, scene: Scene, snapshot: Mapping[str, Value]) -> Scored | None:
    """What the champion says; None without one. Raises ModelFailed when one is there and its file is damaged."""
    group = GROUP[scene]
    held = serving(shop_id, group)
    champion = held.champion
    if champion is None:
        if held.trouble == DAMAGED:
            raise ModelFailed(group=group)
        return None
    raw = boosting.raw_score(champion.booster, champion.encoding.row(snapshot))
    chance = champion.calibration.one(raw)
    shadow = _shadow(held.challenger, snapshot) if held.challenger is not None else ()
    return Scored(champion.id, chance, raw, champion.bands.outcome(chance), shadow)


def reasons(shop_id: UUID, scene: Scene, snapshot: Mapping[str, Value], top: int = 3) -> tuple[Reason, ...]:
    """The features that spoke most against the act, the strongest first. Half a millisecond: not for plain allows."""
    champion = serving(shop_id, GROUP[scene]).champion
    if champion is None:
        return ()
    added = boosting.contributions(champion.booster, champion.encoding.row(snapshot))[:-1]
    strongest = sorted(range(added.size), key=lambda place: -float(added[place]))[:top]
    names = champion.encoding.names
    return tuple(
        Reason(names[place], snapshot.get(names[place]), float(added[place])) for place in strongest if added[place] > 0
    )


def serving(shop_id: UUID, group: str) -> Serving:
    """Who scores, as far as this process knows; looked up again when that is older than CHECK_SECONDS."""
    key = (shop_id, group)
    held = _held.get(key)
    now = time.monotonic()
    if held is not None and now - held.checked < CHECK_SECONDS:
        return held
    # While one thread looks, the others go on with what they have.
    if not _loading.acquire(blocking=held is None):
        assert held is not None
        return held
    try:
        newest = _held.get(key)
        if newest is not None and newest is not held:
            return newest
        found = _looked_up(shop_id, group, held, now)
        _held[key] = found
        return found
    finally:
        _loading.release()


def forget(shop_id: UUID | None = None) -> None:
    """Look up anew with the next act: all, or one shop's."""
    for key in [key for key in list(_held) if shop_id is None or key[0] == shop_id]:
        _held.pop(key, None)


def all_serving(shop_id: UUID) -> dict[str, Serving]:
    """Of every kind of act."""
    return {group: serving(shop_id, group) for group in SCENES}


def _shadow(challenger: Loaded, snapshot: Mapping[str, Value]) -> tuple[tuple[UUID, float], ...]:
    """The challenger's word. It must never be the reason that an act is not judged."""
    try:
        raw = boosting.raw_score(challenger.booster, challenger.encoding.row(snapshot))
    except Exception as error:
        log.warning("risk challenger failed", model=str(challenger.id), kind=type(error).__name__)
        return ()
    return ((challenger.id, challenger.calibration.one(raw)),)


def _looked_up(shop_id: UUID, group: str, held: Serving | None, now: float) -> Serving:
    rows = _SERVING.rows({"shop_id": shop_id, "scene_group": group})
    ids: dict[str, UUID] = {state: model_id for model_id, state in rows}
    known = {one.id: one for one in (held.champion, held.challenger) if one is not None} if held else {}
    trouble = ""
    loaded: dict[str, Loaded | None] = {}
    for state, model_id in ids.items():
        if held is not None and held.trouble and held.ids == ids:
            # Nothing became better by itself.
            return Serving(ids, held.champion, held.challenger, held.trouble, now)
        one, why = (known[model_id], "") if model_id in known else _load(shop_id, model_id)
        loaded[state] = one
        if state == states.CHAMPION:
            trouble = why
    return Serving(ids, loaded.get(states.CHAMPION), loaded.get(states.SHADOW), trouble, now)


def _load(shop_id: UUID, model_id: UUID) -> tuple[Loaded | None, str]:
    row = _FILE.row({"shop_id": shop_id, "id": model_id})
    if row is None:
        return None, ""
    encoding, set_version, file, sha256, calibration, bands, number = row
    if set_version != SET_VERSION:
        return None, OLD_FEATURES
    try:
        booster = boosting.booster(unpacked(bytes(file), bytes(sha256)))
        loaded = Loaded(
            model_id, number, booster, Encoding.from_json(json.loads(encoding)),
            Calibration.from_json(json.loads(calibration)), Bands.from_json(json.loads(bands)),
        )  # fmt: skip
    except boosting.NoLightGBM:
        return None, NO_LIBRARY
    except (ValueError, KeyError) as error:
        log.error("risk model damaged", model=str(model_id), kind=type(error).__name__)
        return None, DAMAGED
    return loaded, ""
