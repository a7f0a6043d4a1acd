"""Lists: who is on them and why; one more, some less, a file in and a file out."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from goodfor.console import risk_links as links
from goodfor.console import risk_rule_words as words
from goodfor.console import risk_words
from goodfor.console.columns import Text
from goodfor.console.frame import console_page, done, show
from goodfor.console.listing.asked import address
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.risk.decisions import key_number
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.risk import rule_queries
from goodfor.risk import rule_states as states
from goodfor.risk.errors import ExportNotApproved, InvalidEntry
from goodfor.risk.operations.ask_export import ask_export
from goodfor.risk.operations.export_entries import export_entries, reveal_value
from goodfor.risk.operations.list_entry import add_entry, make_list, remove_entries
from goodfor.risk.rule_types import Entry, EntryView
from goodfor.risk.types import KeyKind
from goodfor.risk.wording_rules import LISTS

PAGE: Final = "desk:risk-lists"
SIZE: Final = 100
MAX_VALUE: Final = 120
MAX_REASON: Final = 200
MAX_OWNER: Final = 80
_STATES: Final = (states.ACTIVE, states.PENDING, states.REMOVED)


@console_page(Permission.RISK_VIEW)
def lists(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """One list at a time (`kind`, of own lists `name`), or wherever a value is that was typed (`type`, `q`)."""
    return _lists(request, visitor)


def _lists(
    request: HttpRequest, visitor: Visitor, error: DomainError | None = None, typed: Mapping[str, str] | None = None
) -> HttpResponse:
    shop_id, now, params = visitor.shop.id, utc_now(), request.GET.dict()
    kind, name = place_of(visitor, params)
    state = params.get("state", "")
    state = state if state in _STATES else states.ACTIVE
    asked, people = _text(params, "q", MAX_VALUE), words.People(shop_id)
    if asked:
        found, more = rule_queries.entries_of_value(shop_id, params.get("type", ""), asked), False
    else:
        found = rule_queries.entries(
            shop_id, kind, name=name, state=state, before=_uuid(params.get("before", "")), limit=SIZE + 1
        )
        found, more = found[:SIZE], len(found) > SIZE
    own = rule_queries.custom_lists(shop_id)
    context: dict[str, Any] = {
        "tabs": _tabs(shop_id, now),
        "tab": f"{kind}:{name}",
        "kind": kind,
        "name": name,
        "list": name or LISTS[kind],
        "words": next((one.words for one in own if one.name == name), ""),
        "rows": [entry_row(one, people, now) for one in found],
        "next": address(params, before=str(found[-1].id)) if more else "",
        "state": state,
        "states": [(key, words.ENTRY_STATES[key][0]) for key in _STATES],
        "types": risk_words.type_choices(),
        "asked": asked,
        "typed": {**params, **(typed or {})},
        "reset": f"{reverse(PAGE)}?{_query(kind, name)}",
        "may_set": visitor.may(Permission.RISK_SET),
        "custom": kind == states.CUSTOM,
        "error": words.wrong(error) if error else "",
    }
    status = error.http_status if error else 200
    return show(request, visitor, "risk_rules/lists", context, page=PAGE, status=status)


def place_of(visitor: Visitor, params: Mapping[str, str]) -> tuple[str, str]:
    """Which list is meant: its kind, and the name of an own one; what is none is the black list."""
    kind, name = params.get("kind", ""), params.get("name", "")
    if kind == states.CUSTOM:
        own = [one.name for one in rule_queries.custom_lists(visitor.shop.id)]
        return states.CUSTOM, name if name in own else own[0] if own else ""
    return (kind, "") if kind in states.LISTS else (states.BLOCK, "")


def _query(kind: str, name: str) -> str:
    return f"kind={kind}&name={name}" if name else f"kind={kind}"


def _tabs(shop_id: UUID, now: datetime) -> list[dict[str, Any]]:
    counts = rule_queries.list_counts(shop_id, now)
    found = [
        {"key": f"{kind}:", "label": LISTS[kind], "href": f"?{_query(kind, '')}", "count": counts.get((kind, ""), 0)}
        for kind in states.LISTS
        if kind != states.CUSTOM
    ]
    own = [
        {
            "key": f"custom:{one.name}", "label": one.name, "href": f"?{_query(states.CUSTOM, one.name)}",
            "count": counts.get((states.CUSTOM, one.name), 0),
        }
        for one in rule_queries.custom_lists(shop_id)
    ]  # fmt: skip
    return [*found, *(own or [{"key": "custom:", "label": LISTS[states.CUSTOM], "href": "?kind=custom", "count": 0}])]


def entry_row(one: EntryView, people: words.People, now: datetime) -> dict[str, Any]:
    """An entry in words."""
    label, tone = words.ENTRY_STATES[one.state]
    if one.state == states.ACTIVE and one.expires_at is not None and one.expires_at <= now:
        label, tone = _("已到期"), "plain"
    return {
        "entry": one, "type": risk_words.type_words(one.type), "list": one.list_name or LISTS[one.kind],
        "state": label, "tone": tone, "by": people.name(one.made_by),
        "removed": people.name(one.removed_by) if one.removed_by else "",
        "may_go": one.state == states.ACTIVE and one.kind != states.BLOCK_HARD,
        "tone_list": words.LIST_TONES[one.kind],
    }  # fmt: skip


# -- one more ---------------------------------------------------------------------------------------


@console_page(Permission.RISK_SET, methods=("GET", "POST"))
def add(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """One entry. The address may say what: `kind` and `key` of something that was seen, or `value`; `list`, `name`."""
    if request.method != "POST":
        return _add(request, visitor, {**_first(request.GET.dict()), "keep": ""})
    sent, now = request.POST.dict(), utc_now()
    kind, name = _chosen(sent.get("list", ""))
    if kind == states.ALLOW:
        # What ends all other rules takes no second person; an open browser alone is not enough.
        require_fresh_proof(request)
    try:
        key = _key(sent)
        added = add_entry(
            shop_id=visitor.shop.id, kind=kind, name=name, actor=visitor.actor, now=now, key=key,
            entry=Entry(
                type=sent.get("kind", ""), value=_text(sent, "value", MAX_VALUE),
                reason=_text(sent, "reason", MAX_REASON), owner=_text(sent, "owner", MAX_OWNER),
                expires_at=end_of_day(sent.get("expires_at", ""), visitor.shop.timezone),
                keep_value="keep" in sent,
            ),
        )  # fmt: skip
    except DomainError as error:
        return _add(request, visitor, sent, error)
    if not added.done and added.proposal_id is not None:
        where = reverse("desk:risk-change", args=[added.proposal_id])
        return done(request, _("已提交，等另一位同事批准后才封禁"), where)
    return done(request, _("已加入名单"), f"{reverse(PAGE)}?{_query(kind, name)}")


def _first(params: Mapping[str, str]) -> dict[str, str]:
    """What the address says, as the form's fields."""
    chosen = params.get("list", "")
    name = params.get("name", "")
    return {**params, "list": f"{chosen}:{name}" if chosen and ":" not in chosen else chosen}


