"""The shop's staff make a company, and change what it may and costs."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.identity import queries as identity
from goodfor.kernel.ids import uuid7
from goodfor.ledger import operations as ledger
from goodfor.welfare import accounts, states
from goodfor.welfare.contacts import seal
from goodfor.welfare.errors import CodeTaken, InvalidWelfare
from goodfor.welfare.locks import lock_company
from goodfor.welfare.mapping import company_view
from goodfor.welfare.models import Company
from goodfor.welfare.operations.steps import filled, moved, noted, shop_of
from goodfor.welfare.types import CompanyView, CompanyWish
from goodfor.welfare.worth import MOST_MARKUP_BP

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")
#: Addresses that anybody can have say nothing of where somebody works.
_ANYBODY: Final = frozenset(
    {"qq.com", "163.com", "126.com", "sina.com", "gmail.com", "outlook.com", "hotmail.com", "foxmail.com", "139.com"}
)
MOST_DOMAINS: Final = 20
MOST_NAMED: Final = 500


@transaction.atomic(savepoint=False)
def make_company(*, shop_id: UUID, wish: CompanyWish, actor: str, now: datetime) -> CompanyView:
    """On, with nothing prepaid. Raises InvalidWelfare, CodeTaken."""
    row = Company(
        id=uuid7(), shop_id=shop_id, code=_code(wish.code), currency=shop_of(shop_id).currency, made_by=actor[:80],
        made_at=now,
    )  # fmt: skip
    _fill(row, wish)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "welfare_company_code" in str(error):
            raise CodeTaken(code=row.code) from None
        raise
    ledger.open_account(shop_id=shop_id, code=accounts.prepaid(row.id), currency=row.currency, now=now)
    moved(shop_id, states.COMPANY, row.id, (None, states.ON), actor, now)
    noted(row, "welfare.company_made", ("welfare_company", row.id), actor, _said(row), now)
    return company_view(row)


@transaction.atomic(savepoint=False)
def set_company(
    *, shop_id: UUID, company_id: UUID, wish: CompanyWish, on: bool, actor: str, now: datetime
) -> CompanyView:
    """Its code and what it has stay. Switched off nothing is granted or spent.

    Raises CompanyNotFound, InvalidWelfare.
    """
    row = lock_company(shop_id, company_id)
    _fill(row, wish)
    to_state = states.ON if on else states.OFF
    if row.state != to_state:
        moved(shop_id, states.COMPANY, row.id, (row.state, to_state), actor, now)
        row.state = to_state
    row.save()
    noted(row, "welfare.company_set", ("welfare_company", row.id), actor, {**_said(row), "state": row.state}, now)
    return company_view(row)


def _code(text: str) -> str:
    code = text.strip().lower()
    if not _CODE.fullmatch(code):
        raise InvalidWelfare(field="code")
    return code


def _fill(row: Company, wish: CompanyWish) -> None:
    row.name = filled(wish.name, 80, "name")
    row.domains = _domains(wish.domains)
    for ids, field in ((wish.categories, "categories"), (wish.skus, "skus")):
        if len(ids) > MOST_NAMED:
            raise InvalidWelfare(field=field)
    row.categories, row.skus = sorted(set(wish.categories)), sorted(set(wish.skus))
    if not 0 <= wish.markup_bp <= MOST_MARKUP_BP:
        raise InvalidWelfare(field="markup")
    row.markup_bp = wish.markup_bp
    if len(wish.contact) > 200:
        raise InvalidWelfare(field="contact")
    row.client_id = _client(row, wish.client_id)
    sealed = seal(row.id, wish.contact.strip()) if wish.contact.strip() else None
    row.contact_key_id, row.contact_blob = (sealed.key_id, sealed.blob) if sealed else (None, None)


def _client(row: Company, client_id: UUID | None) -> UUID | None:
    """A client of this shop, and no other company's."""
    if client_id is None:
        return None
    known = any(one.id == client_id for one in identity.clients_of_shop(row.shop_id))
    others = Company.objects.filter(shop_id=row.shop_id, client_id=client_id).exclude(id=row.id)
    if not known or others.exists():
        raise InvalidWelfare(field="client")
    return client_id


def _domains(typed: Sequence[str]) -> list[str]:
    found = sorted({one.strip().lower().lstrip("@") for one in typed} - {""})
    if len(found) > MOST_DOMAINS or any(not _DOMAIN.fullmatch(one) or one in _ANYBODY for one in found):
        raise InvalidWelfare(field="domains")
    return found


def _said(row: Company) -> dict[str, object]:
    return {
        "name": row.name, "domains": row.domains, "markup_bp": row.markup_bp, "categories": len(row.categories),
        "skus": len(row.skus),
    }  # fmt: skip
