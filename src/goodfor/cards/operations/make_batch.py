"""A batch is made; its cards are written in the background, by the million."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max

from goodfor.cards import states
from goodfor.cards.codes import card_aad, random_codes
from goodfor.cards.errors import InvalidBatch, ProgramNotFound
from goodfor.cards.locks import lock_batch, lock_program, lock_serials
from goodfor.cards.mapping import batch_view
from goodfor.cards.models import Batch, Program
from goodfor.cards.operations.steps import must_be_able
from goodfor.cards.types import BatchView, BatchWish
from goodfor.cards.worth import MOST
from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.ids import uuid7_batch
from goodfor.kernel.statemachine import record_history
from goodfor.kernel.tenancy import platform_job
from goodfor.risk.doors.codes import code_fingerprint

#: Cards a transaction of the background duty.
CHUNK: Final = 50_000
LARGEST: Final = 5_000_000
_COPY: Final = (
    "COPY cards_card (id, shop_id, program_id, batch_id, serial, state, price_minor, basis_minor, remaining_minor,"
    " code_index, code_key_id, code_blob) FROM STDIN"
)


@transaction.atomic(savepoint=False)
def make_batch(*, shop_id: UUID, wish: BatchWish, actor: str, now: datetime) -> BatchView:
    """A batch of a program that is not closed; the cards follow (`write_cards`). With it the program's terms are kept.

    Raises ProgramNotFound, InvalidBatch(field), Forbidden.
    """
    must_be_able(shop_id, actor)
    program = lock_program(shop_id, wish.program_id)
    if program.state == states.CLOSED:
        raise ProgramNotFound
    _check(wish, now)
    lock_serials(shop_id)
    last = Batch.objects.filter(shop_id=shop_id).aggregate(last=Max(F("first_serial") + F("size")))["last"]
    row = Batch.objects.create(
        shop_id=shop_id, program=program, name=wish.name.strip(), size=wish.size, price_minor=wish.price_minor,
        activation=wish.activation, valid_until=wish.valid_until, valid_days=wish.valid_days, first_serial=last or 1,
        made_by=actor[:80], made_at=now,
    )  # fmt: skip
    record_history(
        shop_id=shop_id, machine=states.BATCH, subject_id=row.id, moves=[(None, states.MAKING)], actor=actor,
        cause="make", now=now,
    )  # fmt: skip
    _issue(program, actor, now)
    audit.record(
        shop_id=shop_id, actor=actor, action="cards_batch_made", subject=("cards_batch", row.id),
        data={"program": str(program.id), "size": row.size, "price_minor": row.price_minor,
              "activation": row.activation}, now=now,
    )  # fmt: skip
    return batch_view(row, program.currency)


def write_cards(*, now: datetime) -> int:
    """The next chunk of cards of any batch that lacks some; how many were written."""
    with platform_job("cards of batches"):
        row = Batch.objects.filter(state=states.MAKING).order_by("id").first()
        if row is None:
            return 0
        try:
            with transaction.atomic():
                return _chunk(row.shop_id, row.id, now)
        except IntegrityError:
            # Two codes of 10^25 were the same: others are drawn.
            return 1


def _chunk(shop_id: UUID, batch_id: UUID, now: datetime) -> int:
    row = lock_batch(shop_id, batch_id)
    count = min(CHUNK, row.size - row.made)
    if row.state != states.MAKING or count < 1:
        return 0
    _copy(row, row.program, count)
    row.made += count
    if row.made == row.size:
        row.state = states.READY
        record_history(
            shop_id=shop_id, machine=states.BATCH, subject_id=batch_id, moves=[(states.MAKING, states.READY)],
            actor="system", cause="written", now=now,
        )  # fmt: skip
    row.save(update_fields=["made", "state"])
    return count


def _copy(row: Batch, program: Program, count: int) -> None:
    ring, value, serial = keyring(), program.value_minor, row.first_serial + row.made
    head = f"{row.shop_id}\t{program.id}\t{row.id}"
    tail = f"{states.MADE}\t{row.price_minor}\t{value}\t{value}\t\\\\x"
    with connection.cursor() as cursor, cursor.cursor.copy(_COPY) as copy:
        for start in range(0, count, 5_000):
            codes = random_codes(min(5_000, count - start))
            lines = []
            for card_id, code in zip(uuid7_batch(len(codes)), codes, strict=True):
                sealed = ring.seal(code.encode(), card_aad(card_id))
                index = code_fingerprint(row.shop_id, code).hex()
                lines.append(f"{card_id}\t{head}\t{serial}\t{tail}{index}\t{sealed.key_id}\t\\\\x{sealed.blob.hex()}\n")
                serial += 1
            copy.write("".join(lines))


def _issue(program: Program, actor: str, now: datetime) -> None:
    if program.state != states.DRAFT:
        return
    program.state = states.ISSUED
    program.save(update_fields=["state"])
    record_history(
        shop_id=program.shop_id, machine=states.PROGRAM, subject_id=program.id,
        moves=[(states.DRAFT, states.ISSUED)], actor=actor, cause="batch", now=now,
    )  # fmt: skip


def _check(wish: BatchWish, now: datetime) -> None:
    if not wish.name.strip() or len(wish.name) > 80:
        raise InvalidBatch(field="name")
    if not 1 <= wish.size <= LARGEST:
        raise InvalidBatch(field="size")
    if not 0 <= wish.price_minor <= MOST:
        raise InvalidBatch(field="price")
    if wish.activation not in states.ACTIVATIONS:
        raise InvalidBatch(field="activation")
    if wish.valid_until is not None and (wish.valid_days is not None or wish.valid_until <= now):
        raise InvalidBatch(field="valid_until")
    if wish.valid_days is not None and not 1 <= wish.valid_days <= 36_500:
        raise InvalidBatch(field="valid_days")
