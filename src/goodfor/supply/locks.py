"""Row locks of supply: after those of orders, before the ledger's. A want before its attempts."""

from uuid import UUID

from django.db import connection

from goodfor.kernel.locks import LOCK_TIMEOUT_MS
from goodfor.supply.errors import AttemptNotFound, InquiryNotFound, MoveNotFound, SupplierNotFound
from goodfor.supply.inquiry_models import Inquiry
from goodfor.supply.models import Supplier
from goodfor.supply.purchase_models import Attempt, Want
from goodfor.supply.watch_models import PriceMove, Trial, Watch


def _limit_waiting() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])


def lock_supplier(shop_id: UUID, supplier_id: UUID) -> Supplier:
    """Lock one supplier. Raises SupplierNotFound."""
    _limit_waiting()
    row = Supplier.objects.select_for_update().filter(shop_id=shop_id, id=supplier_id).first()
    if row is None:
        raise SupplierNotFound
    return row


def lock_want(shop_id: UUID, want_id: UUID) -> Want | None:
    """Lock one want; None when there is none."""
    _limit_waiting()
    return Want.objects.select_for_update().filter(shop_id=shop_id, id=want_id).first()


def lock_wants(shop_id: UUID, order_id: UUID) -> list[Want]:
    """Lock all wants of an order."""
    _limit_waiting()
    return list(Want.objects.select_for_update().filter(shop_id=shop_id, order_id=order_id).order_by("id"))


def lock_attempt(shop_id: UUID, attempt_id: UUID) -> tuple[Want, Attempt]:
    """Lock an attempt and, before it, its want. Raises AttemptNotFound."""
    found = Attempt.objects.filter(shop_id=shop_id, id=attempt_id).values_list("want_id", flat=True).first()
    want = lock_want(shop_id, found) if found else None
    if want is None:
        raise AttemptNotFound
    return want, Attempt.objects.select_for_update().get(shop_id=shop_id, id=attempt_id)


def lock_watch(shop_id: UUID, sku_id: UUID) -> Watch | None:
    """Lock how a SKU's price follows its cost; before the SKU's own row. None when there is no rule."""
    _limit_waiting()
    return Watch.objects.select_for_update().filter(shop_id=shop_id, sku_id=sku_id).first()


def lock_move(shop_id: UUID, move_id: UUID) -> PriceMove:
    """Lock a change of a price and, before it, the rule it came from. Raises MoveNotFound."""
    sku_id = PriceMove.objects.filter(shop_id=shop_id, id=move_id).values_list("sku_id", flat=True).first()
    if sku_id is None:
        raise MoveNotFound
    lock_watch(shop_id, sku_id)
    return PriceMove.objects.select_for_update().get(shop_id=shop_id, id=move_id)


def lock_trial(shop_id: UUID, trial_id: UUID) -> Trial | None:
    """Lock a trial, unless somebody is at it: then None, as where there is none."""
    return Trial.objects.select_for_update(skip_locked=True).filter(shop_id=shop_id, id=trial_id).first()


def lock_inquiry(shop_id: UUID, inquiry_id: UUID) -> Inquiry:
    """Lock one question to a supplier. Raises InquiryNotFound."""
    _limit_waiting()
    row = Inquiry.objects.select_for_update().filter(shop_id=shop_id, id=inquiry_id).first()
    if row is None:
        raise InquiryNotFound
    return row
