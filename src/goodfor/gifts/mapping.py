"""Rows as views, and what binds sealed values to their rows."""

from uuid import UUID

from goodfor.gifts.models import Gift
from goodfor.gifts.types import GiftView
from goodfor.kernel.crypto import Sealed, keyring


def gift_view(row: Gift) -> GiftView:
    """A row as a view, with the giver's words."""
    return GiftView(
        id=row.id, number=row.number, kind=row.kind, state=row.state, giver_ref=row.giver_ref, taker_ref=row.taker_ref,
        subject_id=row.subject_id, units=row.units, title=row.title, look=row.look, made_at=row.made_at,
        ends_at=row.ends_at, closed_at=row.closed_at, message=_message(row),
    )  # fmt: skip


def _message(row: Gift) -> str:
    if row.message_key_id is None or row.message_blob is None:
        return ""
    return keyring().open(Sealed(row.message_key_id, bytes(row.message_blob)), message_aad(row.id)).decode()


def secret_of(row: Gift) -> str:
    """The secret of a link that nobody has opened; empty afterwards."""
    if row.secret_key_id is None or row.secret_blob is None:
        return ""
    return keyring().open(Sealed(row.secret_key_id, bytes(row.secret_blob)), secret_aad(row.id)).decode()


def message_aad(gift_id: UUID) -> bytes:
    """What binds sealed words to their gift."""
    return b"gift:" + gift_id.bytes


def secret_aad(gift_id: UUID) -> bytes:
    """What binds a sealed link to its gift."""
    return b"gift-link:" + gift_id.bytes
