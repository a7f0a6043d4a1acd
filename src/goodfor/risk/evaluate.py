"""What lists and rules say of an act: one statement, and one compiled function for all rules of its scene."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, cast
from uuid import UUID

from goodfor.kernel.sql import Row
from goodfor.risk import hot
from goodfor.risk import rule_states as states
from goodfor.risk.list_keys import keys_of
from goodfor.risk.operations.trip import Tripped, trip
from goodfor.risk.rule_cache import Loaded, Ready, ready
from goodfor.risk.rule_types import Listed, ListKind, Verdict
from goodfor.risk.types import BY_STAFF, Hit, KeyKind, Scene, Value

_JUDGE: Final = hot.Line("sql/judge.sql")
#: Whose percentage it is: the first of these that is known.
_WHO: Final = (KeyKind.BUYER, KeyKind.DEVICE, KeyKind.NETWORK, KeyKind.ADDRESS)
#: Behind one of these stand thousands where a carrier shares it: none of them waits days for what one did.
_CROWDS: Final = frozenset({str(KeyKind.ADDRESS), str(KeyKind.NETWORK)})
SHADOW: Final = "shadow"
PERCENT: Final = "percent"
SNOOZE: Final = "snooze"
QUARANTINE: Final = "quarantine"


@dataclass(slots=True)
class Standing:
    """What is stored of the keys of an act: entries of lists, rules that are quiet for them, rules that hold them."""

    version: int = 0
    entries: list[Listed] = field(default_factory=list)
    snoozed: set[UUID] = field(default_factory=set)
    #: Until when.
    tripped: dict[UUID, datetime] = field(default_factory=dict)


def hits(
    shop_id: UUID, scene: Scene, snapshot: Mapping[str, Value], keys: Mapping[KeyKind, int], now: datetime
) -> Verdict:
    """Judge an act by its snapshot and keys. Pages that only try use `judge`; this one writes quarantines down.

    The features `lists.<name>.<key>` of the verdict belong into the snapshot that is stored.
    """
    mine = keys_of(shop_id, keys, snapshot)
    standing = standing_of(_JUDGE.rows({"shop_id": shop_id, "keys": list(mine.values()), "now": now}))
    if scene in BY_STAFF:
        # Whoever may pause a rule could pause it for themselves.
        standing.snoozed.clear()
    rules = ready(shop_id, scene, standing.version)
    verdict = judge(rules, snapshot, mine, standing)
    crowd = _CROWDS if snapshot.get("ip_shared") is True else frozenset()
    tripped = _tripped(rules, verdict, {kind: key for kind, key in mine.items() if kind not in crowd}, standing, now)
    if tripped:
        trip(shop_id, tripped, now)
    return verdict


def version_of(shop_id: UUID) -> int:
    """The number of the rule set of a shop; 0: it has no rules."""
    return standing_of(_JUDGE.rows({"shop_id": shop_id, "keys": [], "now": datetime.max.replace(tzinfo=UTC)})).version


def standing_of(rows: Collection[Row]) -> Standing:
    """The rows of `judge.sql`, sorted out."""
    found = Standing()
    for what, row_id, number, kind, type_, name, until in rows:
        if what == "l":
            found.entries.append(Listed(row_id, cast("ListKind", kind), type_, name))
        elif what == "s":
            found.snoozed.add(row_id)
        elif what == "q":
            found.tripped[row_id] = max(until, found.tripped.get(row_id, until))
        else:
            found.version = number
    return found


def judge(rules: Ready, snapshot: Mapping[str, Value], keys: Mapping[str, int], standing: Standing) -> Verdict:
    """The verdict, from nothing but what is given."""
    on = {kind: [entry for entry in standing.entries if entry.kind == kind] for kind in states.LISTS}
    lists: dict[str, bool] = {}
    if rules.lists:
        mine = {(entry.name, entry.type) for entry in on[states.CUSTOM]}
        # Without the key that is asked about, whether it is listed is not known.
        lists = {
            reference.key: (reference.list, reference.subject) in mine
            for reference in rules.lists
            if reference.subject in keys
        }
    answers = rules.run({**snapshot, **lists} if lists else snapshot)
    found: list[Hit] = []
    silent = list(rules.broken)
    for rule, answer in zip(rules.rules, answers, strict=True):
        tripped = rule.id in standing.tripped
        if answer or tripped:
            found.append(_hit(rule, keys, standing, by_quarantine=not answer))
        elif answer is None:
            silent.append(rule.code)
    return Verdict(
        version=standing.version,
        immutable_block=next(iter(on[states.BLOCK_HARD]), None),
        allow=next(iter(on[states.ALLOW]), None),
        block=next(iter(on[states.BLOCK]), None),
        watch=tuple(on[states.WATCH]),
        hits=tuple(found),
        lists=lists,
        silent=tuple(silent),
    )


def in_part(rule_id: UUID, keys: Mapping[str, int], percent: int) -> bool:
    """Whether a buyer is in the part that a rule counts for: always the same answer, other buyers for another rule."""
    if percent >= 100:
        return True
    who = next((keys[kind] for kind in _WHO if kind in keys), None)
    if who is None:
        return False
    digest = hashlib.blake2b(rule_id.bytes + who.to_bytes(8, "big"), digest_size=4).digest()
    return int.from_bytes(digest, "big") % 100 < percent


def _hit(rule: Loaded, keys: Mapping[str, int], standing: Standing, *, by_quarantine: bool) -> Hit:
    why = QUARANTINE if by_quarantine else ""
    live = True
    if rule.state not in states.COUNTS:
        live, why = False, SHADOW
    elif rule.id in standing.snoozed:
        live, why = False, SNOOZE
    elif not in_part(rule.id, keys, rule.percent):
        live, why = False, PERCENT
    return Hit(
        rule.id, rule.code, rule.version, rule.outcome, live, rule.label, hard=rule.hard, hold=rule.hold,
        cost=rule.cost, why=why,
    )  # fmt: skip


def _tripped(
    rules: Ready, verdict: Verdict, keys: Mapping[str, int], standing: Standing, now: datetime
) -> list[Tripped]:
    """Keys that a live hit of the expression itself holds from now on; a quarantine does not prolong itself.

    One that has just begun is let be: under attack the same row would be written with every act.
    """
    fresh = {hit.rule_id for hit in verdict.hits if hit.live and hit.why == ""}
    if not fresh:
        return []
    return [
        Tripped(keys[rule.by], rule.id, rule.by, now + rule.stays)
        for rule in rules.rules
        if rule.stays is not None
        and rule.id in fresh
        and rule.by in keys
        and standing.tripped.get(rule.id, now) < now + rule.stays * 0.9
    ]
