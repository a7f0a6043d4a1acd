"""A company's grants: a list is handed in, looked at, agreed to and given; and what is given by itself."""

from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import Money
from goodfor.storefront.company import company_page, show_company
from goodfor.storefront.company_words import GRANT_STATES, GRANT_TONES, RULE_KINDS, UNREADABLE, said
from goodfor.storefront.forms import ids_in, typed
from goodfor.welfare import queries as welfare
from goodfor.welfare.errors import FileUnreadable, GrantNotFound, InvalidWelfare
from goodfor.welfare.operations.agree_grant import agree_grant, drop_grant, give_on
from goodfor.welfare.operations.draft_grant import draft_grant
from goodfor.welfare.operations.set_rule import make_rule, switch_rule
from goodfor.welfare.types import GrantWish, RuleWish, SignedIn

UPLOAD: Final = 9_000_000
#: So many are given while the page waits; more by the worker.
_AT_ONCE: Final = 500


@company_page()
def grants(request: HttpRequest, shop: ShopView, here: SignedIn) -> HttpResponse:
    """All of them, newest first."""
    return _page(request, shop, here)


@company_page("POST", manages=True, body=UPLOAD)
def new(request: HttpRequest, shop: ShopView, here: SignedIn) -> HttpResponse:
    """A list is read and looked at; nothing moves."""
    file = request.FILES.get("file")
    try:
        if file is None:
            raise FileUnreadable(reason="empty")
        last = _day(request.POST.get("until", ""))
        if last is None:
            raise InvalidWelfare(field="ends_at")
        made = draft_grant(
            shop_id=shop.id, company_id=here.company.id, data=file.read(),
            wish=GrantWish(typed(request.POST.get("name", ""), 80), _end_of(last, shop)),
            request_key=typed(request.POST.get("key", ""), 40) or uuid7().hex, actor=here.person.actor, now=utc_now(),
        )  # fmt: skip
    except FileUnreadable as error:
        return _page(request, shop, here, unreadable=str(UNREADABLE[error.data["reason"]]), status=422)
    except DomainError as error:
        return _page(request, shop, here, error=error)
    return redirect("storefront:company_grant", made.id)


@company_page()
def grant(request: HttpRequest, shop: ShopView, here: SignedIn, grant_id: UUID) -> HttpResponse:
    """The report of a list, or how far it is given."""
    return _grant(request, shop, here, grant_id)


@company_page("POST", manages=True)
def decide(request: HttpRequest, shop: ShopView, here: SignedIn, grant_id: UUID) -> HttpResponse:
    """Give exactly what was looked at, or drop it."""
    now = utc_now()
    try:
        if request.POST.get("act") == "drop":
            drop_grant(shop_id=shop.id, company_id=here.company.id, grant_id=grant_id, actor=here.person.actor, now=now)
            return redirect("storefront:company_grants")
        try:
            digest = bytes.fromhex(request.POST.get("hash", ""))
        except ValueError:
            raise GrantNotFound from None
        agreed = agree_grant(
            shop_id=shop.id, company_id=here.company.id, grant_id=grant_id, content_hash=digest,
            actor=here.person.actor, now=now,
        )  # fmt: skip
        if agreed.lines <= _AT_ONCE:
            give_on(shop_id=shop.id, grant_id=grant_id, now=now)
    except DomainError as error:
        return _grant(request, shop, here, grant_id, error=error)
    return redirect("storefront:company_grant", grant_id)


@company_page("POST", manages=True)
def rule(request: HttpRequest, shop: ShopView, here: SignedIn) -> HttpResponse:
    """Something is given by itself from now on, or no longer."""
    now, named = utc_now(), ids_in([request.POST.get("rule", "")], 1)
    try:
        if named:
            switch_rule(
                shop_id=shop.id, company_id=here.company.id, rule_id=named[0], on=request.POST.get("act") == "on",
                actor=here.person.actor, now=now,
            )  # fmt: skip
        else:
            make_rule(
                shop_id=shop.id, company_id=here.company.id, wish=_rule_wish(request, here.company.currency),
                actor=here.person.actor, now=now,
            )  # fmt: skip
    except DomainError as error:
        return _page(request, shop, here, error=error)
    return redirect("storefront:company_grants")


def _rule_wish(request: HttpRequest, currency: str) -> RuleWish:
    kind, days = request.POST.get("kind", ""), request.POST.get("live_days", "")
    try:
        minor = Money.parse(request.POST.get("amount", "").strip(), currency).amount_minor
    except ValueError:
        raise InvalidWelfare(field="amount") from None
    return RuleWish(
        kind=kind, name=typed(request.POST.get("name", ""), 80), minor=minor,
        live_days=int(days) if days.isascii() and days.isdigit() and len(days) < 5 else 0,
        department=typed(request.POST.get("department", ""), 80),
        on_day=_day(request.POST.get("on_day", "")) if kind == "festival" else None,
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _end_of(last: date, shop: ShopView) -> datetime:
    """The midnight after the last day on which it may be spent."""
    return datetime.combine(last + timedelta(days=1), time.min, ZoneInfo(shop.timezone))


def _grant(
    request: HttpRequest, shop: ShopView, here: SignedIn, grant_id: UUID, error: DomainError | None = None
) -> HttpResponse:
    one = welfare.grant(shop.id, here.company.id, grant_id)
    context = {
        "one": one,
        "state": GRANT_STATES[one.state],
        "tone": GRANT_TONES.get(one.state, "plain"),
        "hash": one.content_hash.hex(),
        "faults": [(fault, said(fault, here.company.currency)) for fault in one.faults],
        "agreeable": one.state == "draft" and one.lines and not any(fault.line for fault in one.faults),
    }
    return show_company(request, here, "grant", context, error=error)


def _page(
    request: HttpRequest, shop: ShopView, here: SignedIn, *, unreadable: str = "", error: DomainError | None = None,
    status: int = 0,
) -> HttpResponse:  # fmt: skip
    company = here.company
    context = {
        "rows": [
            (one, GRANT_STATES[one.state], GRANT_TONES.get(one.state, "plain"))
            for one in welfare.grants(shop.id, company.id)
        ],
        "rules": [(one, RULE_KINDS[one.kind]) for one in welfare.rules(shop.id, company.id)],
        "kinds": list(RULE_KINDS.items()),
        "departments": [(one, one) for one in welfare.departments(shop.id, company.id)],
        "free": Money(welfare.budget(shop.id, company.id).free_minor, company.currency),
        "unreadable": unreadable,
        "key": uuid7().hex,
        "most": UPLOAD,
    }
    return show_company(request, here, "grants", context, error=error, status=status)
