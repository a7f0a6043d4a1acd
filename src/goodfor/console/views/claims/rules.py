"""The decision table: its rows in words, changing them in a draft, a trial on past decisions, saving, going back."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.errors import CaseMoved, InvalidRules
from goodfor.aftersales.operations.set_policy import set_policy
from goodfor.aftersales.types import Rule
from goodfor.console import claim_words as words
from goodfor.console import rule_words
from goodfor.console.access import is_fresh
from goodfor.console.frame import StepUpNeeded, console_page, done, show
from goodfor.console.types import Visitor
from goodfor.console.views.claims import drafts, rule_form
from goodfor.console.views.claims.drafts import Draft
from goodfor.console.views.claims.items import People
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError

PAGE: Final = "desk:claim-rules"
TRIAL: Final = "desk:claim-rules-trial"
#: Past decisions that a trial makes anew.
DAYS: Final = 30


@console_page(Permission.ORDERS_VIEW)
def rules(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The table in force, or one's own draft of the next, and the versions that there were."""
    return _rules(request, visitor)


def _rules(request: HttpRequest, visitor: Visitor, error: DomainError | None = None) -> HttpResponse:
    may_set = visitor.may(Permission.PROMISES_SET)
    policy = aftersales.policy(visitor.shop.id)
    draft = drafts.draft_of(request, visitor) if may_set else None
    shown = draft.rules if draft else policy.rules
    who = People(visitor)
    context = {
        "rows": _rows(visitor, shown, policy.rules),
        "policy": policy,
        "draft": draft,
        "outdated": draft is not None and draft.base != policy.version,
        "history": [(one, who.name(one.made_by)) for one in aftersales.policies(visitor.shop.id)],
        "may_set": may_set,
        "error": error,
    }
    return show(request, visitor, "claims/rules", context, page=PAGE, status=error.http_status if error else 200)


def _rows(visitor: Visitor, shown: tuple[Rule, ...], before: tuple[Rule, ...]) -> list[dict[str, Any]]:
    """Rows in words; `changed`: no such row is in force."""
    return [
        {
            "number": number,
            "rule": rule,
            "when": rule_words.when_lines(rule, visitor.shop.currency),
            "then": words.action(rule.then),
            "why": aftersales.why_plain(rule.why),
            "changed": rule not in before,
            "last": number == len(shown),
            "before_last": number == len(shown) - 1,
        }
        for number, rule in enumerate(shown, 1)
    ]


