"""Money beyond the price: the reserve, what buyers are still owed, and what suppliers make good."""

import csv
import io
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.errors import InvalidMoney
from goodfor.aftersales.grant_types import RecoverySum, ReserveView
from goodfor.aftersales.operations.pay_by_hand import pay_by_hand
from goodfor.aftersales.operations.recovery_sheet import recovery_sheet
from goodfor.aftersales.operations.send_recovery import send_recoveries
from goodfor.aftersales.operations.set_recourse import set_recourse
from goodfor.aftersales.operations.set_reserve import set_reserve
from goodfor.aftersales.operations.settle_recovery import settle_recovery, write_off_recovery
from goodfor.aftersales.types import GrantView, RecoveryView
from goodfor.console import aftersale_money_words as words
from goodfor.console.frame import console_page, done, show
from goodfor.console.listing.files import csv_text
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.money import Money
from goodfor.supply import queries as supply

PAGE: Final = "desk:claim-money"
SHOWN: Final = 100
_DAYS: Final = 30
_MARK: Final = "\ufeff"


@console_page(Permission.LEDGER_VIEW)
def money(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The reserve, owed grants, the latest ones, and suppliers by what they owe."""
    shop_id, now = visitor.shop.id, utc_now()
    names = {one.id: one.name for one in supply.suppliers(shop_id)}
    count, owed = aftersales.owed_sum(shop_id)
    days = aftersales.reserve_days(shop_id, _DAYS)
    context = {
        **_reserve(aftersales.reserve(shop_id, now)),
        "chart": {
            "kind": "bar",
            "columns": [str(_("日期")), str(_("计提"))],
            "rows": [[f"{one.day:%m-%d}", one.accrued.amount_minor] for one in reversed(days)],
            "unit": visitor.shop.currency,
            "format": "money",
        }
        if any(one.accrued.amount_minor for one in days)
        else None,
        "owed": owed,
        "owed_count": count,
        "grants": [_grant(one, now) for one in aftersales.owed_grants(shop_id, SHOWN)],
        "recent": [_grant(one, now) for one in aftersales.recent_grants(shop_id, 20)],
        "suppliers": [_supplier(one, names, now) for one in aftersales.recovery_sums(shop_id)],
        "may_act": visitor.may(Permission.LEDGER_ADJUST),
    }
    return show(request, visitor, "aftersale_money", context, page=PAGE)


@console_page(Permission.LEDGER_ADJUST, methods=("POST",))
def rate(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """How much of sales is set aside."""
    require_fresh_proof(request)
    points = _points(request.POST.get("percent", ""), "percent")
    set_reserve(shop_id=visitor.shop.id, basis_points=points, actor=visitor.actor, now=utc_now())
    return done(request, _("计提比例已更新"), PAGE)


@console_page(Permission.LEDGER_ADJUST, methods=("POST",))
def pay(request: HttpRequest, visitor: Visitor, grant_id: UUID) -> HttpResponse:
    """A transfer has been made. Nothing is paid here."""
    require_fresh_proof(request)
    pay_by_hand(
        shop_id=visitor.shop.id, grant_id=grant_id, reference=request.POST.get("reference", ""), actor=visitor.actor,
        now=utc_now(),
    )  # fmt: skip
    return done(request, _("已登记为已付"), PAGE)


@console_page(Permission.LEDGER_VIEW)
def supplier(request: HttpRequest, visitor: Visitor, supplier_id: UUID) -> HttpResponse:
    """What one supplier is asked to make good, and what its contract says."""
    shop_id, now = visitor.shop.id, utc_now()
    found = supply.supplier(shop_id, supplier_id)
    sums = next((one for one in aftersales.recovery_sums(shop_id) if one.supplier_id == supplier_id), None)
    cost, points = aftersales.recourse(shop_id, supplier_id)
    still = aftersales.recoveries(shop_id, supplier_id=supplier_id, only_open=True, limit=SHOWN)
    latest = aftersales.recoveries(shop_id, supplier_id=supplier_id, limit=SHOWN)
    context = {
        "title": found.name,
        "supplier_id": supplier_id,
        "sums": _supplier(sums, {}, now) if sums else None,
        "rows": [_recovery(one, now) for one in still],
        "over": [_recovery(one, now) for one in latest if one.ended_at],
        "cost": cost,
        "percent": _percent(points),
        "into": list(words.INTO.items()),
        "may_act": visitor.may(Permission.LEDGER_ADJUST),
    }
    crumbs = [(_("赔付与追偿"), reverse(PAGE))]
    return show(request, visitor, "aftersale_recoveries", context, page=PAGE, crumbs=crumbs)


@console_page(Permission.LEDGER_ADJUST, methods=("POST",))
def act(request: HttpRequest, visitor: Visitor, supplier_id: UUID) -> HttpResponse:
    """`act`: sheet (the file), sent (all that is due went out), contract (what it makes good)."""
    found = supply.supplier(visitor.shop.id, supplier_id)
    what, sent = request.POST.get("act", ""), request.POST
    common: dict[str, Any] = {
        "shop_id": visitor.shop.id, "supplier_id": supplier_id, "actor": visitor.actor, "now": utc_now(),
    }  # fmt: skip
    back = reverse("desk:claim-recoveries", args=[supplier_id])
    if what == "sheet":
        require_fresh_proof(request)
        return _sheet(found.code, **common)
    if what == "sent":
        count = send_recoveries(**common, ref=sent.get("ref", "") or f"{common['now']:%Y%m%d}")
        return done(request, _("已标记 %(n)s 笔为已发给供应商") % {"n": count}, back)
    if what == "contract":
        require_fresh_proof(request)
        points = _points(sent.get("percent", ""), "percent")
        set_recourse(**common, cost="cost" in sent, compensation_points=points)
        return done(request, _("合同条款已更新"), back)
    raise InvalidInput(_("没有这个操作"))


def _sheet(code: str, **common: Any) -> HttpResponse:
    lines = recovery_sheet(**common)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("订单号"), _("采购单号"), _("卡密"), _("日期"), _("金额"), _("币种")])
    writer.writerows(
        [
            csv_text(value)
            for value in (
                one.order, one.purchase, one.code, one.day.isoformat(), one.amount.as_decimal_string(),
                one.amount.currency,
            )
        ]
        for one in lines
    )  # fmt: skip
    response = HttpResponse(_MARK + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="recovery-{code}-{common["now"]:%Y%m%d}.csv"'
    return response


@console_page(Permission.LEDGER_ADJUST, methods=("POST",))
def recovery(request: HttpRequest, visitor: Visitor, recovery_id: UUID) -> HttpResponse:
    """`act`: settle (money came) or off (it never will)."""
    shop_id, sent = visitor.shop.id, request.POST
    found = aftersales.recovery(shop_id, recovery_id)
    require_fresh_proof(request)
    common: dict[str, Any] = {
        "shop_id": shop_id, "recovery_id": recovery_id, "actor": visitor.actor, "now": utc_now(),
    }  # fmt: skip
    back = reverse("desk:claim-recoveries", args=[found.supplier_id])
    if sent.get("act") == "off":
        write_off_recovery(**common, note=sent.get("reference", ""))
        return done(request, _("已核销"), back)
    if sent.get("act") == "settle":
        settle_recovery(
            **common, amount_minor=_minor(sent.get("amount", ""), found.amount.currency), into=sent.get("into", ""),
            reference=sent.get("reference", ""), key=_key(sent.get("key", "")),
        )  # fmt: skip
        return done(request, _("已登记收回"), back)
    raise InvalidInput(_("没有这个操作"))


# -- reading forms, and rows of the templates -----------------------------------------------------------------


def _minor(text: str, currency: str) -> int:
    try:
        return Money.parse(text.strip().replace(",", "").replace("，", ""), currency).amount_minor
    except ValueError:
        raise InvalidMoney(_("请写成 100.00 这样的金额"), field="amount") from None


def _points(text: str, field: str) -> int:
    """Hundredths of a percent from "1.25"."""
    try:
        points = Decimal(text.strip().removesuffix("%")) * 100
        if points.is_finite() and points == points.to_integral_value() and 0 <= points <= 10_000:
            return int(points)
    except InvalidOperation:
        pass
    raise InvalidMoney(_("请写成 1.25 这样的百分比，最多两位小数"), field=field)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput from None


def _percent(points: int) -> str:
    return f"{Decimal(points) / 100:.2f}"


def _age(since: datetime | None, now: datetime) -> int:
    return (now - since).days if since else 0


def _reserve(view: ReserveView) -> dict[str, Any]:
    tone = "" if view.ratio is None else ("amber" if view.low else "green")
    return {"reserve": view, "rate": _percent(view.basis_points), "tone": tone}


def _grant(one: GrantView, now: datetime) -> dict[str, Any]:
    state, tone = words.GRANT_STATES.get(one.state, (one.state, "plain"))
    return {
        "one": one, "kind": words.GRANTS.get(one.kind, one.kind), "way": words.WAYS.get(one.way, one.way),
        "state": state, "tone": tone, "days": _age(one.made_at, now),
    }  # fmt: skip


def _supplier(one: RecoverySum, names: dict[UUID, str], now: datetime) -> dict[str, Any]:
    return {
        "one": one, "name": names.get(one.supplier_id, ""), "days": _age(one.oldest, now),
        "percent": _percent(one.compensation_points),
    }  # fmt: skip


def _recovery(one: RecoveryView, now: datetime) -> dict[str, Any]:
    state, tone = words.RECOVERIES.get(one.state, (one.state, "plain"))
    return {
        "one": one, "state": state, "tone": tone, "days": _age(one.made_at, now), "key": uuid4(),
        "open": one.open.as_decimal_string(),
        # Ids of the fields of its form.
        "ids": {name: f"{name}-{one.id.hex}" for name in ("amount", "into", "reference")},
    }  # fmt: skip
