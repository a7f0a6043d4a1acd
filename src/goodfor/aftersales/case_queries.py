"""Reads of cases, their findings, decisions and messages, as values. Reached through `queries`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from goodfor.aftersales import states
from goodfor.aftersales.errors import CaseNotFound
from goodfor.aftersales.evidence import latest
from goodfor.aftersales.facts import facts_from_json, words_of
from goodfor.aftersales.mapping import terms_from_json
from goodfor.aftersales.models import Case, Decision, Finding, Reply
from goodfor.aftersales.rules import decide, validate
from goodfor.aftersales.sealing import note_aad, reply_aad
from goodfor.aftersales.types import (
    CaseView,
    Changed,
    DecisionView,
    Facts,
    FindingView,
    ReplyView,
    Rule,
    Trial,
)
from goodfor.aftersales.wording import why_text
from goodfor.kernel.crypto import Sealed, keyring
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders

MAX_PAGE = 200
#: So many decisions are replayed at most; so many that change are named.
MOST_REPLAYED, EXAMPLES = 50_000, 50


@dataclass(frozen=True, slots=True)
class QueueSearch:
    """What the staff look for; what is not given does not narrow. `overdue`: a promised time passed or was missed.

    `automatic`: decided with nobody touching it, or not.
    """

    states: tuple[str, ...] = tuple(sorted(states.LIVE))
    reasons: tuple[str, ...] = ()
    overdue: bool = False
    automatic: bool | None = None
    supplier_id: UUID | None = None
    batch_id: UUID | None = None
    buyer: str = ""
    sku_id: UUID | None = None
    escalated: int = 0


def case_view(shop_id: UUID, case_id: UUID) -> CaseView:
    """One case. Raises CaseNotFound."""
    row = Case.objects.filter(shop_id=shop_id, id=case_id).first()
    if row is None:
        raise CaseNotFound
    return _views(shop_id, [row])[0]


def cases_of_order(shop_id: UUID, order_id: UUID) -> list[CaseView]:
    """The cases of an order, latest first."""
    return _views(shop_id, list(Case.objects.filter(shop_id=shop_id, order_id=order_id).order_by("-id")))


def cases_by_ids(shop_id: UUID, case_ids: Sequence[UUID]) -> list[CaseView]:
    """These cases in this order; what is not the shop's is left out."""
    rows = {row.id: row for row in Case.objects.filter(shop_id=shop_id, id__in=list(case_ids))}
    return _views(shop_id, [rows[one] for one in case_ids if one in rows])


def queue(
    shop_id: UUID, search: QueueSearch, now: datetime, *, after: tuple[datetime, UUID] | None = None, limit: int = 50
) -> list[CaseView]:
    """Cases by deadline: the most urgent first, those beyond `after` (decide_by, id) of the last one seen."""
    rows = _searched(shop_id, search, now).order_by("decide_by", "id")
    if after is not None:
        rows = rows.filter(Q(decide_by__gt=after[0]) | Q(decide_by=after[0], id__gt=after[1]))
    return _views(shop_id, list(rows[: min(limit, MAX_PAGE)]))


def recent(
    shop_id: UUID, search: QueueSearch, now: datetime, *, after: UUID | None = None, limit: int = 50
) -> list[CaseView]:
    """Cases by when they were opened, latest first, those before `after`."""
    rows = _searched(shop_id, search, now).order_by("-id")
    if after is not None:
        rows = rows.filter(id__lt=after)
    return _views(shop_id, list(rows[: min(limit, MAX_PAGE)]))


def waiting(shop_id: UUID) -> dict[str, int]:
    """How many live cases are in each state."""
    rows = Case.objects.filter(shop_id=shop_id).exclude(state=states.CLOSED).order_by()
    found = dict(rows.values_list("state").annotate(count=Count("id")))
    return {state: found.get(state, 0) for state in sorted(states.LIVE)}


def findings(shop_id: UUID, case_id: UUID) -> list[FindingView]:
    """What was found about a case, oldest first."""
    rows = Finding.objects.filter(shop_id=shop_id, case_id=case_id).order_by("id")
    return [FindingView(row.kind, row.value, row.at) for row in rows]


def decisions(shop_id: UUID, case_id: UUID) -> list[DecisionView]:
    """The decisions of a case, oldest first; notes for its buyer and the staff."""
    ring = keyring()
    found = []
    for row in Decision.objects.filter(shop_id=shop_id, case_id=case_id).order_by("id"):
        note = ""
        if row.note_key_id is not None and row.note_blob is not None:
            note = ring.open(Sealed(row.note_key_id, bytes(row.note_blob)), note_aad(row.id)).decode()
        found.append(DecisionView(row.at, row.by, row.action, row.rule, row.why, row.policy_version, note))
    return found


def facts_of(shop_id: UUID, case_id: UUID) -> Facts | None:
    """The facts of the latest decision that had some: what the table saw."""
    rows = Decision.objects.filter(shop_id=shop_id, case_id=case_id).exclude(facts={}).order_by("-id")
    kept = rows.values_list("facts", flat=True).first()
    return facts_from_json(kept) if kept else None


