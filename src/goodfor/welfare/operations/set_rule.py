"""A company's managers say what is given by itself: on a day, on birthdays, on anniversaries of joining."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from goodfor.kernel.ids import uuid7
from goodfor.welfare import states
from goodfor.welfare.errors import InvalidWelfare, RuleNotFound
from goodfor.welfare.locks import lock_company, lock_rule
from goodfor.welfare.mapping import rule_view
from goodfor.welfare.models import Rule
from goodfor.welfare.operations.steps import filled, noted, shop_of
from goodfor.welfare.types import RuleView, RuleWish
from goodfor.welfare.worth import MOST_MINOR


@transaction.atomic(savepoint=False)
def make_rule(*, shop_id: UUID, company_id: UUID, wish: RuleWish, actor: str, now: datetime) -> RuleView:
    """From today on, by the shop's clock: nothing is given for days before. Raises CompanyNotFound, InvalidWelfare."""
    company = lock_company(shop_id, company_id)
    today = now.astimezone(ZoneInfo(shop_of(shop_id).timezone)).date()
    festival = wish.kind == states.FESTIVAL
    if wish.kind not in states.RULES or festival != (wish.on_day is not None):
        raise InvalidWelfare(field="kind")
    if wish.on_day is not None and wish.on_day < today:
        raise InvalidWelfare(field="on_day")
    if not 1 <= wish.minor <= MOST_MINOR:
        raise InvalidWelfare(field="amount")
    if not 1 <= wish.live_days <= 1_830 or len(wish.department) > 80:
        raise InvalidWelfare(field="live_days")
    row = Rule.objects.create(
        id=uuid7(), shop_id=shop_id, company=company, kind=wish.kind, name=filled(wish.name, 80, "name"),
        minor=wish.minor, department=wish.department.strip(), on_day=wish.on_day, live_days=wish.live_days,
        through=today.fromordinal(today.toordinal() - 1), made_by=actor[:80], made_at=now,
    )  # fmt: skip
    noted(
        company, "welfare.rule_made", ("welfare_rule", row.id), actor, {"kind": row.kind, "minor": row.minor}, now
    )  # fmt: skip
    return rule_view(row, company.currency)


@transaction.atomic(savepoint=False)
def switch_rule(*, shop_id: UUID, company_id: UUID, rule_id: UUID, on: bool, actor: str, now: datetime) -> None:
    """Days that pass while it is off give nothing. Raises CompanyNotFound, RuleNotFound."""
    company = lock_company(shop_id, company_id)
    row = lock_rule(shop_id, rule_id)
    if row.company_id != company.id:
        raise RuleNotFound
    if row.on == on:
        return
    today = now.astimezone(ZoneInfo(shop_of(shop_id).timezone)).date()
    row.on = on
    if on:
        row.through = max(row.through, today.fromordinal(today.toordinal() - 1))
    row.save(update_fields=["on", "through"])
    noted(company, "welfare.rule_switched", ("welfare_rule", row.id), actor, {"on": on}, now)
