"""Decisions as somebody looks for them, keys as somebody types them, and what is known of a key."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from goodfor.risk import hot
from goodfor.risk.keys import hash_of
from goodfor.risk.list_keys import normal
from goodfor.risk.queries import EVENTS_BACK, entities
from goodfor.risk.read_types import DecisionLine
from goodfor.risk.rule_models import Quarantine, Rule, Snooze
from goodfor.risk.types import SCENE_NUMBERS, KeyKind, Outcome, Result
from goodfor.risk.watch_sql import acts_text, names, outcomes_text, search_text
from goodfor.risk.watch_types import ActCount, DecisionPage, DecisionRow, DecisionSearch, KeyFigures, KeyHold, Place

#: No more decisions are read for one page, whatever fits.
SCAN: Final = 5000
#: Of a key, no more is counted of each scene and result, and so many decisions are looked at.
COUNTED: Final = 2000
LOOKED_AT: Final = 500
LAST_ID: Final = UUID(int=2**128 - 1)
FIRST_ID: Final = UUID(int=0)
#: A key that is larger is none.
LARGEST: Final = 2**63 - 1
_SCENES: Final = {number: scene for scene, number in SCENE_NUMBERS.items()}
_PREFIXES: Final = ("buyer", "guest", "client", "staff")


def search(shop_id: UUID, wanted: DecisionSearch, *, before: Place | None = None, limit: int = 50) -> DecisionPage:
    """A page of decisions; `before`: the place where the page before ended."""
    place = (wanted.until, FIRST_ID)
    place = place if before is None else min(place, before)
    source, asked, kind = _shape(wanted)
    # Of a key some attempts may have no decision: there is something in hand.
    scan = SCAN if asked else max(limit + 1, SCAN // 5) if kind else limit + 1
    params = {**_params(shop_id, wanted, place), "limit": limit + 1, "scan": scan}
    rows = hot.rows("risk.search", search_text(source, asked, kind), params, prepare=False)
    found = [_row(row[3:]) for row in rows if row[3] is not None]
    if len(found) > limit:
        last = found[limit - 1].line
        return DecisionPage(tuple(found[:limit]), (last.at, last.id), False)
    # What was read ended before the decisions did.
    short = bool(rows) and bool(asked) and rows[0][0] >= scan
    return DecisionPage(tuple(found), (rows[0][1], rows[0][2]) if short else None, short)


def _shape(wanted: DecisionSearch) -> tuple[str, tuple[str, ...], KeyKind | None]:
    """Where rows are read from, which conditions are asked of them, and of which kind the key is."""
    stopped = wanted.outcome not in (None, Outcome.ALLOW)
    source = "subject" if wanted.subject else "key" if wanted.key else "outcome" if stopped else "newest"
    asked = names((
        # Of a key, other scenes are not read in the first place.
        ("scene", wanted.scene is not None and source != "key"), ("allow", wanted.outcome is Outcome.ALLOW),
        ("stopped", stopped and source != "outcome"), ("rule", wanted.rule_id is not None),
        ("cause", bool(wanted.cause)), ("score_from", wanted.score_from is not None),
        ("score_until", wanted.score_until is not None),
    ))  # fmt: skip
    return source, asked, wanted.key[0] if source == "key" and wanted.key else None


def _params(shop_id: UUID, wanted: DecisionSearch, place: Place) -> dict[str, Any]:
    scenes = [SCENE_NUMBERS[wanted.scene]] if wanted.scene else list(_SCENES)
    return {
        "shop": shop_id, "since": wanted.since, "before_at": place[0], "before_id": place[1],
        "scene": scenes[0], "scenes": scenes, "outcome": str(wanted.outcome or ""), "cause": wanted.cause,
        "rule": json.dumps([{"rule_id": str(wanted.rule_id)}]), "score_from": wanted.score_from,
        "score_until": wanted.score_until, "key": wanted.key[1] if wanted.key else 0,
        "subject_kind": wanted.subject[0] if wanted.subject else "",
        "subject_id": wanted.subject[1] if wanted.subject else None,
    }  # fmt: skip


def _row(row: tuple[Any, ...]) -> DecisionRow:
    (decision_id, at, scene, outcome, reasons, score, sampled, failed, kind, subject_id, hold_until, amount,
     latency, *keys) = row  # fmt: skip
    line = DecisionLine(
        id=decision_id, at=at, scene=_SCENES[scene], outcome=Outcome(outcome), reasons=tuple(reasons), score=score,
        sampled=sampled, failed=tuple(failed), subject=(kind, subject_id) if subject_id else None,
        amount_minor=amount or 0, hold_until=hold_until,
    )  # fmt: skip
    held = {kind: key for kind, key in zip(KeyKind, keys, strict=True) if key is not None}
    return DecisionRow(line, timedelta(microseconds=latency), held)


# -- keys -------------------------------------------------------------------------------------------


def keys_like(shop_id: UUID, text: str) -> list[tuple[KeyKind, int]]:
    """The keys that a text can be, in one spelling each, of those that were ever seen: one look-up, no scan."""
    asked = [(kind, hash_of(shop_id, kind, value)) for kind, value in _spellings(text).items() if value]
    found = entities(shop_id, asked) if asked else {}
    return [place for place in asked if place in found]


def _spellings(text: str) -> Mapping[KeyKind, str]:
    text = text.replace("\x00", "").strip()
    found = {kind: normal(str(kind), text) for kind in KeyKind}
    try:
        found[KeyKind.BUYER] = f"buyer:{UUID(text)}"
    except ValueError:
        if text.partition(":")[0] not in _PREFIXES:
            found[KeyKind.BUYER] = ""
    # Who brought buyers along is named as they are.
    return {**found, KeyKind.REFERRER: found[KeyKind.BUYER] or found[KeyKind.REFERRER]}


def figures_of(shop_id: UUID, kind: KeyKind, key: int, *, now: datetime) -> KeyFigures:
    """What happened with a key within 90 days, and how its newest decisions ended."""
    since, until = now - EVENTS_BACK, now + timedelta(days=1)
    common = {"shop": shop_id, "key": key, "since": since, "scenes": list(_SCENES)}
    acts = hot.rows("risk.acts_of", acts_text(kind), {**common, "until": until, "most": COUNTED}, prepare=False)
    newest = {"before_at": until, "before_id": LAST_ID, "scan": LOOKED_AT}
    ended = hot.rows("risk.outcomes_of", outcomes_text(kind), {**common, **newest}, prepare=False)
    outcomes = {Outcome(outcome): count for outcome, count in ended}
    # Other kinds are read in one scan, whatever happened.
    read = sum(row[2] for row in acts)
    return KeyFigures(
        tuple(
            ActCount(_SCENES[scene], Result(result), count, amount, first, last, max(count, read) >= COUNTED)
            for scene, result, count, amount, first, last in acts
        ),
        {outcome: outcomes[outcome] for outcome in Outcome if outcome in outcomes},
        sum(outcomes.values()),
    )


def holds_of(shop_id: UUID, kind: KeyKind, key: int, *, now: datetime) -> list[KeyHold]:
    """Rules that are asleep for a key, or that it stays tripped at, the last to end first."""
    asleep = Snooze.objects.filter(
        shop_id=shop_id, kind=str(kind), key=key, ended_at__isnull=True, until__gt=now
    ).values_list("rule_id", "until", "reason")  # fmt: skip
    tripped = Quarantine.objects.filter(
        shop_id=shop_id, kind=str(kind), key=key, lifted_at__isnull=True, until__gt=now
    ).values_list("rule_id", "until")  # fmt: skip
    found = [("snooze", *row) for row in asleep] + [("quarantine", *row, "") for row in tripped]
    rows = Rule.objects.select_related("version").filter(shop_id=shop_id, id__in=[rule_id for _, rule_id, *_ in found])
    rules = {row.id: row for row in rows}
    holds = []
    for what, rule_id, until, why in found:
        version = rules[rule_id].version
        name = version.name if version else ""
        holds.append(KeyHold(what, rule_id, rules[rule_id].code, name, until, why))
    return sorted(holds, key=lambda hold: hold.until, reverse=True)
