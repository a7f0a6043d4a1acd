"""Agreements on shares: what holds, every version with how far it is booked, and what they have shared by month."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.catalog import queries as catalog
from goodfor.console import finance_words as words
from goodfor.console.desk.sku_names import sku_names
from goodfor.console.errors import AgreementNotFound
from goodfor.console.frame import console_page, show
from goodfor.console.types import Visitor
from goodfor.finance import queries as finance
from goodfor.finance.types import AgreementView, BackdateView, PartyView
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.supply import queries as supply

PAGE: Final = "desk:finance-agreements"


class Scopes:
    """What agreements are about, in words; names are looked up once."""

    def __init__(self, shop_id: UUID, versions: list[AgreementView]) -> None:
        skus = [UUID(one.says.scope_ref) for one in versions if one.says.scope == "sku"]
        self._skus = {str(key): name for key, name in sku_names(shop_id, skus).items()}
        kinds = {one.says.scope for one in versions}
        shelves = catalog.shelves(shop_id) if "category" in kinds else ()
        self._shelves = {str(one.id): one.name for one in shelves}
        suppliers = supply.suppliers(shop_id) if "supplier" in kinds else ()
        self._suppliers = {one.code: one.name for one in suppliers}

    def text(self, one: AgreementView) -> str:
        """The goods that a version is about."""
        says = one.says
        names = {"sku": self._skus, "category": self._shelves, "supplier": self._suppliers}.get(says.scope, {})
        return names.get(says.scope_ref, says.scope_ref) or str(words.SCOPES["all"])


@console_page(Permission.LEDGER_VIEW)
def agreements(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Every agreement with the version that holds now, else its latest."""
    shop_id, now = visitor.shop.id, utc_now()
    parties = {one.id: one for one in finance.parties(shop_id)}
    by_code: defaultdict[str, list[AgreementView]] = defaultdict(list)
    for one in finance.agreements(shop_id):
        by_code[one.code].append(one)
    shown = [_now(versions, now) for versions in by_code.values()]
    scopes = Scopes(shop_id, shown)
    context = {
        "rows": [version_row(one, parties[one.says.party_id], scopes, now) for one in shown],
        "no_party": not any(one.kind != "platform" for one in parties.values()),
        "may_act": visitor.may(Permission.LEDGER_ADJUST),
    }
    return show(request, visitor, "finance/agreements", context, page=PAGE)


def _now(versions: list[AgreementView], now: datetime) -> AgreementView:
    """Versions come latest first."""
    return next((one for one in versions if one.holds(now)), versions[0])


def version_row(one: AgreementView, party: PartyView, scopes: Scopes, now: datetime) -> dict[str, Any]:
    """A version in words."""
    says = one.says
    caps = (("line_cap", says.line_cap_minor), ("month_cap", says.month_cap_minor))
    return {
        "one": one,
        "party": party,
        "scope": scopes.text(one),
        "base": words.BASES.get(says.base, says.base) if says.terms.kind in ("percent", "tiers") else "",
        "terms": words.terms_text(says.terms, party.currency),
        **{name: Money(minor, party.currency) if minor is not None else None for name, minor in caps},
        "until": says.valid_to - timedelta(days=1) if says.valid_to else None,
        "ends": says.terms.kind == "none",
        "holds": one.holds(now),
        "later": says.valid_from > now,
    }


@console_page(Permission.LEDGER_VIEW)
def agreement(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """One agreement (`code`): its versions, and what it shared by month."""
    shop_id, now = visitor.shop.id, utc_now()
    code = request.GET.get("code", "")[:32]
    versions = finance.agreements(shop_id, code) if code else []
    if not versions:
        raise AgreementNotFound
    party, scopes = finance.party(shop_id, versions[0].says.party_id), Scopes(shop_id, versions)
    people = words.People(shop_id)
    back, holding = finance.backdates(shop_id, code), _now(versions, now)
    months = finance.agreement_months(shop_id, code)
    context = {
        "title": code,
        "party": party,
        "versions": [
            {
                **version_row(one, party, scopes, now), "by": people.name(one.made_by),
                "back": _back(back.get(one.id)), "holds": one is holding and one.holds(now),
            }
            for one in versions
        ],
        "months": [(one, Money(one.base_minor, one.currency), Money(one.shared_minor, one.currency)) for one in months],
        "chart": {
            "kind": "bar",
            "columns": [_("月份"), _("分给对方")],
            "rows": [[f"{one.month:%Y-%m}", one.shared_minor] for one in reversed(months[:24])],
            "unit": party.currency,
            "format": "money",
        }
        if len(months) > 1
        else None,
        "may_act": visitor.may(Permission.LEDGER_ADJUST),
    }  # fmt: skip
    return show(request, visitor, "finance/agreement", context, page=PAGE, crumbs=[(_("分账协议"), reverse(PAGE))])


def _back(one: BackdateView | None) -> str:
    """How far a version that was dated back is booked."""
    if one is None:
        return ""
    said = _("补算 %(n)s 行，%(m)s 行有差额") % {"n": f"{one.lines:,}", "m": f"{one.changed:,}"}
    return said if one.done_at else _("%(said)s，还在补算") % {"said": said}