def replies(shop_id: UUID, case_id: UUID) -> list[ReplyView]:
    """What buyer and staff wrote, oldest first. For the owner and the staff."""
    ring = keyring()
    return [
        ReplyView(
            row.id, row.author, ring.open(Sealed(row.key_id, bytes(row.blob)), reply_aad(row.id)).decode(), row.at
        )
        for row in Reply.objects.filter(shop_id=shop_id, case_id=case_id).order_by("id")
    ]


def why_words(shop_id: UUID, case_id: UUID, why: str = "") -> str:
    """Why a case stands as it does (or `why` of one of its decisions), in a sentence for its buyer."""
    if not why:
        why = Case.objects.filter(shop_id=shop_id, id=case_id).values_list("why", flat=True).first() or ""
    return why_text(why, words_of(latest(shop_id, case_id)))


def trial(shop_id: UUID, rules: Sequence[Rule], days: int, now: datetime) -> Trial:
    """What another table would have decided from the facts of the last `days`: what the table decided then against it.

    Each decision by itself: what a supplier would have answered who was not asked cannot be known.
    Raises InvalidRules.
    """
    validate(rules)
    rows = (
        Decision.objects.filter(shop_id=shop_id, at__gte=now - timedelta(days=min(days, 366)), by="system")
        .exclude(facts={})
        .order_by("-id")
        .values_list("case_id", "at", "action", "rule", "facts")[: MOST_REPLAYED + 1]
    )
    was: Counter[str] = Counter()
    then: Counter[str] = Counter()
    changed: list[tuple[UUID, datetime, str, str, str, str]] = []
    count = 0
    for case_id, at, action, rule, kept in rows[:MOST_REPLAYED]:
        found = decide(rules, facts_from_json(kept)).rule
        count += 1
        was[action] += 1
        then[found.then] += 1
        if found.then != action:
            changed.append((case_id, at, action, rule, found.then, found.name))
    named = changed[:EXAMPLES]
    numbers = dict(Case.objects.filter(shop_id=shop_id, id__in=[one[0] for one in named]).values_list("id", "number"))
    examples = tuple(Changed(one[0], numbers.get(one[0], ""), *one[1:]) for one in named)
    return Trial(count, dict(was), dict(then), len(changed), examples, len(rows) > MOST_REPLAYED)


def _searched(shop_id: UUID, search: QueueSearch, now: datetime) -> "QuerySet[Case]":
    rows = Case.objects.filter(shop_id=shop_id)
    asked: dict[str, Any] = {}
    if set(search.states) == set(states.LIVE):
        # As the index of the queue has it.
        rows = rows.exclude(state=states.CLOSED)
    elif search.states:
        asked["state__in"] = list(search.states)
    if search.reasons:
        asked["reason__in"] = list(search.reasons)
    for name in ("supplier_id", "batch_id", "buyer", "sku_id"):
        if value := getattr(search, name):
            asked[name] = value
    if search.escalated:
        asked["escalated__gte"] = search.escalated
    if search.automatic is True:
        asked["by"] = "system"
    rows = rows.filter(**asked)
    if search.automatic is False:
        rows = rows.exclude(by__in=("", "system"))
    if search.overdue:
        late = Q(answered_at__isnull=True, answer_by__lte=now) | Q(decided_at__isnull=True, decide_by__lte=now)
        rows = rows.filter(late | Q(answer_missed_at__isnull=False) | Q(decision_missed_at__isnull=False))
    return rows


def _views(shop_id: UUID, rows: Sequence[Case]) -> list[CaseView]:
    claim_states = {
        claim.id: claim.state
        for claim in orders.claims_of_orders(shop_id, list({row.order_id for row in rows}))
    } if rows else {}  # fmt: skip
    return [_view(row, claim_states.get(row.id, "")) for row in rows]


def _view(row: Case, claim_state: str) -> CaseView:
    live = row.state in states.LIVE
    return CaseView(
        id=row.id,
        order_id=row.order_id,
        line_id=row.line_id,
        sku_id=row.sku_id,
        number=row.number,
        buyer=row.buyer,
        reason=row.reason,
        units=row.units,
        amount=Money(row.amount_minor, row.currency),
        state=row.state,
        claim_state=claim_state,
        terms=terms_from_json(row.terms),
        promise_version=row.promise_version,
        opened_at=row.opened_at,
        answer_by=row.answer_by if live and row.answered_at is None else None,
        decide_by=row.decide_by if live and row.decided_at is None else None,
        answered_at=row.answered_at,
        decided_at=row.decided_at,
        closed_at=row.closed_at,
        paused_at=row.paused_at,
        action=row.action,
        rule=row.rule,
        why=row.why,
        by=row.by,
        escalated=row.escalated,
        rating=row.rating,
        supplier_id=row.supplier_id,
        batch_id=row.batch_id,
    )
