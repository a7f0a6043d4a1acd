"""What waits for a second person: rules, lists, files, and what one person switched off; looked at and decided."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import risk_rule_words as words
from goodfor.console.frame import console_page, done, show
from goodfor.console.risk_words import type_words
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.risk_rules import parts
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.risk import backtest_queries, rule_queries
from goodfor.risk import rule_states as states
from goodfor.risk.errors import BacktestNotFound, RuleNotFound
from goodfor.risk.operations.approve import approve, refuse, withdraw
from goodfor.risk.rule_types import ProposalView, VersionView
from goodfor.risk.wording_rules import LISTS, PROPOSAL_STATES, PROPOSALS, shown

PAGE: Final = "desk:risk-changes"


@console_page(Permission.RISK_VIEW)
def changes(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What waits, or with `tab=all` what was ever asked for."""
    shop_id, now = visitor.shop.id, utc_now()
    waiting = request.GET.get("tab") != "all"
    people = words.People(shop_id)
    names = _rule_names(shop_id)
    rows = [_row(one, names, people, now) for one in rule_queries.proposals(shop_id, waiting=waiting)]
    tabs = [
        {"key": "open", "label": _("等待批准"), "href": "?", "count": rule_queries.waiting_proposals(shop_id),
         "tone": "amber"},
        {"key": "all", "label": _("全部"), "href": "?tab=all"},
    ]  # fmt: skip
    context = {"rows": rows, "tabs": tabs, "tab": "open" if waiting else "all"}
    return show(request, visitor, "risk_rules/changes", context, page=PAGE)


def _rule_names(shop_id: UUID) -> dict[UUID, str]:
    return {one.id: shown(one.latest.says.name) for one in rule_queries.rules(shop_id, retired=True)}


def _row(one: ProposalView, names: Mapping[UUID, str], people: words.People, now: datetime) -> dict[str, Any]:
    return {
        "change": one, "what": PROPOSALS[one.kind], "about": about(one, names), "who": people.name(one.asked_by),
        "by": people.name(one.decided_by) if one.decided_by else "", "state": PROPOSAL_STATES[one.state],
        "tone": words.PROPOSAL_TONES[one.state], **_clock(one, now),
    }  # fmt: skip


def _clock(one: ProposalView, now: datetime) -> dict[str, Any]:
    """Of what was switched off: until when a colleague is to look."""
    due = one.asked_at + states.CONFIRM_WITHIN if one.kind == states.OF_OFF and one.state == states.OPEN else None
    return {"due": due, "late": due is not None and due <= now}


def about(one: ProposalView, names: Mapping[UUID, str]) -> str:
    """What is to change, in a line."""
    wanted = one.wanted
    if one.kind in states.ABOUT_RULES:
        return _("%(rule)s：%(before)s → %(after)s（第 %(n)s 版）") % {
            "rule": names.get(one.subject_id, wanted["code"]),
            "before": words.state_line(wanted["from_state"], wanted["from_percent"]),
            "after": words.state_line(wanted["state"], wanted["percent"]), "n": wanted["number"],
        }  # fmt: skip
    name = wanted["name"] or str(LISTS.get(wanted["list"], wanted["list"]))
    count = len(wanted["entries"]) if "entries" in wanted else wanted.get("count", 0)
    return _("%(list)s，%(n)s 条") % {"list": name, "n": f"{count:,}"}


@console_page(Permission.RISK_VIEW)
def change(request: HttpRequest, visitor: Visitor, proposal_id: UUID) -> HttpResponse:
    """One of them, with all that the second person has to see."""
    return _change(request, visitor, proposal_id)


