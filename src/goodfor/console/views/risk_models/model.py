"""One model: how good it is and by what, whether the world is still as it was, how it does beside the champion."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from goodfor.console import risk_model_words as words
from goodfor.console.frame import console_page, done, show
from goodfor.console.risk_rule_words import People
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.risk_models import report as reports
from goodfor.console.views.risk_models.models import PAGE
from goodfor.identity.types import Permission
from goodfor.kernel import audit
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.kit import writing
from goodfor.risk import training_queries as trainings
from goodfor.risk.features import SET_VERSION
from goodfor.risk.model import states
from goodfor.risk.model.comparing import MOST, Side, compared
from goodfor.risk.model.groups import WORDS
from goodfor.risk.model.registry import ModelView, model_report
from goodfor.risk.model.wording import DRIFT_WORDS, STATE_WORDS
from goodfor.risk.operations.look_at_drift import look_at_drift
from goodfor.risk.operations.promote_model import promote_model
from goodfor.risk.operations.retire_model import retire_model
from goodfor.risk.operations.shadow_model import shadow_model
from goodfor.risk.rule_types import MATURE_AFTER

#: Live acts are compared so far back.
BACK: Final = timedelta(days=30)
MAX_WHY: Final = 60
_MOVED: Final = {
    "risk_model_registered": states.CANDIDATE, "risk_model_shadow": states.SHADOW,
    "risk_model_champion": states.CHAMPION, "risk_model_retired": states.RETIRED,
}  # fmt: skip


@console_page(Permission.RISK_VIEW)
def model(request: HttpRequest, visitor: Visitor, model_id: UUID) -> HttpResponse:
    """All of it."""
    return _model(request, visitor, model_id)


def _model(
    request: HttpRequest, visitor: Visitor, model_id: UUID, error: DomainError | None = None
) -> HttpResponse:  # fmt: skip
    shop_id, now = visitor.shop.id, utc_now()
    found, report = model_report(shop_id, model_id)
    people, drift = People(shop_id), trainings.newest_drift(shop_id, model_id)
    may_set = visitor.may(Permission.RISK_SET)
    context: dict[str, Any] = {
        "title": _("%(kind)s：模型 %(n)d") % {"kind": WORDS[found.group], "n": found.number},
        "model": found,
        "state": STATE_WORDS[found.state],
        "tone": words.STATE_TONES[found.state],
        "by": people.name(found.made_by),
        "old": found.set_version != SET_VERSION,
        **reports.report_of(visitor, found, report, drift),
        "drift": drift,
        "drift_word": (DRIFT_WORDS[drift.verdict], words.DRIFT_TONES[drift.verdict]) if drift else None,
        "may_look": may_set and found.state in states.SERVING,
        "compared": _compared(visitor, found, now),
        "moves": moves_of(visitor, found) if may_set else [],
        "own": may_set and found.state == states.SHADOW and found.made_by == visitor.actor[:80],
        "past": _past(shop_id, model_id, people),
        "error": words.wrong(error) if error else "",
    }
    status = error.http_status if error else 200
    crumbs = [(_("风控模型"), reverse(PAGE))]
    return show(request, visitor, "risk_models/model", context, page=PAGE, crumbs=crumbs, status=status)


def moves_of(visitor: Visitor, found: ModelView) -> list[dict[str, Any]]:
    """Where it may go; not into use by who made it, nor at all when its features mean something else by now."""
    labels = {
        states.SHADOW: (_("开始影子运行"), _("它和正在使用的模型一起评分，结果只记下来")),
        states.CHAMPION: (pgettext("risk", "启用"), _("从下一次判断起按它的评分，原来的模型退役")),
        states.RETIRED: (_("退役"), _("马上停止评分；正在使用的模型退役后只按规则判断")),
    }
    current = found.set_version == SET_VERSION
    return [
        {"to": to, "label": labels[to][0], "note": labels[to][1], "danger": to == states.RETIRED}
        for to in (states.SHADOW, states.CHAMPION, states.RETIRED)
        if to in states.MODEL.transitions[found.state]
        and (to == states.RETIRED or current)
        and not (to == states.CHAMPION and found.made_by == visitor.actor[:80])
    ]


def _compared(visitor: Visitor, found: ModelView, now: datetime) -> dict[str, Any] | None:
    """While it is tried: both on the acts that both saw."""
    if found.state != states.SHADOW:
        return None
    told = compared(
        visitor.shop.id, found.id, found.group, since=max(now - BACK, found.made_at), now=now, mature_after=MATURE_AFTER
    )
    rows = [(_("这个模型"), _side(visitor, told.challenger))]
    if told.champion is not None:
        rows.append((_("正在使用的模型"), _side(visitor, told.champion)))
    return {"told": told, "rows": rows, "most": MOST, "capped": told.acts >= MOST}


def _side(visitor: Visitor, side: Side) -> Mapping[str, Any]:
    known = side.caught + side.annoyed
    return {
        "auc": reports.figure(side.auc), "ap": reports.figure(side.average_precision), "side": side,
        "precision": "–" if not known else writing.percent(side.caught / known),
        "caught": Money(side.caught_minor, visitor.shop.currency),
    }  # fmt: skip


def _past(shop_id: UUID, model_id: UUID, people: People) -> list[dict[str, Any]]:
    """Where it stood and who brought it there, newest first."""
    found = [
        {
            "at": line.at, "who": people.name(line.actor), "label": STATE_WORDS[_MOVED[line.action]],
            "tone": words.STATE_TONES[_MOVED[line.action]],
        }
        for line in audit.lines_of(shop_id=shop_id, subject=("risk_model", model_id))
        if line.action in _MOVED
    ]  # fmt: skip
    return found[::-1]


@console_page(Permission.RISK_SET, methods=("POST",))
def move(request: HttpRequest, visitor: Visitor, model_id: UUID) -> HttpResponse:
    """`to`: shadow, champion (by another person than who made it) or retired."""
    found, _report = model_report(visitor.shop.id, model_id)
    require_fresh_proof(request)
    told: dict[str, Any] = {
        "shop_id": visitor.shop.id, "model_id": found.id, "actor": visitor.actor, "now": utc_now(),
    }  # fmt: skip
    to = request.POST.get("to", "")
    try:
        if to == states.SHADOW:
            shadow_model(**told)
            said = _("开始影子运行，几秒后起评分")
        elif to == states.CHAMPION:
            promote_model(**told)
            said = _("已启用，几秒后起按它的评分判断")
        elif to == states.RETIRED:
            retire_model(**told, why=request.POST.get("why", "").replace("\x00", "").strip()[:MAX_WHY])
            said = _("已退役")
        else:
            raise InvalidInput(_("没有这个操作"))
    except DomainError as error:
        return _model(request, visitor, model_id, error)
    return done(request, said, reverse("desk:risk-model", args=[found.id]))


@console_page(Permission.RISK_SET, methods=("POST",))
def look(request: HttpRequest, visitor: Visitor, model_id: UUID) -> HttpResponse:
    """Look at its drift now."""
    found, _report = model_report(visitor.shop.id, model_id)
    try:
        look_at_drift(shop_id=visitor.shop.id, model_id=found.id, actor=visitor.actor, now=utc_now())
    except DomainError as error:
        return _model(request, visitor, model_id, error)
    return done(request, _("已检查最近 7 天的判断"), f"{reverse('desk:risk-model', args=[found.id])}#drift")
