"""One rule: what it says and said, how often it was right, whom it spares; and bringing it where it should stand."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from goodfor.console import risk_links as links
from goodfor.console import risk_rule_words as words
from goodfor.console import risk_words
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.risk.decisions import key_number
from goodfor.console.views.risk_rules import parts
from goodfor.console.views.risk_rules.rules import PAGE
from goodfor.identity.types import Permission
from goodfor.kernel import audit
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.risk import backtest_queries, precision, rule_queries
from goodfor.risk import rule_states as states
from goodfor.risk.errors import InvalidRule
from goodfor.risk.list_keys import list_key, normal
from goodfor.risk.operations.snooze_rule import end_snooze, lift_quarantine, snooze
from goodfor.risk.operations.submit_rule import retire, set_state, submit
from goodfor.risk.rule_types import RuleView
from goodfor.risk.types import KeyKind
from goodfor.risk.wording_rules import PROPOSAL_STATES, PROPOSALS, shown

WEEKS: Final = 12
#: How long a rule may be asleep for a key, in hours.
SLEEPS: Final = (1, 24, 168, 720, 2160)
MAX_REASON: Final = 200
_MOVES: Final = (states.SHADOW, states.PERCENT, states.LIVE)


@console_page(Permission.RISK_VIEW)
def rule(request: HttpRequest, visitor: Visitor, rule_id: UUID) -> HttpResponse:
    """All of it. `kind` and `key`: whom it may be put to sleep for."""
    return _rule(request, visitor, rule_id)


def _rule(
    request: HttpRequest, visitor: Visitor, rule_id: UUID, error: DomainError | None = None,
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    shop_id, now = visitor.shop.id, utc_now()
    found = rule_queries.rule(shop_id, rule_id)
    says, people = (found.version or found.latest).says, words.People(shop_id)
    records = precision.precision(
        shop_id, since=now - timedelta(weeks=WEEKS), until=now, as_of=now, rule_id=rule_id
    ).get(rule_id, precision.Record())  # fmt: skip
    may_set = visitor.may(Permission.RISK_SET)
    context: dict[str, Any] = {
        "title": shown(says.name),
        "rule": found,
        "says": says,
        "state": words.state_line(found.state, found.percent),
        "tone": words.state(found.state)[1],
        "settings": parts.settings_of(says),
        "sentence": parts.sentence((found.version or found.latest).tree),
        "draft": parts.changed(found.version.says, found.latest.says)
        if found.version and found.version.number != found.latest.number else None,
        "versions": parts.versions_of(rule_queries.versions(shop_id, rule_id), people),
        "past": _past(shop_id, rule_id, people),
        "asked": _asked(shop_id, rule_id, people),
        "live": parts.week_rows(visitor, records.live),
        "shadow": parts.week_rows(visitor, records.shadow),
        "chart": parts.week_chart(records.live or records.shadow),
        "falling": records.falling,
        "compared": _compared(visitor, found, now),
        "backtests": backtest_queries.backtests(shop_id, rule_id=rule_id, limit=5),
        "hits_href": links.decisions_page(rule=rule_id),
        "may_set": may_set,
        "moves": _moves(found) if may_set else [],
        "may_off": may_set and found.state in states.COUNTS,
        "may_stop": may_set and found.state == states.SHADOW,
        "may_retire": may_set and found.state in (states.DRAFT, states.OFF),
        "may_edit": may_set and found.state != states.RETIRED,
        "error": words.wrong(error) if error else "",
        "typed": typed or {},
        **_spared(request, visitor, found, now),
    }  # fmt: skip
    crumbs = [(_("风控规则"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "risk_rules/rule", context, page=PAGE, crumbs=crumbs, status=status)


def _moves(rule: RuleView) -> list[dict[str, Any]]:
    """Where it may go: of a draft the shadow only; what counts waits for a second person."""
    allowed = states.RULE.transitions[rule.state] | ({rule.state} if rule.state in states.RUNNING else set())
    newer = rule.version is not None and rule.version.number != rule.latest.number
    labels = {
        states.SHADOW: pgettext("risk", "影子运行"), states.PERCENT: _("申请部分生效"), states.LIVE: _("申请全部生效"),
    }  # fmt: skip
    return [
        {
            "state": state, "label": labels[state],
            "two": state in states.COUNTS or rule.state in states.COUNTS, "percent": state == states.PERCENT,
        }
        for state in _MOVES
        if state in allowed and (state != rule.state or newer or state == states.PERCENT)
    ]  # fmt: skip


def _compared(visitor: Visitor, rule: RuleView, now: datetime) -> dict[str, Any] | None:
    """In the shadow: what it would add to what was decided."""
    if rule.state != states.SHADOW:
        return None
    since = max(rule.changed_at, now - timedelta(weeks=4))
    told = precision.compare(visitor.shop.id, rule.id, since=since, until=now, as_of=now)
    currency = visitor.shop.currency
    return {
        "told": told, "caught": Money(told.caught_more_minor, currency),
        "annoyed": Money(told.annoyed_more_minor, currency),
    }  # fmt: skip


def _past(shop_id: UUID, rule_id: UUID, people: words.People) -> list[dict[str, Any]]:
    """Where it stood and who brought it there, newest first."""
    found = []
    for line in audit.lines_of(shop_id=shop_id, subject=("risk_rule", rule_id)):
        if line.action != "risk_rule_set":
            continue
        before, after = line.data["from"], line.data["to"]
        found.append(
            {
                "at": line.at, "who": people.name(line.actor), "tone": words.state(after["state"])[1],
                "label": _("%(before)s → %(after)s，第 %(n)s 版") % {
                    "before": words.state_line(before["state"], before["percent"]),
                    "after": words.state_line(after["state"], after["percent"]), "n": after["version"],
                },
            }
        )  # fmt: skip
    return found[::-1]


def _asked(shop_id: UUID, rule_id: UUID, people: words.People) -> list[dict[str, Any]]:
    return [
        {
            "change": one, "what": PROPOSALS[one.kind], "who": people.name(one.asked_by),
            "by": people.name(one.decided_by) if one.decided_by else "", "state": PROPOSAL_STATES[one.state],
            "tone": words.PROPOSAL_TONES[one.state],
            "to": words.state_line(one.wanted["state"], one.wanted["percent"]), "number": one.wanted["number"],
        }
        for one in rule_queries.proposals_of(shop_id, rule_id)
    ]  # fmt: skip


def _spared(request: HttpRequest, visitor: Visitor, rule: RuleView, now: datetime) -> dict[str, Any]:
    """Keys that it does not count for, keys that it holds tripped, and the one that the address asks about."""
    shop_id, people = visitor.shop.id, words.People(visitor.shop.id)
    asleep = rule_queries.snoozes(shop_id, rule.id, now)
    tripped = rule_queries.quarantines(shop_id, rule.id, now)
    wanted = _place(request.GET.get("kind", ""), request.GET.get("key", ""))
    places = [(KeyKind(one.kind), one.key) for one in asleep] + [(KeyKind(one.kind), one.key) for one in tripped]
    places += [wanted] if wanted else []
    names = links.key_names(visitor, places)
    return {
        "snoozes": [(one, names[KeyKind(one.kind), one.key], people.name(one.made_by)) for one in asleep],
        "quarantines": [(one, names[KeyKind(one.kind), one.key]) for one in tripped],
        "for_key": names[wanted] if wanted else None,
        "kinds": [(str(kind), risk_words.type_words(kind)) for kind in KeyKind],
        "sleeps": [(str(hours), _span(hours)) for hours in SLEEPS],
    }


def _span(hours: int) -> str:
    if hours < 48:
        return _("%(n)d 小时") % {"n": hours}
    return _("%(n)d 天") % {"n": hours // 24}


def _place(kind: str, key: str) -> links.Key | None:
    try:
        return KeyKind(kind), key_number(key)
    except ValueError:
        return None


# -- acts -------------------------------------------------------------------------------------------


@console_page(Permission.RISK_SET, methods=("POST",))
def move(request: HttpRequest, visitor: Visitor, rule_id: UUID) -> HttpResponse:
    """`to`: another state of the newest version, off, or put away. Off asks for a proof of who one is."""
    to, sent = request.POST.get("to", ""), request.POST
    here = reverse("desk:risk-rule", args=[rule_id])
    told: dict[str, Any] = {"shop_id": visitor.shop.id, "rule_id": rule_id, "actor": visitor.actor, "now": utc_now()}
    reason = sent.get("reason", "").replace("\x00", "").strip()[:MAX_REASON]
    try:
        found = rule_queries.rule(visitor.shop.id, rule_id)
        if to == states.RETIRED:
            retire(**told)
            return done(request, _("规则已作废"), here)
        if to == states.OFF:
            if found.state in states.COUNTS:
                require_fresh_proof(request)
            set_state(state=to, reason=reason, **told)
            if found.state in states.COUNTS:
                return done(request, _("已停用，等同事在 24 小时内确认"), here)
            return done(request, _("已停用"), here)
        change = submit(
            version=found.latest.number, state=to, percent=whole(sent.get("percent", "")), reason=reason, **told
        )
    except DomainError as error:
        return _rule(request, visitor, rule_id, error, sent.dict())
    if change.done or change.proposal_id is None:
        return done(request, _("规则的状态已改变"), here)
    return done(request, _("已提交，等另一位同事批准"), reverse("desk:risk-change", args=[change.proposal_id]))


@console_page(Permission.RISK_SET, methods=("POST",))
def spare(request: HttpRequest, visitor: Visitor, rule_id: UUID) -> HttpResponse:
    """`do`: sleep for a key, wake up (`snooze`), or let a tripped key go (`key`)."""
    sent, now, shop_id = request.POST, utc_now(), visitor.shop.id
    here = reverse("desk:risk-rule", args=[rule_id])
    reason = sent.get("reason", "").replace("\x00", "").strip()[:MAX_REASON]
    rule_queries.rule(shop_id, rule_id)
    try:
        if sent.get("do") == "wake":
            end_snooze(
                shop_id=shop_id, snooze_id=_of_rule(shop_id, rule_id, sent.get("snooze", ""), now),
                actor=visitor.actor, now=now,
            )  # fmt: skip
            return done(request, _("规则对这个对象恢复生效"), here)
        if sent.get("do") == "lift":
            place = _place(sent.get("kind", ""), sent.get("key", ""))
            lift_quarantine(
                shop_id=shop_id, rule_id=rule_id, key=place[1] if place else 0, reason=reason, actor=visitor.actor,
                now=now,
            )  # fmt: skip
            return done(request, _("已解除观察"), here)
        if sent.get("do") != "sleep":
            raise InvalidInput(_("没有这个操作"))
        kind, key = _typed_key(visitor, sent)
        hours = whole(sent.get("hours", ""))
        if hours not in SLEEPS:
            raise InvalidInput(_("请选择暂停多久"))
        snooze(
            shop_id=shop_id, rule_id=rule_id, kind=kind, key=key, until=now + timedelta(hours=hours), reason=reason,
            actor=visitor.actor, now=now,
        )  # fmt: skip
    except DomainError as error:
        return _rule(request, visitor, rule_id, error, sent.dict())
    return done(request, _("规则已对这个对象暂停"), here)


def _of_rule(shop_id: UUID, rule_id: UUID, text: str, now: datetime) -> UUID:
    """A snooze of this very rule. Raises InvalidInput."""
    found = next((one.id for one in rule_queries.snoozes(shop_id, rule_id, now) if str(one.id) == text), None)
    if found is None:
        raise InvalidInput(_("这项暂停已经结束"))
    return found


def _typed_key(visitor: Visitor, sent: Mapping[str, str]) -> links.Key:
    """Of the address, or of a value that somebody typed. Raises InvalidRule."""
    place = _place(sent.get("kind", ""), sent.get("key", ""))
    if place is not None:
        return place
    try:
        kind = KeyKind(sent.get("kind", ""))
    except ValueError:
        raise InvalidRule(field="type") from None
    text = normal(str(kind), sent.get("value", "").replace("\x00", ""))
    if not text:
        raise InvalidRule(field="value")
    return kind, list_key(visitor.shop.id, str(kind), text)


def whole(text: str) -> int:
    """A small whole number; what is none is 0."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
