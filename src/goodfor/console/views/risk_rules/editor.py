"""Writing a rule: its text with all that it can be made of, what it does; tried on what was decided, then saved."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import risk_rule_words as words
from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.console.views.risk_rules import rule_form
from goodfor.console.views.risk_rules.rules import PAGE
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.risk import backtest_queries, rule_queries
from goodfor.risk.errors import BacktestNotFound, BadExpression, RuleChanged
from goodfor.risk.operations.save_draft import save_draft
from goodfor.risk.operations.start_backtest import start_backtest
from goodfor.risk.rule_states import RETIRED
from goodfor.risk.rule_types import RuleView
from goodfor.risk.wording_rules import shown

SAVE: Final = "save"


@console_page(Permission.RISK_SET, methods=("GET", "POST"))
def new(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A rule that there is none of yet; `from`: a backtest whose text is gone on with."""
    return _page(request, visitor, None)


@console_page(Permission.RISK_SET, methods=("GET", "POST"))
def edit(request: HttpRequest, visitor: Visitor, rule_id: UUID) -> HttpResponse:
    """The next version of a rule. What is in force stays so."""
    found = rule_queries.rule(visitor.shop.id, rule_id)
    if found.state == RETIRED:
        raise RuleChanged
    return _page(request, visitor, found)


def _page(request: HttpRequest, visitor: Visitor, rule: RuleView | None) -> HttpResponse:
    if request.method != "POST":
        return _show(request, visitor, rule, _begun(request, visitor, rule))
    try:
        return _act(request, visitor, rule)
    except DomainError as error:
        return _show(request, visitor, rule, rule_form.as_sent(request.POST), error)


def _begun(request: HttpRequest, visitor: Visitor, rule: RuleView | None) -> dict[str, Any]:
    """What stands in the fields first."""
    try:
        tried = backtest_queries.backtest(visitor.shop.id, UUID(request.GET.get("from", "")))
    except (ValueError, BacktestNotFound):
        tried = None
    if tried is not None and tried.rule_id == (rule.id if rule else None):
        return {**rule_form.as_typed(tried.says, tried.code), "latest": rule.latest.number if rule else 0}
    if rule is None:
        return {**rule_form.as_typed(rule_form.NEW), "latest": 0}
    return {**rule_form.as_typed(rule.latest.says), "latest": rule.latest.number}


def _act(request: HttpRequest, visitor: Visitor, rule: RuleView | None) -> HttpResponse:
    """Try it, or save it as a draft that nobody feels."""
    sent, now = request.POST, utc_now()
    says = rule_form.typed_rule(sent)
    code, latest = sent.get("code", "").strip()[:60], sent.get("latest", "")
    seen = int(latest) if latest.isascii() and latest.isdigit() and len(latest) < 7 else 0
    told: dict[str, Any] = {
        "shop_id": visitor.shop.id, "says": says, "actor": visitor.actor, "now": now,
        "code": "" if rule else code, "rule_id": rule.id if rule else None,
    }  # fmt: skip
    if sent.get("do") == SAVE:
        saved = save_draft(latest=seen if rule else None, **told)
        return done(request, _("草稿已保存，还没有生效"), reverse("desk:risk-rule", args=[saved.id]))
    since, until = rule_form.span_of(sent, visitor, now)
    if rule is not None and seen != rule.latest.number:
        raise RuleChanged
    return redirect("desk:risk-backtest", start_backtest(since=since, until=until, latest=seen, **told))


def _show(
    request: HttpRequest, visitor: Visitor, rule: RuleView | None, typed: dict[str, Any],
    error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    field = str(error.data.get("field", "")) if error else ""
    bad = error if isinstance(error, BadExpression) else None
    known = bad is not None or field in words.FIELDS
    context: dict[str, Any] = {
        "title": _("修改：%(name)s") % {"name": shown(rule.latest.says.name)} if rule else _("写一条规则"),
        "rule": rule,
        "typed": typed,
        "wrong": {"text" if bad else field: words.wrong(error)} if error and known else {},
        "error": words.wrong(error) if error and not known else "",
        "caret": words.caret(str(typed.get("text", "")), bad) if bad else None,
        "place": (bad.data["line"], bad.data["column"]) if bad else None,
        **rule_form.choices(visitor),
    }
    crumbs = [(_("风控规则"), reverse(PAGE))]
    if rule is not None:
        crumbs.append((shown(rule.latest.says.name), reverse("desk:risk-rule", args=[rule.id])))
    status = error.http_status if error else 200
    return show(request, visitor, "risk_rules/editor", context, page=PAGE, crumbs=crumbs, status=status)
