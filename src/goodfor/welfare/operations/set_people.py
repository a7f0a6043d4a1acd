"""Who looks after a company: asked by the shop's staff or by a manager of the company."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.kernel.ids import uuid7
from goodfor.welfare import states
from goodfor.welfare.contacts import keep_mail, normal_mail
from goodfor.welfare.errors import InvalidWelfare, MailTaken, SignInFirst
from goodfor.welfare.locks import lock_company, lock_person
from goodfor.welfare.mapping import person_view
from goodfor.welfare.models import Person, Session
from goodfor.welfare.operations.steps import filled, moved, noted
from goodfor.welfare.operations.tell_people import tell_person
from goodfor.welfare.types import PersonView


@transaction.atomic(savepoint=False)
def add_person(
    *, shop_id: UUID, company_id: UUID, mail: str, name: str, role: str, actor: str, now: datetime
) -> PersonView:  # fmt: skip
    """May sign in from now on; somebody who had gone comes back with what is said now.

    Raises CompanyNotFound, InvalidWelfare, MailTaken (also by another company: a mail address looks after one).
    """
    company = lock_company(shop_id, company_id)
    plain = normal_mail(mail)
    if not plain or role not in states.ROLES:
        raise InvalidWelfare(field="role" if plain else "mail")
    person_id = uuid7()
    kept = keep_mail(shop_id, person_id, plain)
    known = Person.objects.filter(shop_id=shop_id, company=company, mail_index=kept.index, state=states.GONE).first()
    row = known or Person(
        id=person_id, shop_id=shop_id, company=company, mail_key_id=kept.key_id, mail_blob=kept.blob,
        mail_index=kept.index, made_by=actor[:80], made_at=now,
    )  # fmt: skip
    was = row.state if known else None
    row.name, row.role, row.state = filled(name, 80, "name"), role, states.ACTIVE
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "welfare_person_mail" in str(error):
            raise MailTaken from None
        raise
    moved(shop_id, states.PERSON, row.id, (was, states.ACTIVE), actor, now)
    tell_person(company, row, now)
    noted(company, "welfare.person_added", ("welfare_person", row.id), actor, {"role": role}, now)
    return person_view(row)


@transaction.atomic(savepoint=False)
def remove_person(*, shop_id: UUID, company_id: UUID, person_id: UUID, actor: str, now: datetime) -> None:
    """Signed out everywhere, at once. Again it changes nothing. Raises CompanyNotFound, SignInFirst (nobody)."""
    company = lock_company(shop_id, company_id)
    row = lock_person(shop_id, person_id)
    if row.company_id != company.id:
        raise SignInFirst
    if row.state == states.GONE:
        return
    moved(shop_id, states.PERSON, row.id, (row.state, states.GONE), actor, now)
    row.state = states.GONE
    row.save(update_fields=["state"])
    Session.objects.filter(shop_id=shop_id, person=row, ends_at__gt=now).update(ends_at=now)
    noted(company, "welfare.person_removed", ("welfare_person", row.id), actor, {}, now)
