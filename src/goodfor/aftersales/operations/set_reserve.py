"""Say how much of a shop's sales is set aside for compensation."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.aftersales.errors import InvalidMoney
from goodfor.aftersales.grant_models import ReserveRate
from goodfor.identity import queries as identity
from goodfor.kernel import audit

MOST = 2_000
#: The ledger's days, whatever the shop's calendar is.
BOOKS = ZoneInfo("Asia/Shanghai")


@transaction.atomic(savepoint=False)
def set_reserve(*, shop_id: UUID, basis_points: int, actor: str, now: datetime) -> None:
    """So many hundredths of a percent of each day's sales, from the present day on; 0: no more, what is there stays.

    Raises InvalidMoney beyond 20 %.
    """
    if not 0 <= basis_points <= MOST:
        raise InvalidMoney(_("比例要在 0% 到 20% 之间"), field="basis_points")
    today = now.astimezone(BOOKS).date()
    row = ReserveRate(
        shop_id=shop_id, currency=identity.shop_by_id(shop_id).currency, basis_points=basis_points, from_day=today,
        changed_at=now, changed_by=actor,
    )  # fmt: skip
    fields = ["basis_points", "changed_at", "changed_by"]
    if not ReserveRate.objects.filter(shop_id=shop_id, basis_points__gt=0).exists():
        # It begins now, or again: nothing is set aside in arrears.
        fields.append("from_day")
    ReserveRate.objects.bulk_create([row], update_conflicts=True, unique_fields=["shop_id"], update_fields=fields)
    audit.record(
        shop_id=shop_id, actor=actor, action="aftersales.reserve_rate_set", subject=("shop", shop_id),
        data={"basis_points": basis_points}, now=now,
    )  # fmt: skip
