"""Make a bundle, or write its next revision; nothing that buyers see changes until that is put on sale."""

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.catalog import queries as catalog
from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.statemachine import record_history
from goodfor.promotions.bundle_errors import BundleChanged, BundleUnknown, InvalidBundle, SlugTaken
from goodfor.promotions.bundle_json import checked, dumped
from goodfor.promotions.bundle_models import Bundle, BundleRevision
from goodfor.promotions.bundle_states import ARCHIVED, BUNDLE, DRAFT
from goodfor.promotions.bundle_types import BundleSpec

_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")


@transaction.atomic
def create_bundle(*, shop_id: UUID, slug: str, spec: BundleSpec, actor: str, now: datetime) -> UUID:
    """A draft with its first revision; its id. Raises InvalidBundle, SlugTaken."""
    if not _SLUG.fullmatch(slug):
        raise InvalidBundle(field="slug", reason="invalid")
    _check_goods(shop_id, checked(spec))
    row = Bundle(id=uuid7(), shop_id=shop_id, slug=slug, state=DRAFT, created_at=now, changed_at=now)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise SlugTaken(slug=slug) from None
    record_history(
        shop_id=shop_id, machine=BUNDLE, subject_id=row.id, moves=[(None, DRAFT)], actor=actor, cause="made", now=now
    )  # fmt: skip
    _write(row, 1, spec, actor, now)
    return row.id


@transaction.atomic
def revise_bundle(*, shop_id: UUID, bundle_id: UUID, spec: BundleSpec, seen: int, actor: str, now: datetime) -> UUID:
    """The next revision; its id. What is the same as the newest makes none. `seen`: the number that was changed.

    Raises BundleUnknown (archived, too), BundleChanged, InvalidBundle.
    """
    _check_goods(shop_id, checked(spec))
    advisory_xact_lock(("bundle", shop_id, bundle_id))
    row = Bundle.objects.filter(shop_id=shop_id, id=bundle_id).exclude(state=ARCHIVED).first()
    if row is None:
        raise BundleUnknown
    newest = BundleRevision.objects.filter(shop_id=shop_id, bundle_id=bundle_id).order_by("-number")[0]
    if newest.spec == dumped(spec):
        return newest.id
    if newest.number != seen:
        raise BundleChanged(number=newest.number)
    Bundle.objects.filter(shop_id=shop_id, id=bundle_id).update(changed_at=now)
    return _write(row, newest.number + 1, spec, actor, now)


def _write(row: Bundle, number: int, spec: BundleSpec, actor: str, now: datetime) -> UUID:
    made = BundleRevision.objects.create(
        shop_id=row.shop_id, bundle_id=row.id, number=number, spec=dumped(spec), by=actor[:80], at=now
    )
    audit.record(
        shop_id=row.shop_id,
        actor=actor,
        action="bundle_written",
        subject=("promotions.bundle", row.id),
        data={"slug": row.slug, "number": number},
        now=now,
    )
    return made.id


def _check_goods(shop_id: UUID, spec: BundleSpec) -> None:
    """Each part is a SKU of the shop that is delivered as codes, all in one currency. Raises InvalidBundle."""
    labels = catalog.sku_labels(shop_id, [part.sku_id for part in spec.parts])
    if len(labels) != len(spec.parts):
        raise InvalidBundle(field="parts", reason="sku_unknown")
    if len({label.price.currency for label in labels}) != 1:
        raise InvalidBundle(field="parts", reason="mixed_currency")
    # A top-up is an order of its own: it cannot be taken back once another part fails.
    if any(label.delivery_kind != "code" for label in labels):
        raise InvalidBundle(field="parts", reason="direct_alone")