def _chosen(text: str) -> tuple[str, str]:
    kind, _sep, name = text.partition(":")
    return kind, name


def _key(sent: Mapping[str, str]) -> int | None:
    text = sent.get("key", "")
    if not text:
        return None
    try:
        return key_number(text)
    except ValueError:
        raise InvalidEntry(field="value") from None


def _add(
    request: HttpRequest, visitor: Visitor, typed: Mapping[str, str], error: DomainError | None = None
) -> HttpResponse:
    field = str(error.data.get("field", "")) if error else ""
    context: dict[str, Any] = {
        "title": _("加入名单"),
        "typed": {**typed, "list": typed.get("list") or f"{states.BLOCK}:"},
        "lists": list_choices(visitor),
        "types": risk_words.type_choices(),
        "known": _known(visitor, typed),
        "wrong": {field: words.wrong(error)} if error and field in words.FIELDS else {},
        "error": words.wrong(error) if error and field not in words.FIELDS else "",
    }
    crumbs = [(pgettext("risk", "名单"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "risk_rules/list_add", context, page=PAGE, crumbs=crumbs, status=status)


def _known(visitor: Visitor, typed: Mapping[str, str]) -> links.KeyName | None:
    """The thing that a key of the address is, if this shop has seen it."""
    try:
        place = KeyKind(typed.get("kind", "")), key_number(typed.get("key", ""))
    except ValueError:
        return None
    return links.key_names(visitor, [place])[place]


def list_choices(visitor: Visitor) -> list[tuple[str, Text]]:
    """Every list, as `kind:name`."""
    found: list[tuple[str, Text]] = [(f"{kind}:", LISTS[kind]) for kind in states.LISTS if kind != states.CUSTOM]
    return [*found, *((f"custom:{one.name}", one.name) for one in rule_queries.custom_lists(visitor.shop.id))]


def end_of_day(text: str, timezone: str) -> datetime | None:
    """The midnight that ends a day of the shop's own time; nothing is no end. Raises InvalidEntry."""
    text = text.strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise InvalidEntry(field="expires_at") from None
    if not 2000 <= day.year <= 2200:
        raise InvalidEntry(field="expires_at")
    return datetime.combine(day, time(), ZoneInfo(timezone))


@console_page(Permission.RISK_SET, methods=("POST",))
def make(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """An own list, which rules can ask about."""
    sent = request.POST.dict()
    name = _text(sent, "name", 60)
    try:
        make_list(
            shop_id=visitor.shop.id, name=name, type=sent.get("type", ""), words=_text(sent, "words", MAX_REASON),
            actor=visitor.actor, now=utc_now(),
        )  # fmt: skip
    except DomainError as error:
        return _lists(request, visitor, error, sent)
    return done(request, _("名单已新建"), f"{reverse(PAGE)}?{_query(states.CUSTOM, name)}")


# -- some less --------------------------------------------------------------------------------------


@console_page(Permission.RISK_SET, methods=("POST",))
def remove(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Those that were picked, of one list; out of the black list it takes two."""
    ids = [one for one in map(_uuid, request.POST.getlist("pick")) if one is not None]
    try:
        change = remove_entries(
            shop_id=visitor.shop.id, entry_ids=ids, reason=_text(request.POST.dict(), "reason", MAX_REASON),
            actor=visitor.actor, now=utc_now(),
        )  # fmt: skip
    except DomainError as error:
        return _lists(request, visitor, error, request.POST.dict())
    if not change.done and change.proposal_id is not None:
        where = reverse("desk:risk-change", args=[change.proposal_id])
        return done(request, _("已提交，等另一位同事批准后才移出"), where)
    return done(request, _("已移出名单"), f"{reverse(PAGE)}?{_back(request)}")


def _back(request: HttpRequest) -> str:
    kind, name = request.POST.get("list_kind", ""), request.POST.get("list_name", "")
    return _query(kind if kind in states.LISTS else states.BLOCK, name if name.isidentifier() else "")


@console_page(Permission.RISK_REVIEW, methods=("POST",))
def reveal(request: HttpRequest, visitor: Visitor, entry_id: UUID) -> HttpResponse:
    """The value itself, for whoever proved who they are; it is written down that it was seen."""
    one = rule_queries.entry(visitor.shop.id, entry_id)
    require_fresh_proof(request)
    now = utc_now()
    value = reveal_value(shop_id=visitor.shop.id, entry_id=entry_id, actor=visitor.actor, now=now)
    context = {
        "title": _("名单原值"), "value": value, "row": entry_row(one, words.People(visitor.shop.id), now),
        "back": f"{reverse(PAGE)}?{_query(one.kind, one.list_name)}",
    }  # fmt: skip
    return show(
        request,
        visitor,
        "risk_rules/list_value",
        context,
        page=PAGE,
        crumbs=[(pgettext("risk", "名单"), reverse(PAGE))],
    )


# -- a file out -------------------------------------------------------------------------------------


@console_page(Permission.RISK_SET, methods=("POST",))
def export(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A list as CSV. With the values of people it takes two: asked for first (`ask`), fetched by `approved`."""
    sent, now = request.POST.dict(), utc_now()
    told: dict[str, Any] = {"shop_id": visitor.shop.id, "actor": visitor.actor, "now": now}
    try:
        approved = _uuid(sent.get("approved", ""))
        if approved is not None:
            asked = rule_queries.proposal(visitor.shop.id, approved)
            if asked.kind != states.OF_EXPORT:
                raise ExportNotApproved
            kind, name = str(asked.wanted["list"]), str(asked.wanted["name"])
        else:
            kind, name = place_of(visitor, {"kind": sent.get("list_kind", ""), "name": sent.get("list_name", "")})
        require_fresh_proof(request)
        if "ask" in sent:
            change = ask_export(kind=kind, name=name, reason=_text(sent, "reason", MAX_REASON), **told)
            assert change.proposal_id is not None
            said = _("可以下载了") if change.done else _("已提交，等另一位同事批准")
            return done(request, said, reverse("desk:risk-change", args=[change.proposal_id]))
        text = export_entries(kind=kind, name=name, approved=approved, **told)
    except DomainError as error:
        return _lists(request, visitor, error, sent)
    response = HttpResponse(text.encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name or kind}-{now:%Y%m%d}.csv"'
    return response


def _text(sent: Mapping[str, str], name: str, most: int) -> str:
    return sent.get(name, "").replace("\x00", "").strip()[: most + 1]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
