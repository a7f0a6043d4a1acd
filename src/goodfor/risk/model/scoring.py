"""Asks the champion, and the challenger in its shadow. Loaded once a process; who serves is looked up now and then.

An act is scored in tens of microseconds, in one thread. Without a champion there is no score: rules only.
"""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import connection

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.risk.features import SET_VERSION
from goodfor.risk.model import boosting, states
from goodfor.risk.model.bands import Bands
from goodfor.risk.model.calibration import Calibration
from goodfor.risk.model.errors import ModelFailed
from goodfor.risk.model.fast import RowScorer
from goodfor.risk.model.files import unpacked
from goodfor.risk.model.groups import GROUP
from goodfor.risk.model.rows import Encoding
from goodfor.risk.types import Outcome, Scene, Value

log = structlog.get_logger(__name__)
#: So long a process may go on with a model that was replaced elsewhere.
CHECK_SECONDS: Final = 5.0
_SERVING = Statement("goodfor.risk", "sql/model_serving.sql")
_IN_USE = Statement("goodfor.risk", "sql/model_in_use.sql")
_FILE = Statement("goodfor.risk", "sql/model_file.sql")

#: Why nothing scores although a champion is there.
NO_LIBRARY: Final = "no_library"
OLD_FEATURES: Final = "old_features"
DAMAGED: Final = "damaged"


@dataclass(frozen=True, slots=True)
class Scored:
    """`score`: the chance that the act is bad. `raw`: log-odds before calibration. `outcome`: what the model's bands
    say. `challengers`: their chances, of which nothing follows. Without a champion only they say something: a first
    model is tried before it counts."""

    model_id: UUID | None
    score: float | None
    raw: float
    outcome: Outcome
    challengers: Mapping[UUID, float] = field(default_factory=dict)


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
    ask: RowScorer
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
_looking = threading.Lock()


def score(shop_id: UUID, scene: Scene, snapshot: Mapping[str, Value]) -> Scored | None:
    """What the champion says, and the challenger; None without both.

    Raises ModelFailed when a champion is there and its file is damaged.
    """
    group = GROUP[scene]
    held = serving(shop_id, group)
    champion = held.champion
    if champion is None and held.trouble == DAMAGED:
        raise ModelFailed(group=group)
    shadow = _shadow(held.challenger, snapshot) if held.challenger is not None else {}
    if champion is None:
        return Scored(None, None, 0.0, Outcome.ALLOW, shadow) if shadow else None
    raw = champion.ask(champion.encoding.row(snapshot))
    chance = champion.calibration.one(raw)
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
    """Who scores, as far as this process knows; looked up again when that is older than CHECK_SECONDS.

    The very first look loads (see `warm`). Later a new model is loaded beside the acts, which go on with the old one.
    """
    key = (shop_id, group)
    held = _held.get(key)
    if held is not None and time.monotonic() - held.checked < CHECK_SECONDS:
        return held
    # While one thread looks, the others go on with what they have.
    if not _looking.acquire(blocking=held is None):
        assert held is not None
        return held
    try:
        newest = _held.get(key)
        if newest is not None and newest is not held:
            return newest
        ids = _ids(shop_id, group)
        if held is None:
            found = _held[key] = _loaded(shop_id, ids, {}, time.monotonic())
        elif ids == held.ids:
            found = _held[key] = replace(held, checked=time.monotonic())
        else:
            found = _held[key] = _meanwhile(held, ids)
            threading.Thread(target=_fetch, args=(key, ids, found), name="risk-model", daemon=True).start()
        return found
    finally:
        _looking.release()


def warm() -> int:
    """Load the library and every model in use; returns how many kinds of acts have one. For the start of a process."""
    with platform_job("load risk models"):
        keys = _IN_USE.rows({})
    for shop_id, group in keys:
        serving(shop_id, group)
    return len(keys)


def forget(shop_id: UUID | None = None) -> None:
    """Look up anew with the next act: all, or one shop's."""
    for key in [key for key in list(_held) if shop_id is None or key[0] == shop_id]:
        _held.pop(key, None)


def _shadow(challenger: Loaded, snapshot: Mapping[str, Value]) -> dict[UUID, float]:
    """The challenger's word. It must never be the reason that an act is not judged."""
    try:
        raw = challenger.ask(challenger.encoding.row(snapshot))
    except Exception as error:
        log.warning("risk challenger failed", model=str(challenger.id), kind=type(error).__name__)
        return {}
    return {challenger.id: challenger.calibration.one(raw)}


def _ids(shop_id: UUID, group: str) -> dict[str, UUID]:
    rows = _SERVING.rows({"shop_id": shop_id, "scene_group": group})
    return {state: model_id for model_id, state in rows}


def _loaded(shop_id: UUID, ids: Mapping[str, UUID], known: Mapping[UUID, Loaded], now: float) -> Serving:
    """All of these; those that are known are not loaded again."""
    found: dict[str, Loaded | None] = {}
    trouble = ""
    for state, model_id in ids.items():
        found[state], why = (known[model_id], "") if model_id in known else _load(shop_id, model_id)
        if state == states.CHAMPION:
            trouble = why
    return Serving(ids, found.get(states.CHAMPION), found.get(states.SHADOW), trouble, now)


def _known(held: Serving) -> dict[UUID, Loaded]:
    return {one.id: one for one in (held.champion, held.challenger) if one is not None}


def _meanwhile(held: Serving, ids: Mapping[str, UUID]) -> Serving:
    """Until what is new is loaded: the old champion where there will be one again, at once nobody where there is none.

    The old `ids` stay, so that a load that dies is begun again at the next look.
    """
    known, champion = _known(held), ids.get(states.CHAMPION)
    now = time.monotonic()
    if champion is None:
        return Serving(held.ids, None, None, "", now)
    return replace(held, champion=known.get(champion, held.champion), challenger=None, checked=now)


def _fetch(key: tuple[UUID, str], ids: Mapping[str, UUID], held: Serving) -> None:
    """In a thread of its own, with a connection of its own."""
    try:
        found = _loaded(key[0], ids, _known(held), time.monotonic())
        # Whoever forgot in the meantime, or saw something newer, is right.
        if _held.get(key) is held:
            _held[key] = found
    except Exception as error:
        log.error("risk model not loaded", group=key[1], kind=type(error).__name__)
    finally:
        connection.close()


def _load(shop_id: UUID, model_id: UUID) -> tuple[Loaded | None, str]:
    row = _FILE.row({"shop_id": shop_id, "id": model_id})
    if row is None:
        return None, ""
    encoding, set_version, file, sha256, calibration, bands, number = row
    if set_version != SET_VERSION:
        return None, OLD_FEATURES
    try:
        booster = boosting.booster(unpacked(bytes(file), bytes(sha256)))
        read = Encoding.from_json(json.loads(encoding))
        loaded = Loaded(
            model_id, number, booster, RowScorer(booster, len(read.names)), read,
            Calibration.from_json(json.loads(calibration)), Bands.from_json(json.loads(bands)),
        )  # fmt: skip
    except boosting.NoLightGBM:
        return None, NO_LIBRARY
    except (ValueError, KeyError) as error:
        log.error("risk model damaged", model=str(model_id), kind=type(error).__name__)
        return None, DAMAGED
    return loaded, ""
