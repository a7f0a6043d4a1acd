"""Somebody of a company signs in: a mail address has been proven by a code before."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.ids import hash_token, secret_token, uuid7
from goodfor.kernel.tenancy import platform_job
from goodfor.welfare import states
from goodfor.welfare.contacts import mail_index
from goodfor.welfare.errors import SignInFirst
from goodfor.welfare.mapping import company_view, person_view
from goodfor.welfare.models import Company, Person, Session
from goodfor.welfare.types import SignedIn

#: A day of work.
LIVES: Final = timedelta(hours=12)
_KEPT: Final = timedelta(days=30)


@transaction.atomic(savepoint=False)
def sign_in(*, shop_id: UUID, mail: str, now: datetime) -> SignedIn:
    """A session for whoever has shown that this mail address is theirs. Raises SignInFirst where it is nobody's."""
    row = Person.objects.filter(shop_id=shop_id, mail_index=mail_index(shop_id, mail), state=states.ACTIVE).first()
    if row is None:
        raise SignInFirst
    token = secret_token()
    session = Session.objects.create(
        id=uuid7(), shop_id=shop_id, person=row, token_hash=hash_token(token), made_at=now, ends_at=now + LIVES
    )
    row.last_in_at = now
    row.save(update_fields=["last_in_at"])
    company = Company.objects.get(shop_id=shop_id, id=row.company_id)
    return SignedIn(session.id, person_view(row), company_view(company), token)


@transaction.atomic(savepoint=False)
def sign_out(*, shop_id: UUID, session_id: UUID, now: datetime) -> None:
    """The session is over."""
    Session.objects.filter(shop_id=shop_id, id=session_id, ends_at__gt=now).update(ends_at=now)


def forget_sessions(*, now: datetime, limit: int = 1_000) -> int:
    """Sessions that ended a month ago go; how many."""
    with platform_job("sessions of companies' people that are long over"), transaction.atomic():
        old = Session.objects.filter(ends_at__lt=now - _KEPT).order_by("ends_at").values_list("id", flat=True)[:limit]
        return Session.objects.filter(id__in=list(old)).delete()[0]
