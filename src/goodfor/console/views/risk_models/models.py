"""Models by kind of act: what scores, what is tried beside it, what there was; and asking for a new one."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import risk_model_words as words
from goodfor.console import risk_words
from goodfor.console.frame import console_page, done, show
from goodfor.console.risk_rule_words import People
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.risk import training_queries as trainings
from goodfor.risk.model import boosting, scoring, states
from goodfor.risk.model.groups import SCENES, WORDS
from goodfor.risk.model.readiness import MOST, Readiness, readiness
from goodfor.risk.model.registry import ModelView, models_of
from goodfor.risk.model.training import Plan
from goodfor.risk.model.wording import STATE_WORDS, TROUBLE_WORDS
from goodfor.risk.operations.start_training import DELAY_DAYS, TEST_DAYS, start_training
from goodfor.risk.operations.stop_training import stop_training
from goodfor.risk.operations.walk_trainings import MOST_ACTS
from goodfor.risk.training_queries import TrainingView

PAGE: Final = "desk:risk-models"
#: So many that are no more in use stand in a panel.
OLD: Final = 5


@console_page(Permission.RISK_VIEW)
def models(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A panel for each kind; one that is being made is watched."""
    return _models(request, visitor)


def _models(request: HttpRequest, visitor: Visitor, error: DomainError | None = None) -> HttpResponse:
    shop_id, now = visitor.shop.id, utc_now()
    people, every, asked = People(shop_id), models_of(shop_id, limit=200), trainings.newest_trainings(shop_id)
    groups = [
        _group(visitor, group, [one for one in every if one.group == group], asked.get(group), people, now)
        for group in SCENES
    ]
    context: dict[str, Any] = {
        "groups": groups,
        "running": any(one["open"] for one in groups),
        "library": boosting.library() is not None,
        "may_set": visitor.may(Permission.RISK_SET),
        "most": MOST_ACTS,
        "error": words.wrong(error) if error else "",
        "wrong": str(error.data.get("field", "")) if error else "",
        "typed": request.POST.dict() if error else {},
        "usual": {"delay_days": DELAY_DAYS, "test_days": TEST_DAYS},
        "kinds": list(WORDS.items()),
    }
    return show(request, visitor, "risk_models/models", context, page=PAGE, status=error.http_status if error else 200)


def _group(
    visitor: Visitor, group: str, found: list[ModelView], asked: TrainingView | None, people: People, now: datetime
) -> dict[str, Any]:
    by = {state: [one for one in found if one.state == state] for state in STATE_WORDS}
    champion = next(iter(by[states.CHAMPION]), None)
    held = scoring.serving(visitor.shop.id, group)
    # A champion that is there and does not score says why.
    trouble = str(TROUBLE_WORDS.get(held.trouble, "")) if champion else ""
    return {
        "key": group,
        "title": WORDS[group],
        "listed": f"{WORDS[group]} · {_('模型')}",
        "scenes": _("、").join(sorted(str(risk_words.SCENES[scene]) for scene in SCENES[group])),
        "champion": champion,
        "trouble": trouble,
        "rules_only": champion is None or bool(trouble),
        "rows": [
            _row(one, people) for state in (states.CHAMPION, states.SHADOW, states.CANDIDATE) for one in by[state]
        ],
        "old": [_row(one, people) for one in by[states.RETIRED][:OLD]],
        "old_many": len(by[states.RETIRED]),
        "training": _training(asked, people) if asked else None,
        "open": asked is not None and asked.state in states.OPEN,
        "needs": _needs(readiness(visitor.shop.id, group, plan_of(now))) if champion is None else None,
    }


def plan_of(now: datetime) -> Plan:
    """What a training would ask for now."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return Plan(midnight, timedelta(days=DELAY_DAYS), timedelta(days=TEST_DAYS))


def _needs(found: Readiness) -> dict[str, Any]:
    parts = [
        {
            "what": words.PARTS[part.name], "part": part, "there": f"{part.there:,}+" if part.there >= MOST else
            f"{part.there:,}",
        }
        for part in found.parts
    ]  # fmt: skip
    return {"parts": parts, "enough": found.enough}


def _row(one: ModelView, people: People) -> dict[str, Any]:
    return {
        "model": one, "state": STATE_WORDS[one.state], "tone": words.STATE_TONES[one.state],
        "by": people.name(one.made_by), "promoted": people.name(one.promoted_by) if one.promoted_by else "",
    }  # fmt: skip


def _training(asked: TrainingView, people: People) -> dict[str, Any]:
    label, tone = words.TRAINING_STATES[asked.state]
    return {
        "one": asked, "state": label, "tone": tone, "by": people.name(asked.made_by),
        "phase": words.PHASES.get(asked.phase, ""), "percent": round(asked.share * 100),
        "problem": words.PROBLEMS.get(asked.problem, ""),
        "counts": [(words.PARTS[name], many) for name, many in asked.counts.items() if name in words.PARTS],
    }  # fmt: skip


@console_page(Permission.RISK_SET, methods=("POST",))
def train(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Ask for a model of a kind: `group`, and how time is cut."""
    sent = request.POST
    try:
        start_training(
            shop_id=visitor.shop.id, group=sent.get("group", ""), actor=visitor.actor, now=utc_now(),
            delay_days=whole(sent.get("delay_days", ""), DELAY_DAYS),
            test_days=whole(sent.get("test_days", ""), TEST_DAYS),
        )  # fmt: skip
    except DomainError as error:
        return _models(request, visitor, error)
    return done(request, _("已排队训练，完成后是候选模型，还不评分"), reverse(PAGE))


def whole(text: str, otherwise: int) -> int:
    """What was typed; `otherwise` for nothing, 0 for no number."""
    text = text.strip()
    if not text:
        return otherwise
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


@console_page(Permission.RISK_SET, methods=("POST",))
def stop(request: HttpRequest, visitor: Visitor, training_id: UUID) -> HttpResponse:
    """A training is not wanted any more."""
    stop_training(shop_id=visitor.shop.id, training_id=training_id, actor=visitor.actor, now=utc_now())
    return done(request, _("已停止训练"), reverse(PAGE))
