"""The queue of reviews: what waits for a person, most urgent first; what is done; how long people have."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from goodfor.console import risk_links as links
from goodfor.console import risk_rule_words as words
from goodfor.console import risk_words
from goodfor.console.frame import console_page, done, show
from goodfor.console.listing.asked import address
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.risk.lines import reasons_of
from goodfor.console.views.risk_rules.rule import whole
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.kit import writing
from goodfor.risk import queries, review_queries, watch_queries
from goodfor.risk import rule_states as states
from goodfor.risk.operations.decide_review import set_review_policy
from goodfor.risk.rule_types import ReviewView
from goodfor.risk.types import Scene
from goodfor.risk.wording_rules import REVIEW_OUTCOMES, REVIEW_STATES

PAGE: Final = "desk:risk-reviews"
SIZE: Final = 50


@console_page(Permission.RISK_VIEW)
def reviews(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What waits (`scene` narrows it), or with `tab=done` what is done."""
    shop_id, now, params = visitor.shop.id, utc_now(), request.GET.dict()
    over = params.get("tab") == "done"
    scene = _scene(params.get("scene", ""))
    if over:
        found = review_queries.reviews_done(shop_id, before=_uuid(params.get("before", "")), limit=SIZE + 1)
    else:
        found = review_queries.review_queue(shop_id, scenes=[scene] if scene else None, limit=SIZE + 1)
    shown = found[:SIZE]
    counts = review_queries.review_counts(shop_id, now)
    context: dict[str, Any] = {
        "rows": rows_of(visitor, shown, now),
        "more": len(found) > SIZE,
        "next": address(params, before=str(shown[-1].id)) if over and len(found) > SIZE else "",
        "counts": counts,
        "tabs": [
            {"key": "open", "label": _("待审核"), "href": "?", "count": counts["open"] + counts["taken"],
             "tone": "amber"},
            {"key": "done", "label": _("已审核"), "href": "?tab=done"},
        ],
        "tab": "done" if over else "open",
        "over": over,
        "scenes": list(risk_words.SCENES.items()),
        "scene": str(scene or ""),
        "may_review": visitor.may(Permission.RISK_REVIEW),
        "may_set": visitor.may(Permission.RISK_SET),
    }  # fmt: skip
    return show(request, visitor, "risk_rules/reviews", context, page=PAGE)


def rows_of(visitor: Visitor, found: Sequence[ReviewView], now: datetime) -> list[dict[str, Any]]:
    """Reviews in words, in the same order."""
    shop_id, people = visitor.shop.id, words.People(visitor.shop.id)
    rules = watch_queries.rule_names(shop_id) if found else {}
    subjects = links.subject_names(visitor, [one.subject for one in found])
    lines = {line.id: line for line in queries.decision_lines(shop_id, [one.decision_id for one in found])}
    rows = []
    for one in found:
        line = lines.get(one.decision_id)
        rows.append(
            {
                "review": one, "scene": risk_words.SCENES[one.scene], "due": due_html(one, now),
                "amount": Money(one.amount_minor, one.currency) if one.amount_minor and one.currency else None,
                "subject": subjects.get(one.subject) if one.subject else None,
                "reasons": reasons_of(line.outcome, line.reasons, rules)[:2] if line else (),
                "sampled": bool(line and line.sampled), "held": holder(one, people, now),
                "state": REVIEW_STATES[one.state], "tone": words.REVIEW_TONES[one.state],
                "outcome": REVIEW_OUTCOMES.get(one.outcome, ""), "outcome_tone": words.OUTCOME_TONES.get(one.outcome),
                "by": people.name(one.done_by) if one.done_by else "",
            }
        )  # fmt: skip
    return rows


def holder(one: ReviewView, people: words.People, now: datetime) -> str:
    """Who has it in hand now; empty for nobody."""
    if one.state != states.TAKEN or one.lease_until is None or one.lease_until <= now:
        return ""
    return people.name(one.taken_by)


def due_html(one: ReviewView, now: datetime) -> SafeString:
    """The clock, counting down; red once it is past; the time of the end where it is done."""
    if one.done_at is not None:
        return format_html("{}", writing.exact(one.done_at))
    if one.due_at <= now:
        span = writing.seconds((now - one.due_at).total_seconds())
        return format_html(
            '<span class="badge badge-red badge-dot" title="{}">{}</span>', writing.full_time(one.due_at),
            _("超时 %(span)s") % {"span": span},
        )  # fmt: skip
    return format_html(
        '<span class="countdown"><time datetime="{}" title="{}"><b data-until="{}">{}</b></time></span>',
        one.due_at.isoformat(), writing.full_time(one.due_at), one.due_at.isoformat(), writing.clock_time(one.due_at),
    )  # fmt: skip


def _scene(text: str) -> Scene | None:
    try:
        return Scene(text)
    except ValueError:
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


# -- how long people have ---------------------------------------------------------------------------


@console_page(Permission.RISK_SET, methods=("GET", "POST"))
def policies(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """By scene: minutes, and what happens when nobody decided. For reviews from now on."""
    if request.method != "POST":
        return _policies(request, visitor)
    sent = request.POST
    try:
        scene = _scene(sent.get("scene", ""))
        if scene is None:
            raise InvalidInput(_("没有这个场景"))
        require_fresh_proof(request)
        set_review_policy(
            shop_id=visitor.shop.id, scene=scene, minutes=whole(sent.get("minutes", "")),
            overdue=sent.get("overdue", ""), actor=visitor.actor, now=utc_now(),
        )  # fmt: skip
    except DomainError as error:
        return _policies(request, visitor, error)
    return done(request, _("审核时限已保存，从下一件起生效"), reverse("desk:risk-review-policies"))


def _policies(request: HttpRequest, visitor: Visitor, error: DomainError | None = None) -> HttpResponse:
    context = {
        "title": _("审核时限"),
        "rows": [(one, risk_words.SCENES[one.scene]) for one in review_queries.policies(visitor.shop.id)],
        "outcomes": list(REVIEW_OUTCOMES.items()),
        "error": words.wrong(error) if error else "",
    }
    crumbs = [(_("人工审核"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "risk_rules/review_policies", context, page=PAGE, crumbs=crumbs, status=status)
