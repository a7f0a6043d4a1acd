"""Put a bundle on sale (and with it its newest revision), take it off, put it away for good."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.statemachine import record_history
from goodfor.promotions.bundle_errors import BundleChanged, BundleUnknown
from goodfor.promotions.bundle_models import Bundle, BundleRevision
from goodfor.promotions.bundle_states import ARCHIVED, BUNDLE, OFF_SALE, ON_SALE


@transaction.atomic
def put_on_sale(*, shop_id: UUID, bundle_id: UUID, seen: int, actor: str, now: datetime) -> None:
    """Sell by the newest revision, `seen` by whoever says so. On sale already: that revision takes its place.

    Raises BundleUnknown, BundleChanged, IllegalTransition.
    """
    row = _held(shop_id, bundle_id)
    newest = BundleRevision.objects.filter(shop_id=shop_id, bundle_id=bundle_id).order_by("-number")[0]
    if newest.number != seen:
        raise BundleChanged(number=newest.number)
    if row.state == ON_SALE:
        if row.revision_id != newest.id:
            rows = Bundle.objects.filter(shop_id=shop_id, id=bundle_id)
            rows.update(revision_id=newest.id, changed_at=now)
            _note(row, "bundle_replaced", actor, {"number": newest.number}, now)
        return
    _move(row, ON_SALE, actor, now, revision_id=newest.id)
    _note(row, "bundle_on_sale", actor, {"number": newest.number}, now)


@transaction.atomic
def take_off_sale(*, shop_id: UUID, bundle_id: UUID, actor: str, now: datetime) -> None:
    """Not sold any more; orders that were placed stand. Raises BundleUnknown, IllegalTransition."""
    row = _held(shop_id, bundle_id)
    _move(row, OFF_SALE, actor, now)
    _note(row, "bundle_off_sale", actor, {}, now)


@transaction.atomic
def archive_bundle(*, shop_id: UUID, bundle_id: UUID, actor: str, now: datetime) -> None:
    """Put away for good. Raises BundleUnknown, IllegalTransition (while it is on sale)."""
    row = _held(shop_id, bundle_id)
    _move(row, ARCHIVED, actor, now)
    _note(row, "bundle_archived", actor, {}, now)


@transaction.atomic
def place_bundle(*, shop_id: UUID, bundle_id: UUID, position: int, actor: str, now: datetime) -> None:
    """Where it stands among the bundles of the shop. Raises BundleUnknown."""
    row = _held(shop_id, bundle_id)
    Bundle.objects.filter(shop_id=shop_id, id=bundle_id).update(position=position, changed_at=now)
    _note(row, "bundle_placed", actor, {"position": position}, now)


def _held(shop_id: UUID, bundle_id: UUID) -> Bundle:
    advisory_xact_lock(("bundle", shop_id, bundle_id))
    row = Bundle.objects.filter(shop_id=shop_id, id=bundle_id).first()
    if row is None:
        raise BundleUnknown
    return row


def _move(row: Bundle, to: str, actor: str, now: datetime, **more: UUID) -> None:
    BUNDLE.check(row.state, to)
    rows = Bundle.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state)
    if not rows.update(state=to, changed_at=now, **more):
        raise BundleChanged
    record_history(
        shop_id=row.shop_id,
        machine=BUNDLE,
        subject_id=row.id,
        moves=[(row.state, to)],
        actor=actor,
        cause="staff",
        now=now,
    )


def _note(row: Bundle, action: str, actor: str, data: dict[str, object], now: datetime) -> None:
    audit.record(
        shop_id=row.shop_id,
        actor=actor,
        action=action,
        subject=("promotions.bundle", row.id),
        data={"slug": row.slug, **data},
        now=now,
    )
