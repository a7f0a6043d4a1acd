"""Rules make their grants, day by day: all of a day's or nothing, and who is short of money is told."""

import hashlib
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet

from goodfor.kernel.events import publish
from goodfor.kernel.tenancy import platform_job
from goodfor.welfare import states
from goodfor.welfare.calendar import days_after, keys_of
from goodfor.welfare.errors import BudgetShort
from goodfor.welfare.events import BudgetWasShort
from goodfor.welfare.locks import lock_company, lock_grant, lock_rule
from goodfor.welfare.models import Company, Employee, Grant, GrantLine, Rule
from goodfor.welfare.operations.agree_grant import start
from goodfor.welfare.operations.draft_grant import Share, keep_grant
from goodfor.welfare.operations.steps import each, moved, shop_of

ACTOR: Final = "system"


def run_rules(*, now: datetime) -> int:
    """All rules whose shop's day is not through, and grants that waited for money; how many grants began."""
    with platform_job("what companies give by itself in all shops"):
        rules = list(
            Rule.objects.filter(on=True, company__state=states.ON, through__lt=now.date() + timedelta(days=1))
            .order_by("id").values_list("shop_id", "id")
        )  # fmt: skip
        short = list(Grant.objects.filter(state=states.SHORT).order_by("id").values_list("shop_id", "id"))
    return each(_try_again, short, now) + each(_run, rules, now)


@transaction.atomic(savepoint=False)
def _run(shop_id: UUID, rule_id: UUID, now: datetime) -> int:
    """The days of a rule that nobody has looked at."""
    company_id = Rule.objects.filter(shop_id=shop_id, id=rule_id).values_list("company_id", flat=True).first()
    if company_id is None:
        return 0
    company, rule = lock_company(shop_id, company_id), lock_rule(shop_id, rule_id)
    today = now.astimezone(ZoneInfo(shop_of(shop_id).timezone)).date()
    if not rule.on or company.state != states.ON or rule.through >= today:
        return 0
    begun = sum(_day(company, rule, day, now) for day in days_after(rule.through, today))
    rule.through = today
    rule.save(update_fields=["through"])
    return begun


def _day(company: Company, rule: Rule, day: date, now: datetime) -> int:
    """A grant for whoever has something on this day and has had nothing of the rule this year."""
    had = GrantLine.objects.filter(shop_id=company.shop_id, rule_id=rule.id, year=day.year)
    people = _who(company, rule, day).exclude(id__in=had.values("employee_id")).order_by("id")
    ids = list(people.values_list("id", flat=True))
    if not ids:
        return 0
    shares = [Share(one, n, rule.minor, year=day.year) for n, one in enumerate(ids, 1)]
    key = f"rule:{rule.id}:{day.isoformat()}"
    row = keep_grant(
        company, shares, actor=ACTOR, now=now, kind=rule.kind, rule=rule, name=rule.name, request_key=key,
        content_hash=hashlib.sha256(key.encode()).digest(), ends_at=now + timedelta(days=rule.live_days),
    )  # fmt: skip
    try:
        start(company, row, ACTOR, now)
    except BudgetShort as error:
        moved(company.shop_id, states.GRANT, row.id, (states.DRAFT, states.SHORT), ACTOR, now, cause="budget")
        row.state = states.SHORT
        row.save(update_fields=["state"])
        event = BudgetWasShort(company.id, row.id, error.data["missing_minor"], company.currency)
        publish(shop_id=company.shop_id, event=event, now=now)
        return 0
    return 1


def _who(company: Company, rule: Rule, day: date) -> QuerySet[Employee]:
    people = Employee.objects.filter(shop_id=company.shop_id, company=company).exclude(state=states.LEFT)
    if rule.department:
        people = people.filter(department=rule.department)
    if rule.kind == states.FESTIVAL:
        return people if day == rule.on_day else people.none()
    if rule.kind == states.BIRTHDAY:
        return people.filter(birthday__in=keys_of(day))
    days = Q()
    for key in keys_of(day):
        days |= Q(joined_on__month=key // 100, joined_on__day=key % 100)
    return people.filter(days, joined_on__year__lt=day.year)


@transaction.atomic(savepoint=False)
def _try_again(shop_id: UUID, grant_id: UUID, now: datetime) -> int:
    """What was short of money, all of it once there is enough."""
    company_id = Grant.objects.filter(shop_id=shop_id, id=grant_id).values_list("company_id", flat=True).first()
    if company_id is None:
        return 0
    company, row = lock_company(shop_id, company_id), lock_grant(shop_id, grant_id)
    if row.state != states.SHORT or company.state != states.ON:
        return 0
    try:
        start(company, row, ACTOR, now)
    except BudgetShort:
        return 0
    row.ends_at = max(row.ends_at, now + (row.ends_at - row.made_at))
    row.save(update_fields=["ends_at"])
    return 1
