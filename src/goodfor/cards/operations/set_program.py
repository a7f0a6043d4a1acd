"""A program is made, changed as long as that is allowed, or closed to further batches."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.cards import looks, states
from goodfor.cards.errors import InvalidProgram, TermsKept
from goodfor.cards.locks import lock_program
from goodfor.cards.mapping import program_view
from goodfor.cards.models import Program
from goodfor.cards.operations.steps import must_be_able
from goodfor.cards.types import ProgramView, ProgramWish, Skin
from goodfor.cards.worth import MOST
from goodfor.catalog import queries as catalog
from goodfor.identity import queries as identity
from goodfor.kernel import audit
from goodfor.kernel.errors import DomainError
from goodfor.kernel.statemachine import record_history

MOST_CHOICES = 50


@transaction.atomic(savepoint=False)
def make_program(*, shop_id: UUID, wish: ProgramWish, actor: str, now: datetime) -> ProgramView:
    """A new one, in the shop's currency. Raises InvalidProgram(field), Forbidden."""
    must_be_able(shop_id, actor)
    currency = identity.shop_by_id(shop_id).currency
    _check(shop_id, wish, currency)
    row = Program.objects.create(
        shop_id=shop_id, name=wish.name.strip(), face=wish.face, skus=list(wish.skus), value_minor=wish.value_minor,
        currency=currency, **_skin(wish.skin), made_by=actor[:80], made_at=now,
    )  # fmt: skip
    record_history(
        shop_id=shop_id, machine=states.PROGRAM, subject_id=row.id, moves=[(None, states.DRAFT)], actor=actor,
        cause="make", now=now,
    )  # fmt: skip
    _note(row, "made", actor, now)
    return program_view(row)


@transaction.atomic(savepoint=False)
def change_program(
    *, shop_id: UUID, program_id: UUID, wish: ProgramWish, actor: str, now: datetime
) -> ProgramView:  # fmt: skip
    """Name and looks at any time; what its cards are good for until the first batch.

    Raises ProgramNotFound, TermsKept, InvalidProgram(field), Forbidden.
    """
    must_be_able(shop_id, actor)
    row = lock_program(shop_id, program_id)
    same = (wish.face, list(wish.skus), wish.value_minor) == (row.face, list(row.skus), row.value_minor)
    if row.state != states.DRAFT and not same:
        raise TermsKept
    _check(shop_id, wish, row.currency, terms=not same)
    row.name, row.face, row.skus, row.value_minor = wish.name.strip(), wish.face, list(wish.skus), wish.value_minor
    for name, value in _skin(wish.skin).items():
        setattr(row, name, value)
    row.save(update_fields=["name", "face", "skus", "value_minor", "brand", "ink", "paper", "words"])
    _note(row, "changed", actor, now)
    return program_view(row)


@transaction.atomic(savepoint=False)
def close_program(*, shop_id: UUID, program_id: UUID, actor: str, now: datetime) -> None:
    """No further batches; cards that are out stay good. Raises ProgramNotFound, IllegalTransition, Forbidden."""
    must_be_able(shop_id, actor)
    row = lock_program(shop_id, program_id)
    was = row.state
    states.PROGRAM.check(was, states.CLOSED)
    row.state = states.CLOSED
    row.save(update_fields=["state"])
    record_history(
        shop_id=shop_id, machine=states.PROGRAM, subject_id=row.id, moves=[(was, states.CLOSED)], actor=actor,
        cause="close", now=now,
    )  # fmt: skip
    _note(row, "closed", actor, now)


def _check(shop_id: UUID, wish: ProgramWish, currency: str, *, terms: bool = True) -> None:
    if not wish.name.strip() or len(wish.name) > 80:
        raise InvalidProgram(field="name")
    if not wish.skin.brand.strip() or len(wish.skin.brand) > 40:
        raise InvalidProgram(field="brand")
    if len(wish.skin.words) > 200:
        raise InvalidProgram(field="words")
    if not looks.readable(wish.skin.ink, wish.skin.paper):
        raise InvalidProgram(field="ink")
    if terms:
        _check_terms(shop_id, wish, currency)


def _check_terms(shop_id: UUID, wish: ProgramWish, currency: str) -> None:
    if wish.face == states.VALUE:
        if wish.skus or not 1 <= wish.value_minor <= MOST:
            raise InvalidProgram(field="value")
        return
    if wish.face not in states.FACES:
        raise InvalidProgram(field="face")
    most = 1 if wish.face == states.PRODUCT else MOST_CHOICES
    least = 1 if wish.face == states.PRODUCT else 2
    if wish.value_minor or not least <= len(set(wish.skus)) <= most or len(set(wish.skus)) != len(wish.skus):
        raise InvalidProgram(field="skus")
    try:
        found = catalog.skus_for_sale(shop_id, list(wish.skus))
    except DomainError:
        raise InvalidProgram(field="skus") from None
    if any(sku.price.currency != currency or sku.price.amount_minor < 1 for sku in found.values()):
        raise InvalidProgram(field="skus")


def _skin(skin: Skin) -> dict[str, str]:
    return {"brand": skin.brand.strip(), "ink": skin.ink, "paper": skin.paper, "words": skin.words.strip()}


def _note(row: Program, what: str, actor: str, now: datetime) -> None:
    audit.record(
        shop_id=row.shop_id, actor=actor, action=f"cards_program_{what}", subject=("cards_program", row.id),
        data={"name": row.name, "face": row.face, "value_minor": row.value_minor,
              "skus": [str(sku) for sku in row.skus]}, now=now,
    )  # fmt: skip
