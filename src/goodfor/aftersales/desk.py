"""What the staff's desk reads of cases: the queue, one case, similar ones, figures. Part of `queries`.

Pages name ids from an index first and look the rows up last (ADR 17).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import fmean, median
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from goodfor.aftersales import policies, states
from goodfor.aftersales.desk_types import CaseSearch, ClaimFigures, DeskCase, Outcomes, SnippetText
from goodfor.aftersales.errors import CaseNotFound
from goodfor.aftersales.evidence import look
from goodfor.aftersales.facts import facts_from_json, facts_to_json
from goodfor.aftersales.mapping import terms_from_json
from goodfor.aftersales.models import Case, Decision, Policy
from goodfor.aftersales.rules import read
from goodfor.aftersales.snippet_models import Snippet
from goodfor.aftersales.suggesting import suggest
from goodfor.aftersales.types import Facts, PolicyView
from goodfor.aftersales.wording import WHY
from goodfor.kernel.ids import uuid7_floor
from goodfor.kernel.money import Money
from goodfor.kernel.sql import Tally

#: Tabs say "9,999+" beyond this.
COUNT_LIMIT: Final = 10_000
WAITING_SHOWN: Final = 1000
#: How many cases of a shop wait for a person, up to WAITING_SHOWN.
for_people: Final = Tally(__package__, "sql/for_people.sql")
WALK: Final = 500
#: What has no index of its own is looked for within this time unless another is given.
SPAN: Final = timedelta(days=31)
#: How many of the latest claims are looked through for those of one SKU, and for the figures.
RECENT: Final = 2000
SYSTEM: Final = "system"
_PLACE: Final = re.compile(r"%\(\w+\)s")


def search_cases(shop_id: UUID, search: CaseSearch, *, offset: int = 0, limit: int = 20) -> list[DeskCase]:
    """A page of the cases that fit."""
    return desk_cases(shop_id, search_case_ids(shop_id, search, offset=offset, limit=limit))


def search_case_ids(shop_id: UUID, search: CaseSearch, *, offset: int = 0, limit: int = 20) -> list[UUID]:
    """Their ids, from the index alone."""
    found = _found(shop_id, search).order_by(*_order(search))
    return list(found.values_list("id", flat=True)[offset : offset + limit])


def walk_cases(shop_id: UUID, search: CaseSearch) -> Iterator[list[DeskCase]]:
    """All that fit, a few hundred at a time, each page behind the last case of the one before."""
    last: DeskCase | None = None
    while True:
        found = _found(shop_id, search).order_by(*_order(search))
        if last is not None:
            behind = Q(decide_by__gt=last.decide_by) | Q(decide_by=last.decide_by, id__gt=last.id)
            found = found.filter(behind if search.oldest_first else Q(id__lt=last.id))
        page = desk_cases(shop_id, list(found.values_list("id", flat=True)[:WALK]))
        if page:
            yield page
            last = page[-1]
        if len(page) < WALK:
            return


def count_cases(shop_id: UUID, search: CaseSearch) -> dict[str, int]:
    """How many fit in each state, whatever states are asked for; each count stops at COUNT_LIMIT."""
    return {
        state: _found(shop_id, replace(search, states=(state,)))[:COUNT_LIMIT].count()
        for state in sorted(states.CASE.states)
    }


def late(shop_id: UUID, now: datetime) -> int:
    """How many are past the time that was promised for them, up to WAITING_SHOWN."""
    return _found(shop_id, CaseSearch(late="any", now=now))[:WAITING_SHOWN].count()


def _order(search: CaseSearch) -> tuple[str, ...]:
    return ("decide_by", "id") if search.oldest_first else ("-id",)


def _found(shop_id: UUID, search: CaseSearch) -> QuerySet[Case]:
    found = Case.objects.filter(shop_id=shop_id)
    if search.late or (search.states and states.CLOSED not in search.states):
        # In these words the index of the queue is written.
        found = found.exclude(state=states.CLOSED)
    if search.states:
        found = found.filter(state__in=search.states)
    plain = {"reason": search.reason, "action": search.action, "supplier_id": search.supplier_id,
             "batch_id": search.batch_id, "order_id": search.order_id}  # fmt: skip
    found = found.filter(**{name: value for name, value in plain.items() if value})
    if search.decider == "staff":
        found = found.exclude(by__in=("", SYSTEM))
    elif search.decider:
        found = found.filter(by=search.decider)
    if search.late and search.now:
        found = found.filter(_late(search.late, search.now))
    # Ids ascend with time: the bound by time is one of the index.
    since = search.since or (search.now - SPAN if search.now and _wide(search) else None)
    if since:
        found = found.filter(id__gte=uuid7_floor(since))
    return found.filter(id__lt=uuid7_floor(search.until)) if search.until else found


def _wide(search: CaseSearch) -> bool:
    """True where closed cases are looked through for something that no index knows."""
    narrow = search.batch_id or search.order_id or search.late
    live = search.states and states.CLOSED not in search.states
    return bool((search.reason or search.action or search.decider or search.supplier_id) and not narrow and not live)


def _late(what: str, now: datetime) -> Q:
    answer = Q(answered_at__isnull=True, answer_by__lt=now)
    decision = Q(decide_by__lt=now)
    asked = {"answer": answer, "decision": decision}.get(what, answer | decision)
    return Q(decided_at__isnull=True, paused_at__isnull=True) & asked


# -- rows -------------------------------------------------------------------------------------------


def desk_case(shop_id: UUID, case_id: UUID) -> DeskCase:
    """One case. Raises CaseNotFound."""
    found = desk_cases(shop_id, [case_id])
    if not found:
        raise CaseNotFound
    return found[0]


def desk_cases(shop_id: UUID, ids: Sequence[UUID]) -> list[DeskCase]:
    """These cases, in this order, each with what the table says; ids of other shops are left out."""
    if not ids:
        return []
    rows = Case.objects.filter(shop_id=shop_id).in_bulk(list(ids))
    made = Counter(dict(_decided(shop_id, ids).values_list("case_id").annotate(n=Count("id")).order_by()))
    last = {row.case_id: row for row in _latest(_decided(shop_id, ids).defer("facts"))}
    # A question of the staff is a decision without facts.
    facts = {row.case_id: row.facts for row in _latest(_decided(shop_id, ids).exclude(facts={}))}
    policy = policies.policy(shop_id)
    return [
        _view(rows[one], last.get(one), facts.get(one, {}), made[one], policy) for one in ids if one in rows
    ]  # fmt: skip


def _decided(shop_id: UUID, ids: Sequence[UUID]) -> QuerySet[Decision]:
    return Decision.objects.filter(shop_id=shop_id, case_id__in=list(ids))


def _latest(found: QuerySet[Decision]) -> QuerySet[Decision]:
    return found.order_by("case_id", "-id").distinct("case_id")


def facts_now(shop_id: UUID, case: DeskCase, now: datetime) -> DeskCase:
    """The same case with what can be found out about it now, while it is open: later than its last decision."""
    row = Case.objects.filter(shop_id=shop_id, id=case.id).first() if case.live else None
    if row is None:
        return case
    known: Facts = look(row, now).facts
    policy = policies.policy(shop_id)
    return replace(case, facts=facts_to_json(known), suggestion=suggest(policy.rules, known, policy.version))


def _view(row: Case, last: Decision | None, facts: Mapping[str, Any], made: int, policy: PolicyView) -> DeskCase:
    live = row.closed_at is None
    return DeskCase(
        id=row.id, order_id=row.order_id, line_id=row.line_id, sku_id=row.sku_id, number=row.number, buyer=row.buyer,
        reason=row.reason, units=row.units, amount=Money(row.amount_minor, row.currency), state=row.state,
        opened_at=row.opened_at, answer_by=row.answer_by, decide_by=row.decide_by, answered_at=row.answered_at,
        decided_at=row.decided_at, closed_at=row.closed_at, paused_at=row.paused_at, action=row.action, rule=row.rule,
        why=row.why, by=row.by, proven=row.proven, escalated=row.escalated, answer_missed_at=row.answer_missed_at,
        decision_missed_at=row.decision_missed_at, rating=row.rating, supplier_id=row.supplier_id,
        batch_id=row.batch_id, terms=terms_from_json(row.terms), promise_version=row.promise_version,
        said=(last.action, last.rule, last.why) if last else None,
        suggestion=suggest(policy.rules, facts_from_json(facts), policy.version) if live and facts else None,
        facts=facts, decisions=made,
    )  # fmt: skip


# -- similar ones, figures --------------------------------------------------------------------------


def similar_cases(shop_id: UUID, case: DeskCase, *, shown: int = 5) -> dict[str, Outcomes]:
    """Others of the same batch, by the same buyer and, among the latest, of the same SKU; and how they ended."""
    cases = Case.objects.filter(shop_id=shop_id)
    latest = cases.order_by("-id").values("id")[:RECENT]
    found: dict[str, QuerySet[Case]] = {}
    if case.batch_id is not None:
        found["batch"] = cases.filter(batch_id=case.batch_id)
    if case.buyer:
        found["buyer"] = cases.filter(buyer=case.buyer)
    found["sku"] = cases.filter(id__in=latest, sku_id=case.sku_id)
    return {kind: _outcomes(shop_id, rows.exclude(id=case.id), shown) for kind, rows in found.items()}


def _outcomes(shop_id: UUID, found: QuerySet[Case], shown: int) -> Outcomes:
    rows = list(found.order_by("-id").values_list("id", "state", "action", "proven")[:WAITING_SHOWN])
    over = [row for row in rows if row[1] == states.CLOSED]
    return Outcomes(
        total=len(rows),
        proven=sum(1 for row in rows if row[3]),
        back=sum(1 for row in over if row[2] in states.REMEDIES),
        refused=sum(1 for row in over if row[2] == states.REJECT),
        waiting=len(rows) - len(over),
        latest=tuple(desk_cases(shop_id, [row[0] for row in rows[:shown]])),
    )


def claim_figures(shop_id: UUID) -> ClaimFigures:
    """How the latest claims went, up to RECENT of them."""
    columns = ("opened_at", "answered_at", "decided_at", "answer_missed_at", "decision_missed_at", "by", "rating")
    rows = list(Case.objects.filter(shop_id=shop_id).order_by("-id").values_list(*columns)[:RECENT])
    answered = [row for row in rows if row[1] is not None or row[3] is not None]
    decided = [row for row in rows if row[2] is not None]
    judged = [row for row in rows if row[2] is not None or row[4] is not None]
    waits = [(row[1] - row[0]).total_seconds() for row in rows if row[1] is not None]
    ratings = [row[6] for row in rows if row[6] is not None]
    return ClaimFigures(
        sample=len(rows),
        automatic=_share(decided, lambda row: row[5] == SYSTEM),
        answer_p50=median(waits) if waits else None,
        answers_kept=_share(answered, lambda row: row[3] is None),
        decisions_kept=_share(judged, lambda row: row[4] is None),
        rated=len(ratings),
        rating=fmean(ratings) if ratings else None,
    )


def _share(rows: Sequence[Any], fits: Any) -> float | None:
    return sum(1 for row in rows if fits(row)) / len(rows) if rows else None


# -- the table, and its words --------------------------------------------------------------------------


def policy_version(shop_id: UUID, version: int) -> PolicyView:
    """A version of the decision table; 0 and what does not exist: the one that every shop begins with."""
    row = Policy.objects.filter(shop_id=shop_id, version=version).first()
    return PolicyView(row.version, read(row.rules), row.made_at, row.made_by) if row else policies.BUILT_IN


def why_plain(why: str) -> str:
    """A reason as the buyer reads it, of no case: an ellipsis where a time or a number would stand."""
    return _PLACE.sub("…", str(WHY.get(why, why)))


def why_choices() -> list[tuple[str, str]]:
    """Every reason that a row of the table may give."""
    return [(why, why_plain(why)) for why in WHY]


def snippets(shop_id: UUID) -> list[SnippetText]:
    """The replies that the shop has prepared, in order; none: it uses those that ship."""
    rows = Snippet.objects.filter(shop_id=shop_id).order_by("position")
    return [SnippetText(row.label, row.text) for row in rows]
