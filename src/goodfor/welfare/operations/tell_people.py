"""People of a company are told by mail: that they look after it, and that there is too little prepaid."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.kernel.money import Money
from goodfor.notify.operations.send import send
from goodfor.notify.types import BUYER, Recipient, language_of
from goodfor.welfare import states
from goodfor.welfare.contacts import opened
from goodfor.welfare.models import Company, Grant, Person

_CONSOLE: Final = "/company"


def tell_person(company: Company, person: Person, now: datetime) -> None:
    """He may sign in. A step in the caller's transaction."""
    told = {"company": company.name, "name": person.name, "url": f"{_CONSOLE}/in"}
    _send(company.shop_id, "welfare_person", f"welfare:{person.id}:{now.date().isoformat()}", [person], told, now)


@transaction.atomic(savepoint=False)
def tell_short(*, shop_id: UUID, grant_id: UUID, missing_minor: int, now: datetime) -> None:
    """To all managers of the company, once for a grant."""
    row = Grant.objects.select_related("company").get(shop_id=shop_id, id=grant_id)
    managers = list(
        Person.objects.filter(shop_id=shop_id, company=row.company, state=states.ACTIVE, role=states.MANAGER)[:20]
    )
    told = {
        "company": row.company.name, "name": row.name, "amount": Money(missing_minor, row.company.currency),
        "url": f"{_CONSOLE}/grants/{row.id}",
    }  # fmt: skip
    if managers:
        _send(shop_id, "welfare_short", f"welfare:{row.id}", managers, told, now)


def _send(
    shop_id: UUID, scene: str, subject: str, people: list[Person], told: dict[str, Any], now: datetime
) -> None:  # fmt: skip
    recipients = [Recipient("email", opened(one.id, one.mail_key_id, one.mail_blob), one.name) for one in people]
    send(
        shop_id=shop_id, scene=scene, audience=BUYER, subject=subject, recipients=recipients,
        context={"welfare": told}, language=language_of(identity.shop_by_id(shop_id).locale), now=now,
    )  # fmt: skip
