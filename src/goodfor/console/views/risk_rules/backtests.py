"""A rule tried on what was decided: how far it is, what it found, and saving it from there."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import risk_rule_words as words
from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.console.views.risk_rules import parts
from goodfor.console.views.risk_rules.rule import MAX_REASON, whole
from goodfor.console.views.risk_rules.rules import PAGE
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.risk import backtest_queries, rule_queries
from goodfor.risk import rule_states as states
from goodfor.risk.operations.save_tried import save_tried
from goodfor.risk.rule_types import BacktestView
from goodfor.risk.wording_rules import BACKTESTS, shown

LIST: Final = "desk:risk-backtests"


@console_page(Permission.RISK_VIEW)
def backtests(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The latest of the shop."""
    found, people = backtest_queries.backtests(visitor.shop.id, limit=50), words.People(visitor.shop.id)
    rows = [
        (one, shown(one.says.name), BACKTESTS[one.state], words.BACKTEST_TONES[one.state], people.name(one.made_by))
        for one in found
    ]
    running = any(one.ended_at is None for one in found)
    crumbs = [(_("风控规则"), reverse(PAGE))]
    context = {"title": _("回测记录"), "rows": rows, "running": running, "may_set": visitor.may(Permission.RISK_SET)}
    return show(request, visitor, "risk_rules/backtests", context, page=PAGE, crumbs=crumbs)


@console_page(Permission.RISK_VIEW)
def backtest(request: HttpRequest, visitor: Visitor, backtest_id: UUID) -> HttpResponse:
    """One, as far as it is; it watches itself."""
    return _backtest(request, visitor, backtest_id)


def _backtest(
    request: HttpRequest, visitor: Visitor, backtest_id: UUID, error: DomainError | None = None
) -> HttpResponse:
    shop_id = visitor.shop.id
    tried = backtest_queries.backtest(shop_id, backtest_id)
    rule = rule_queries.rule(shop_id, tried.rule_id) if tried.rule_id else None
    context: dict[str, Any] = {
        "title": _("回测：%(name)s") % {"name": shown(tried.says.name)},
        "state": BACKTESTS[tried.state],
        "tone": words.BACKTEST_TONES[tried.state],
        "running": tried.ended_at is None,
        "rule": rule,
        "settings": parts.settings_of(tried.says),
        "by": words.People(shop_id).name(tried.made_by),
        "changed": parts.changed((rule.version or rule.latest).says, tried.says) if rule else None,
        "outdated": rule is not None and rule.latest.number != tried.latest,
        "moves": _moves(tried, rule.state if rule else "") if visitor.may(Permission.RISK_SET) else [],
        "edit": _edit_page(tried) if visitor.may(Permission.RISK_SET) else "",
        "error": words.wrong(error) if error else "",
        "typed": request.POST.dict() if error else {},
        **parts.figures_of(visitor, tried),
    }
    crumbs = [(_("风控规则"), reverse(PAGE)), (_("回测记录"), reverse(LIST))]
    status = error.http_status if error else 200
    return show(request, visitor, "risk_rules/backtest", context, page=PAGE, crumbs=crumbs, status=status)


def _edit_page(tried: BacktestView) -> str:
    where = reverse("desk:risk-rule-edit", args=[tried.rule_id]) if tried.rule_id else reverse("desk:risk-rule-new")
    return f"{where}?from={tried.id}"


def _moves(tried: BacktestView, state: str) -> list[dict[str, Any]]:
    """How it can be saved: as a draft always, else where its rule may go from where it is."""
    if tried.state != states.BACKTEST_DONE:
        return []
    # A rule that there is none of yet begins as a draft, and goes on from there in the same step.
    begins = state or states.DRAFT
    allowed = states.RULE.transitions[begins] | ({begins} if begins in states.RUNNING else set())
    found = [{"to": states.DRAFT, "label": _("存为草稿"), "two": False, "percent": False}]
    labels = {
        states.SHADOW: _("保存并影子运行"), states.PERCENT: _("保存并申请部分生效"),
        states.LIVE: _("保存并申请全部生效"),
    }  # fmt: skip
    found += [
        {"to": to, "label": label, "two": to in states.COUNTS or state in states.COUNTS, "percent": to == "percent"}
        for to, label in labels.items()
        if to in allowed
    ]
    return found


@console_page(Permission.RISK_SET, methods=("POST",))
def save(request: HttpRequest, visitor: Visitor, backtest_id: UUID) -> HttpResponse:
    """`to`: draft, or the state that is asked for."""
    sent = request.POST
    try:
        saved = save_tried(
            shop_id=visitor.shop.id, backtest_id=backtest_id, to=sent.get("to", ""),
            percent=whole(sent.get("percent", "")), reason=sent.get("reason", "").replace("\x00", "")[:MAX_REASON],
            actor=visitor.actor, now=utc_now(),
        )  # fmt: skip
    except DomainError as error:
        return _backtest(request, visitor, backtest_id, error)
    if saved.change is not None and not saved.change.done and saved.change.proposal_id is not None:
        where = reverse("desk:risk-change", args=[saved.change.proposal_id])
        return done(request, _("已保存并提交，等另一位同事批准"), where)
    said = _("草稿已保存，还没有生效") if saved.change is None else _("已保存，规则的状态已改变")
    return done(request, said, reverse("desk:risk-rule", args=[saved.rule_id]))
