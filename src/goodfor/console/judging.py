"""Risk control before what the staff do with codes: looking at them, and taking them or long lists away.

They are judged like everybody else. `judge` writes down first that somebody sets out to look, so that of many at once
each sees the others; what is stopped was not shown. Nobody but another person lets through what is held.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.db import DatabaseError
from django.http import HttpRequest

from goodfor.console.access import proved_within
from goodfor.console.client import address_of, agent_of
from goodfor.console.devices import device_id
from goodfor.console.errors import ColleagueNeeded
from goodfor.console.operations.note_look import begin_look, end_look
from goodfor.console.stepup import prove_again
from goodfor.console.types import Visitor
from goodfor.console.wish_queries import looked
from goodfor.identity.types import within_hours
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.risk import review_queries, rule_states
from goodfor.risk.errors import Refused
from goodfor.risk.operations import assess, note
from goodfor.risk.operations.open_review import open_review
from goodfor.risk.types import Act, Decision, KeyKind, Outcome, Result, Scene, Value

CODE, PICTURE, EXPORT = "code", "picture", "export"
#: A proof that was given for this very act: longer ago it counts for pages that are dangerous anyway.
JUST: Final = timedelta(minutes=2)
#: What a colleague let through goes through for so long.
SAID_FOR: Final = timedelta(minutes=15)
#: What was shown may be shown again for so long: a decision stands as long.
SHOWN_FOR: Final = timedelta(minutes=15)
_SHOWN: Final = "console_shown"
_MOST_SHOWN: Final = 50
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Looking:
    """What somebody is about to look at, or to take away (`taken`: which export or wish, `rows` of it).

    `unsold`: how many of the codes nobody has bought; `worth`: what they cost; `approved`: another person said yes, or
    there is none and the wait is over.
    """

    kind: str
    codes: int
    unsold: int = 0
    code_id: UUID | None = None
    batch_id: UUID | None = None
    taken: UUID | None = None
    rows: int | None = None
    approved: bool | None = None
    worth: Money | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """Nothing speaks against it: show it, then say so (`noted`)."""

    act: Act
    decision: Decision
    look_id: UUID


def judge(request: HttpRequest, visitor: Visitor, what: Looking) -> Judged:
    """Ask, outside of any transaction.

    Raises StepUpNeeded (a proof of a moment ago is wanted), ColleagueNeeded (somebody else looks first), Refused.
    """
    now, shop_id = utc_now(), visitor.shop.id
    scene, subject = _about(visitor, what)
    if review_queries.waits(shop_id, scene, subject):
        raise ColleagueNeeded
    look_id = begin_look(
        shop_id=shop_id, staff_id=visitor.staff.id, kind=what.kind, codes=what.codes, unsold=what.unsold, now=now,
        code_id=what.code_id, batch_id=what.batch_id, taken=what.taken,
    )  # fmt: skip
    act = Act(
        shop_id=shop_id,
        scene=scene,
        at=now,
        buyer=visitor.actor,
        device=device_id(request),
        ip=address_of(request),
        agent=agent_of(request),
        batch=str(what.batch_id or ""),
        subject=subject,
        amount_minor=what.worth.amount_minor if what.worth else 0,
        currency=what.worth.currency if what.worth else "",
        facts=_facts(visitor, what, now),
    )
    decision = assess(act)
    _heed(request, act, decision)
    return Judged(act, decision, look_id)


def noted(judged: Judged) -> None:
    """It was shown. What was shown stands, whether or not its result could be noted."""
    end_look(shop_id=judged.act.shop_id, look_id=judged.look_id, decision_id=judged.decision.id)
    try:
        note(judged.act, Result.GOOD, judged.decision.id)
    except DatabaseError as error:
        log.error("risk_result_lost", scene=str(judged.act.scene), error=type(error).__name__)


def who_is(request: HttpRequest, visitor: Visitor) -> dict[KeyKind, str]:
    """By what it is kept who met bait."""
    return {
        KeyKind.BUYER: visitor.actor, KeyKind.DEVICE: device_id(request), KeyKind.ADDRESS: address_of(request),
    }  # fmt: skip


def shown_before(request: HttpRequest, thing: UUID) -> bool:
    """Whether this session has just been shown it: turning a page over is not another look."""
    at = (request.session.get(_SHOWN) or {}).get(str(thing), 0)
    return isinstance(at, int | float) and 0 <= utc_now().timestamp() - at < SHOWN_FOR.total_seconds()


def remember_shown(request: HttpRequest, thing: UUID) -> None:
    """It was shown in this session."""
    shown = {**(request.session.get(_SHOWN) or {}), str(thing): utc_now().timestamp()}
    newest = sorted(shown.items(), key=lambda pair: pair[1])[-_MOST_SHOWN:]
    request.session[_SHOWN] = dict(newest)


def _about(visitor: Visitor, what: Looking) -> tuple[Scene, tuple[str, UUID]]:
    """Of a look it is the person who is let through, of an export the export."""
    if what.kind == EXPORT and what.taken is not None:
        return Scene.EXPORT, ("export", what.taken)
    return Scene.STAFF_VIEW, ("staff", visitor.staff.id)


def _facts(visitor: Visitor, what: Looking, now: datetime) -> dict[str, Value]:
    seen = looked(visitor, now)
    hours = str(visitor.shop.settings.get("staff_hours") or "")
    facts: dict[str, Value] = {
        "sale_hour": now.astimezone(ZoneInfo(visitor.shop.timezone)).hour,
        "staff_working_hours": within_hours(hours, visitor.shop.timezone, now),
        "codes_viewed_hour": seen.codes,
        "unsold_viewed_hour": seen.unsold,
        "exports_day": seen.exports,
        "viewed_then_redeemed": seen.redeemed,
    }
    if what.kind == EXPORT:
        facts |= {"export_rows": what.rows, "export_approved": what.approved}
    return facts


def _heed(request: HttpRequest, act: Act, decision: Decision) -> None:
    outcome, subject = decision.outcome, act.subject
    if outcome is Outcome.ALLOW:
        return
    if outcome is Outcome.CHALLENGE:
        if not proved_within(request, act.at, JUST):
            raise prove_again(request)
        return
    if outcome is Outcome.DENY or subject is None:
        raise Refused
    said = review_queries.last_said(act.shop_id, act.scene, subject, act.at - SAID_FOR, by_people=True)
    if said == rule_states.RELEASE:
        return
    if said == rule_states.DENY:
        raise Refused
    open_review(
        shop_id=act.shop_id, decision_id=decision.id, scene=act.scene, now=act.at, subject=subject,
        amount_minor=act.amount_minor, currency=act.currency,
    )  # fmt: skip
    raise ColleagueNeeded
