"""What two agreed to is taken away, once."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.console import states
from goodfor.console.errors import ResultChanged, WishMoved
from goodfor.console.models import Export
from goodfor.console.operations.wish import use_wish
from goodfor.kernel import audit
from goodfor.risk.operations.canary_seen import seen_among
from goodfor.risk.types import KeyKind
from goodfor.vault import operations as vault
from goodfor.vault import queries as stock
from goodfor.vault.types import RevealedCode


@transaction.atomic
def take_codes(
    *, shop_id: UUID, wish_id: UUID, staff_id: UUID, count: int, take_off_sale: bool, now: datetime
) -> Iterator[list[RevealedCode]]:
    """The codes of the batch, in pages. Raises WishNotFound, WishMoved, ResultChanged (more than were agreed to),
    BatchBusy, NothingToDo; then nothing is taken.
    """
    used = use_wish(shop_id=shop_id, wish_id=wish_id, staff_id=staff_id, now=now)
    if count > used.rows:
        raise ResultChanged
    return vault.export_codes(
        shop_id=shop_id, batch_id=used.subject_id, reason=used.reason, actor=f"staff:{staff_id}",
        take_off_sale=take_off_sale, now=now, most=used.rows,
    )  # fmt: skip


@transaction.atomic
def take_list(*, shop_id: UUID, wish_id: UUID, staff_id: UUID, now: datetime) -> None:
    """A long list's file: gone after that. Raises WishNotFound, WishMoved."""
    used = use_wish(shop_id=shop_id, wish_id=wish_id, staff_id=staff_id, now=now)
    states.EXPORT.check(states.DONE, states.GONE)
    rows = Export.objects.filter(shop_id=shop_id, id=used.subject_id, state=states.DONE)
    if not rows.update(state=states.GONE):
        raise WishMoved


def note_taken(*, shop_id: UUID, export_id: UUID, actor: str, now: datetime) -> None:
    """Who takes a file is written down."""
    audit.record(
        shop_id=shop_id, actor=actor, action="console.export_taken", subject=("console.export", export_id), data={},
        now=now,
    )  # fmt: skip


def watched(
    shop_id: UUID, pages: Iterator[list[RevealedCode]], now: datetime, who: Mapping[KeyKind, str]
) -> Iterator[list[RevealedCode]]:  # fmt: skip
    """The same pages; bait among them raises its alarm, with who took it."""
    for page in pages:
        marks = stock.planted(shop_id, [code.code_id for code in page])
        if marks:
            seen_among(shop_id=shop_id, fingerprints=marks.values(), place="export", now=now, who=who)
        yield page