def _change(
    request: HttpRequest, visitor: Visitor, proposal_id: UUID, error: DomainError | None = None
) -> HttpResponse:
    shop_id, now = visitor.shop.id, utc_now()
    one, people = rule_queries.proposal(shop_id, proposal_id), words.People(shop_id)
    is_open, own = one.state == states.OPEN, one.asked_by == visitor.actor
    may = is_open and visitor.may(Permission.RISK_SET)
    context: dict[str, Any] = {
        "title": PROPOSALS[one.kind],
        **_row(one, _rule_names(shop_id), people, now),
        "own": own,
        "may_decide": may and not own,
        "may_withdraw": may and own,
        "confirming": one.kind == states.OF_OFF,
        "error": words.wrong(error) if error else "",
        **_of_rule(visitor, one, people),
        **_of_list(shop_id, one, people),
        "fetch": _fetch(one, visitor, now),
    }
    crumbs = [(_("待批准的更改"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "risk_rules/change", context, page=PAGE, crumbs=crumbs, status=status)


def _of_rule(visitor: Visitor, one: ProposalView, people: words.People) -> dict[str, Any]:
    """The version that is to count beside the one that does, and the figures that who asked has seen."""
    if one.kind not in states.ABOUT_RULES:
        return {}
    versions = {str(v.id): v for v in rule_queries.versions(visitor.shop.id, one.subject_id)}
    asked: VersionView | None = versions.get(one.wanted["version"])
    if asked is None:
        raise RuleNotFound
    before = versions.get(one.wanted["from_version"] or "")
    told: dict[str, Any] = {
        "rule_id": one.subject_id,
        "changed": parts.changed(before.says if before and before.id != asked.id else None, asked.says),
        "same": before is not None and before.id == asked.id,
        "says": asked.says,
        "settings": parts.settings_of(asked.says),
        "sentence": parts.sentence(asked.tree),
        "writer": people.name(asked.made_by),
        "wrote": asked.made_by == visitor.actor and one.kind == states.OF_RULE,
    }
    tried = one.wanted.get("backtest")
    if tried:
        try:
            told |= parts.figures_of(visitor, backtest_queries.backtest(visitor.shop.id, UUID(tried)))
        except BacktestNotFound:
            return told
    return told


def _of_list(shop_id: UUID, one: ProposalView, people: words.People) -> dict[str, Any]:
    """The entries that it is about, the first of them."""
    if one.kind in states.ABOUT_RULES:
        return {}
    if one.kind == states.OF_ADDING:
        found = rule_queries.entries_of_proposal(shop_id, one.id)
    else:
        ids = [UUID(text) for text in one.wanted.get("entries", ())[:20]]
        found = rule_queries.entries_by_ids(shop_id, ids)
    return {"entries": [(entry, type_words(entry.type), people.name(entry.made_by)) for entry in found]}


def _fetch(one: ProposalView, visitor: Visitor, now: datetime) -> bool:
    """Whether who is looking may fetch the file now."""
    return (
        one.kind == states.OF_EXPORT and one.state == states.APPROVED and one.asked_by == visitor.actor
        and one.decided_at is not None and one.decided_at + states.FETCH_WITHIN > now
        and visitor.may(Permission.RISK_SET)
    )  # fmt: skip


@console_page(Permission.RISK_SET, methods=("POST",))
def decide(request: HttpRequest, visitor: Visitor, proposal_id: UUID) -> HttpResponse:
    """`do`: approve or refuse, after a proof of who one is; withdraw what one asked for oneself."""
    told: dict[str, Any] = {
        "shop_id": visitor.shop.id, "proposal_id": proposal_id, "actor": visitor.actor, "now": utc_now(),
    }  # fmt: skip
    acts = {
        "approve": (approve, _("已批准")), "refuse": (refuse, _("已驳回，没有改变什么")),
        "withdraw": (withdraw, _("已撤回")),
    }  # fmt: skip
    do = request.POST.get("do", "")
    rule_queries.proposal(visitor.shop.id, proposal_id)
    try:
        if do not in acts:
            raise InvalidInput(_("没有这个操作"))
        if do != "withdraw":
            require_fresh_proof(request)
        act, said = acts[do]
        act(**told)
    except DomainError as error:
        return _change(request, visitor, proposal_id, error)
    return done(request, said, reverse(PAGE))
