"""One decision: why it was made, what became of it, and what somebody of the staff makes of it."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import hold_words
from goodfor.console import risk_links as links
from goodfor.console import risk_words as words
from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.console.views.risk import why
from goodfor.console.views.risk.lines import latency_words, reasons_of, score_words
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.risk import queries, review_queries, rule_queries, watch_queries
from goodfor.risk.operations.label import label as write_label
from goodfor.risk.read_types import DecisionView
from goodfor.risk.rule_states import MANUAL
from goodfor.risk.types import Result
from goodfor.risk.wording_rules import REVIEW_OUTCOMES, REVIEW_STATES

PAGE: Final = "desk:risk-decisions"


@console_page(Permission.RISK_VIEW)
def decision(request: HttpRequest, visitor: Visitor, decision_id: UUID) -> HttpResponse:
    """Rules, lists, score, features, what was missing, what became of it, and whose it was."""
    shop_id = visitor.shop.id
    found = queries.decision(shop_id, decision_id)
    line = found.line
    outcome, tone = words.OUTCOMES[line.outcome]
    live, shadow = why.hits_of(visitor, found)
    context: dict[str, Any] = {
        "title": _("%(scene)s：%(outcome)s") % {"scene": words.SCENES[line.scene], "outcome": outcome},
        "found": found,
        "line": line,
        "outcome": outcome,
        "tone": tone,
        "scene": words.SCENES[line.scene],
        "amount": Money(line.amount_minor, visitor.shop.currency) if line.amount_minor else None,
        "score": score_words(line.score),
        "latency": latency_words(found.latency),
        "subject": links.subject_names(visitor, [line.subject]).get(line.subject) if line.subject else None,
        "reasons": reasons_of(line.outcome, line.reasons, watch_queries.rule_names(shop_id)),
        "hits": live,
        "shadow": shadow,
        "lists": why.lists_of(rule_queries.entries_of_keys(shop_id, found.keys.values(), utc_now())),
        "strongest": why.strongest(found),
        "model_href": links.page_of("desk:risk-model", found.model_id) if found.model_id else "",
        "challengers": sorted(found.challengers.values(), reverse=True),
        "groups": why.groups_of(found.features),
        "missing": why.missing_of(visitor, found),
        "keys": list(links.key_names(visitor, found.keys.items()).values()),
        "adding": _adding(visitor, found),
        "may_label": visitor.may(Permission.RISK_REVIEW),
        **_later(visitor, found),
    }
    return show(request, visitor, "risk/decision", context, page=PAGE, crumbs=[(_("实时决策"), reverse(PAGE))])


def _later(visitor: Visitor, found: DecisionView) -> dict[str, Any]:
    """What became of it: the act's result, labels, a review, a hold."""
    shop_id, line = visitor.shop.id, found.line
    review = review_queries.review_of_decision(shop_id, line.id)
    who = {one.actor: one.username for one in identity.staff_of_shop(shop_id)}
    held = orders.hold_of_order(shop_id, line.subject[1]) if line.subject and line.subject[0] == "order" else None
    return {
        "result": words.RESULTS[found.result] if found.result in (Result.GOOD, Result.BAD) else None,
        "labels": [
            (one, words.SOURCES[one.source], who.get(one.by, _("系统") if one.by == "system" else ""))
            for one in review_queries.labels_of(shop_id, decision_id=line.id, subject=line.subject)
        ],
        "review": (
            review, REVIEW_STATES[review.state], REVIEW_OUTCOMES.get(review.outcome, ""),
            links.page_of("desk:risk-review", review.id),
        ) if review else None,
        "hold": hold_words.move(held.state) if held else None,
    }  # fmt: skip


def _adding(visitor: Visitor, found: DecisionView) -> list[tuple[str, str]]:
    """Where a key of this act is put on a list."""
    if not visitor.may(Permission.RISK_SET):
        return []
    pages = ((words.type_words(kind), links.page_of("desk:risk-list-add", kind=kind, key=key))
             for kind, key in found.keys.items())  # fmt: skip
    return [(text, href) for text, href in pages if href]


@console_page(Permission.RISK_REVIEW, methods=("POST",))
def label(request: HttpRequest, visitor: Visitor, decision_id: UUID) -> HttpResponse:
    """Write down that it was good, or bad: models learn from it, figures of rules count it."""
    now, found = utc_now(), queries.decision(visitor.shop.id, decision_id)
    if request.POST.get("bad") not in ("0", "1"):
        raise InvalidInput(_("请选择是欺诈还是正常"))
    write_label(
        shop_id=visitor.shop.id, bad=request.POST["bad"] == "1", source=MANUAL, known_at=now, by=visitor.actor, now=now,
        decision_id=found.line.id,
    )  # fmt: skip
    return done(request, _("标记已保存"), reverse("desk:risk-decision", args=[decision_id]))
