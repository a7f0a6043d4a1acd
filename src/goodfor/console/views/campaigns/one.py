"""One campaign: what it says and gave, what waits for a second person, and what can be done with it."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from goodfor.catalog import queries as catalog
from goodfor.console import promo_words as words
from goodfor.console.columns import Text
from goodfor.console.frame import console_page, done, show
from goodfor.console.promo_forms import tiers_above
from goodfor.console.promo_says import says
from goodfor.console.risk_rule_words import People
from goodfor.console.types import Visitor
from goodfor.console.views.campaigns.coupons import coupons_in
from goodfor.console.views.campaigns.listed import PAGE, figures_in
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.promotions import queries as promotions
from goodfor.promotions import states
from goodfor.promotions.operations import steer_campaign as steer
from goodfor.promotions.operations.submit_campaign import approve_campaign, refuse_campaign, submit_campaign
from goodfor.promotions.types import CampaignView, Change, Figures, RevisionView

DONE: Final[Mapping[str, Text]] = {
    "approve": lazy("已批准"), "refuse": lazy("没有批准，退回给提交的人"), "withdraw": lazy("已撤回"),
    "pause": lazy("已暂停，新订单不再享受"), "resume": lazy("已恢复"), "end": lazy("已结束"), "archive": lazy("已归档"),
}  # fmt: skip
_STEER: Final[Mapping[str, Callable[..., Change]]] = {
    "pause": steer.pause_campaign, "resume": steer.resume_campaign, "end": steer.end_campaign,
    "archive": steer.archive_campaign, "withdraw": refuse_campaign,
}  # fmt: skip
#: What can be done in each state: name, words, question.
_ACTS: Final[Mapping[str, tuple[tuple[str, Text, Text], ...]]] = {
    states.DRAFT: (("archive", lazy("归档"), lazy("归档后不能再用。归档？")),),
    states.SCHEDULED: (
        ("pause", lazy("暂停活动"), lazy("到时间也不会开始。暂停？")),
        ("end", lazy("结束活动"), lazy("结束后不能再开。结束？")),
    ),
    states.RUNNING: (
        ("pause", lazy("暂停活动"), lazy("新订单马上不再享受，已下的单照常。暂停？")),
        ("end", lazy("结束活动"), lazy("结束后不能再开，已下的单照常。结束？")),
    ),
    states.PAUSED: (
        ("resume", lazy("恢复活动"), lazy("恢复后新订单马上享受。恢复？")),
        ("end", lazy("结束活动"), lazy("结束后不能再开。结束？")),
    ),
    states.ENDED: (("archive", lazy("归档"), lazy("归档后只在“已归档”里看得到。归档？")),),
}


@console_page(Permission.PROMOTIONS_VIEW)
def one(request: HttpRequest, visitor: Visitor, campaign_id: UUID) -> HttpResponse:
    """All of it."""
    return show_one(request, visitor, campaign_id)


@console_page(Permission.PROMOTIONS_SET, methods=("POST",))
def act(request: HttpRequest, visitor: Visitor, campaign_id: UUID) -> HttpResponse:
    """`act`: submit, approve, refuse, withdraw, pause, resume, end or archive."""
    what = request.POST.get("act", "")
    asked: dict[str, Any] = {
        "shop_id": visitor.shop.id, "campaign_id": campaign_id, "actor": visitor.actor, "now": utc_now(),
    }  # fmt: skip
    text = request.POST.get("number", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    try:
        if what == "submit":
            change = submit_campaign(number=number, **asked)
            words_now: Text = lazy("已批准，到时间自动开始") if change.done else lazy("已提交，等另一位同事批准")
        elif what == "approve":
            approve_campaign(number=number, **asked)
            words_now = DONE[what]
        elif what == "refuse":
            refuse_campaign(reason=request.POST.get("reason", "")[:60], **asked)
            words_now = DONE[what]
        elif what in _STEER:
            _STEER[what](**asked)
            words_now = DONE[what]
        else:
            raise InvalidInput(_("没有这个操作"))
    except DomainError as error:
        return show_one(request, visitor, campaign_id, error)
    return done(request, words_now, reverse("desk:campaign", args=[campaign_id]))


def show_one(
    request: HttpRequest, visitor: Visitor, campaign_id: UUID, error: DomainError | None = None
) -> HttpResponse:
    """Its page, with what was refused."""
    shop_id, currency = visitor.shop.id, visitor.shop.currency
    view = promotions.campaign(shop_id, campaign_id)
    revisions = promotions.revisions(shop_id, campaign_id)
    by_number = {revision.number: revision for revision in revisions}
    labels = {label.id: label for label in catalog.sku_labels(shop_id)}
    people, tiers = People(shop_id), dict(tiers_above(shop_id))
    shown = by_number[view.in_force or view.submitted or view.latest]
    waiting = by_number.get(view.submitted) if view.submitted else None
    may = visitor.may(Permission.PROMOTIONS_SET)
    figures = promotions.figures(shop_id, [campaign_id]).get(campaign_id)
    context: dict[str, Any] = {
        "title": view.name,
        "view": view,
        "state": words.STATES[view.state],
        "paused": words.PAUSES.get(view.paused_why, ""),
        "play": words.play(view.play),
        "says": says(shown.spec, labels, currency, tiers),
        "number": shown.number,
        "waiting": _waiting(visitor, view, waiting, shown, people) if waiting is not None else None,
        "changed": says(waiting.spec, labels, currency, tiers) if waiting is not None and waiting != shown else [],
        "draft": view.submitted is None and view.latest != view.in_force and view.state not in _OVER,
        "figures": figures_in(figures, currency) | _more(figures, currency),
        "revisions": [
            (revision, people.name(revision.made_by), people.name(revision.approved_by) if revision.approved_by else "")
            for revision in revisions[:20]
        ],
        "acts": _ACTS.get(view.state, ()) if may else (),
        "may": may,
        "may_edit": may and view.submitted is None and view.state not in _OVER,
        "coupons": coupons_in(visitor, view) if view.play == "coupon" else None,
        "error": error,
    }
    crumbs = [(_("营销活动"), reverse(PAGE))]
    status = error.http_status if error is not None else 200
    return show(request, visitor, "campaigns/one", context, page=PAGE, crumbs=crumbs, status=status)


_OVER: Final = frozenset({states.ENDED, states.ARCHIVED})


def _waiting(
    visitor: Visitor, view: CampaignView, revision: RevisionView, shown: RevisionView, people: People
) -> dict[str, Any]:
    """What waits for a second person, and whether this person may be it."""
    own = visitor.actor in (revision.made_by, view.submitted_by)
    return {
        "number": revision.number,
        "by": people.name(view.submitted_by),
        "own": own,
        "new": revision == shown,
    }


def _more(figures: Figures | None, currency: str) -> dict[str, Any]:
    if figures is None:
        return {"wanted": None, "loss": None, "back": None, "uses_left": None, "loss_left": None, "reserved": 0}
    return {
        "wanted": Money(figures.wanted_minor, currency),
        "loss": Money(figures.loss_minor, currency),
        "back": Money(figures.back_minor, currency),
        "uses_left": figures.uses_left,
        "loss_left": None if figures.loss_left is None else Money(figures.loss_left, currency),
        "reserved": figures.reserved_orders,
    }
