"""Reads of the console's own tables."""

from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db.models import Max

from goodfor.console.errors import BatchNotFound, ExportNotFound
from goodfor.console.models import Batch, BatchItem, ColumnChoice, Export, SavedView, Session, StartCard
from goodfor.console.types import BatchView, ExportView, Factors, SavedViewLink, SessionView


def open_session(user_id: int, session_id: UUID) -> SessionView | None:
    """A session of the person that was not ended."""
    row = Session.objects.filter(id=session_id, user_id=user_id, ended_at__isnull=True).first()
    return _session(row) if row else None


def open_sessions(user_id: int, since: datetime) -> list[SessionView]:
    """Where the person is signed in, latest first; older ones have run out by themselves."""
    rows = Session.objects.filter(user_id=user_id, ended_at__isnull=True, created_at__gte=since)
    return [_session(row) for row in rows.order_by("-created_at")[:50]]


def last_seen(user_ids: list[int]) -> dict[int, datetime]:
    """When each of these people was last here; who never came is left out."""
    rows = Session.objects.filter(user_id__in=user_ids).values("user_id").annotate(at=Max("last_seen_at"))
    return {row["user_id"]: row["at"] for row in rows}


def start_dismissed(shop_id: UUID) -> bool:
    """True when the shop's staff do not want to be led to the first sale."""
    return StartCard.objects.filter(shop_id=shop_id).exists()


def came_before(user_id: int, at: datetime) -> bool:
    """True when the person was here before that instant."""
    return Session.objects.filter(user_id=user_id, created_at__lt=at).exists()


def factors_of(user_id: int) -> Factors:
    """What the person can prove themselves with."""
    user = User.objects.get(pk=user_id)
    rows = list(Authenticator.objects.filter(user_id=user_id).order_by("pk"))
    passkeys = [
        (row.pk, str(row.data.get("name", "")), row.last_used_at)
        for row in rows
        if row.type == Authenticator.Type.WEBAUTHN
    ]
    codes = [row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES]
    return Factors(
        password=user.has_usable_password() and bool(user.password),
        totp=any(row.type == Authenticator.Type.TOTP for row in rows),
        passkeys=tuple(passkeys),
        recovery_left=len(codes[0].wrap().get_unused_codes()) if codes else None,
    )


def totp_id(user_id: int) -> int | None:
    """The id of the person's authenticator app."""
    row = Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).first()
    return row.pk if row else None


def saved_views(shop_id: UUID, staff_id: UUID, listing: str) -> list[SavedViewLink]:
    """A person's views of a list, in the order in which they were saved."""
    rows = SavedView.objects.filter(shop_id=shop_id, staff_id=staff_id, listing=listing).order_by("id")
    return [SavedViewLink(row.id, row.name, row.query) for row in rows]


def chosen_columns(shop_id: UUID, staff_id: UUID, listing: str) -> list[str] | None:
    """The columns that a person chose; None: never."""
    row = ColumnChoice.objects.filter(shop_id=shop_id, staff_id=staff_id, listing=listing).first()
    return list(row.columns) if row else None


def exports(shop_id: UUID, listings: list[str], staff_id: UUID | None, limit: int = 50) -> list[ExportView]:
    """Exports of these lists, latest first; of one person, or of all."""
    rows = Export.objects.filter(shop_id=shop_id, listing__in=listings).order_by("-created_at", "-id")
    if staff_id is not None:
        rows = rows.filter(staff_id=staff_id)
    return [_export(row) for row in rows[:limit]]


def export(shop_id: UUID, export_id: UUID) -> ExportView:
    """One export. Raises ExportNotFound."""
    row = Export.objects.filter(shop_id=shop_id, id=export_id).first()
    if row is None:
        raise ExportNotFound
    return _export(row)


def batches(shop_id: UUID, listings: list[str], limit: int = 50) -> list[BatchView]:
    """Batches of these lists, latest first."""
    rows = Batch.objects.filter(shop_id=shop_id, listing__in=listings).order_by("-created_at", "-id")[:limit]
    return [_batch(row) for row in rows]


def batch(shop_id: UUID, batch_id: UUID) -> BatchView:
    """One batch. Raises BatchNotFound."""
    row = Batch.objects.filter(shop_id=shop_id, id=batch_id).first()
    if row is None:
        raise BatchNotFound
    return _batch(row)


def refused_items(shop_id: UUID, batch_id: UUID, limit: int = 200) -> list[tuple[UUID, str]]:
    """The first rows that a batch could not do: which, and the refusal's code."""
    rows = BatchItem.objects.filter(shop_id=shop_id, batch_id=batch_id, state="refused").order_by("position")
    return [(row.subject_id, row.problem) for row in rows[:limit]]


def _session(row: Session) -> SessionView:
    return SessionView(row.id, row.method, row.address, row.agent, row.created_at, row.last_seen_at)


def _export(row: Export) -> ExportView:
    return ExportView(
        row.id,
        row.staff_id,
        row.listing,
        row.format,
        row.state,
        row.rows,
        row.size_bytes,
        row.created_at,
        row.finished_at,
        row.expires_at,
    )


def _batch(row: Batch) -> BatchView:
    return BatchView(
        row.id,
        row.staff_id,
        row.listing,
        row.action,
        row.state,
        row.total,
        row.done,
        row.refused,
        row.created_at,
        row.finished_at,
    )