@console_page(Permission.PROMISES_SET, methods=("POST",))
def change(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Change the draft: `do` is up, down or remove with a row, restore with a version, or drop. Saves nothing."""
    do, _colon, about = request.POST.get("do", "").partition(":")
    if do == "drop":
        drafts.drop(request)
        return done(request, _("草稿已丢掉"), reverse(PAGE))
    number = int(about) if about.isascii() and about.isdigit() and len(about) < 6 else 0
    draft = drafts.begin(request, visitor)
    base = aftersales.policy(visitor.shop.id).version if do == "restore" else draft.base
    made = {
        "up": lambda: drafts.moved(draft.rules, number, -1),
        "down": lambda: drafts.moved(draft.rules, number, 1),
        "remove": lambda: drafts.without(draft.rules, number),
        "restore": lambda: list(aftersales.policy_version(visitor.shop.id, number).rules),
    }.get(do)
    if made is None:
        return redirect(PAGE)
    drafts.keep(request, visitor, base, made())
    return redirect(reverse(PAGE) + (f"#row-{number}" if do in ("up", "down") else ""))


# -- one row ----------------------------------------------------------------------------------------


@console_page(Permission.PROMISES_SET, methods=("GET", "POST"))
def row(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """One row of the draft: `row` is its place, or `after` that of the row behind which a new one will stand."""
    draft = drafts.begin(request, visitor)
    place, new = _place(request, draft)
    rule = Rule(rule_form.new_name(draft.rules), {}, "person", "check_person") if new else draft.rules[place - 1]
    if request.method != "POST":
        return _row(request, visitor, draft, place, new, rule)
    do, _colon, about = request.POST.get("do", "").partition(":")
    currency = visitor.shop.currency
    if do in ("add", "drop"):
        when = rule_form.typed_when(request.POST, currency, strict=False)
        asked = request.POST.get("add_fact", "")
        if do == "add" and asked in words.FACTS:
            when.setdefault(asked, rule_form.empty_condition(asked))
        when.pop(about if do == "drop" else "", None)
        typed = Rule(
            rule.name, when, request.POST.get("then", ""), request.POST.get("why", ""), "proven" in request.POST
        )
        return _row(request, visitor, draft, place, new, typed)
    try:
        typed = rule_form.typed_rule(request.POST, rule, currency)
        found = list(draft.rules)
        found[place if new else place - 1 : place] = [typed]
        drafts.keep(request, visitor, draft.base, found)
    except DomainError as error:
        when = rule_form.typed_when(request.POST, currency, strict=False)
        typed = Rule(
            rule.name, when, request.POST.get("then", ""), request.POST.get("why", ""), "proven" in request.POST
        )
        return _row(request, visitor, draft, place, new, typed, _worded(error))
    return redirect(f"{reverse(PAGE)}#row-{place + 1 if new else place}")


def _place(request: HttpRequest, draft: Draft) -> tuple[int, bool]:
    """(place, whether a new row goes behind it); what is no place is the first."""
    new = "after" in request.GET
    text = request.GET.get("after" if new else "row", "")
    place = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    # Nothing goes behind the last row, which is for everything.
    return (min(place, len(draft.rules) - 1), True) if new else (min(max(place, 1), len(draft.rules)), False)


def _worded(error: DomainError) -> DomainError:
    """What is wrong with a row, in words."""
    if not isinstance(error, InvalidRules):
        return error
    wrong = {
        "when": _("这一行没有条件，它后面的行都用不到了；只有最后一行可以没有条件"),
        "proven": _("只有退款、换新或作废后退款才能算作证实"),
        "then": _("请选择怎么处理"),
        "why": _("请选择给买家的理由"),
    }
    return InvalidRules(wrong.get(str(error.data.get("field", "")), ""), **error.data)


def _row(
    request: HttpRequest, visitor: Visitor, draft: Draft, place: int, new: bool, rule: Rule,
    error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    last = not new and place == len(draft.rules)
    context = {
        "title": _("新的一行") if new else _("第 %(n)s 行") % {"n": place},
        "rule": rule,
        "last": last,
        "conditions": rule_form.condition_fields(rule.when, visitor.shop.currency),
        "others": rule_form.other_facts(rule.when),
        "actions": list(words.ACTIONS.items()),
        "reasons": aftersales.why_choices(),
        "currency": visitor.shop.currency,
        "error": error,
    }
    crumbs = [(_("售后决策表"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "claims/rule", context, page=PAGE, crumbs=crumbs, status=status)


# -- trial and saving -------------------------------------------------------------------------------


@console_page(Permission.PROMISES_SET)
def trial(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What the draft would have made of the decisions of the last days, before it is saved."""
    return _trial(request, visitor)


def _trial(request: HttpRequest, visitor: Visitor, error: DomainError | None = None) -> HttpResponse:
    draft = drafts.draft_of(request, visitor)
    if draft is None:
        return redirect(PAGE)
    now = utc_now()
    found = aftersales.trial(visitor.shop.id, draft.rules, DAYS, now)
    policy = aftersales.policy(visitor.shop.id)
    context = {
        "title": _("试算决策表"),
        "trial": found,
        "days": DAYS,
        "counts": [
            (label, found.was.get(key, 0), found.now.get(key, 0))
            for key, label in words.ACTIONS.items()
            if found.was.get(key) or found.now.get(key)
        ],
        "examples": [(one, words.action(one.was), words.action(one.now)) for one in found.examples],
        "rows": [row for row in _rows(visitor, draft.rules, policy.rules) if row["changed"]],
        "gone": [row for row in _rows(visitor, policy.rules, draft.rules) if row["changed"]],
        "base": draft.base,
        "outdated": draft.base != policy.version,
        "fresh": is_fresh(request, now),
        "error": error,
    }
    crumbs = [(_("售后决策表"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "claims/rules_trial", context, page=PAGE, crumbs=crumbs, status=status)


@console_page(Permission.PROMISES_SET, methods=("POST",))
def save(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The draft becomes the next version, unless somebody has saved another one since it was begun."""
    now = utc_now()
    if not is_fresh(request, now):
        # The draft is still there after the proof.
        raise StepUpNeeded(reverse(TRIAL))
    draft = drafts.draft_of(request, visitor)
    if draft is None:
        return redirect(PAGE)
    try:
        if aftersales.policy(visitor.shop.id).version != draft.base:
            raise CaseMoved(_("别人已保存了新的版本，请丢掉草稿，在新版本上再改"))
        set_policy(shop_id=visitor.shop.id, rules=draft.rules, actor=visitor.actor, now=now)
    except DomainError as error:
        return _trial(request, visitor, error)
    drafts.drop(request)
    return done(request, _("新的决策表已生效"), reverse(PAGE))
