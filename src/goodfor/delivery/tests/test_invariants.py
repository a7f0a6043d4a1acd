"""The truth about shown codes: each planted violation is found, exactly, and honest life is not taken for one."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest
from django.db import connection

from goodfor.delivery.invariants import INVARIANTS
from goodfor.delivery.operations import reveal
from goodfor.delivery.tests.factories import Stocked, bought, levels, reserved, stocked, violated
from goodfor.vault import operations as vault
from goodfor.vault import queries as stock
from goodfor.vault.tests.factories import rows

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "revealed_codes_are_sold"
WRITTEN = "showings_written_down"


def show(of: Stocked, line_id: UUID, now: datetime, code_ids: list[UUID] | None = None) -> list[UUID]:
    shown = reveal(
        shop_id=of.shop_id,
        subject=("order", line_id),
        holder_ids=[line_id],
        code_ids=code_ids,
        actor="t",
        ip="",
        now=now,
    )
    return [code.code_id for code in shown]


def plant(sql: str, *params: object) -> None:
    """Behind all guards."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            cursor.execute(sql, params)
            assert cursor.rowcount == 1
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def plant_reveal(shop_id: UUID, holder_id: UUID, code_id: UUID, now: datetime) -> None:
    plant(
        "INSERT INTO delivery_reveal (id, shop_id, holder_id, code_id, actor, at) VALUES (%s, %s, %s, %s, 'x', %s)",
        uuid4(), shop_id, holder_id, code_id, now,
    )  # fmt: skip


def test_there_are_three_truths() -> None:
    assert [(truth.name, truth.room, bool(truth.why)) for truth in INVARIANTS] == [
        (NAME, "delivery", True),
        ("top_ups_were_bought", "delivery", True),
        (WRITTEN, "delivery", True),
    ]


def test_planted_showing_that_nobody_wrote_down_is_found(now: datetime) -> None:
    shop = stocked(2, now)
    line = bought(shop, now, 2).line_id
    first, second = show(shop, line, now)
    plant("DELETE FROM delivery_reveal WHERE code_id = %s", first)
    plant("UPDATE vault_code SET revealed_at = NULL WHERE id = %s", second)
    assert {subject for subject, _ in violated(now)[WRITTEN]} == {str(first), str(second)}
    assert list(violated(now)) == [WRITTEN]


def test_honest_life_violates_nothing(now: datetime) -> None:
    shop = stocked(8, now)
    seen, unseen, both = (bought(shop, now, 2).line_id for _ in range(3))
    reserved(shop, now, 1)
    show(shop, seen, now)
    show(shop, seen, now)
    one, two = [code.code_id for code in stock.held(shop.shop_id, both)]
    show(shop, both, now, [one])
    vault.take_back(shop_id=shop.shop_id, holder_id=both, now=now)
    vault.take_back(shop_id=shop.shop_id, holder_id=unseen, now=now)
    # What was taken back is sold and shown to somebody else.
    other = bought(shop, now, 4).line_id
    assert two in show(shop, other, now)
    # A code that was shown and is suspect now, or void for good, was rightly shown at its time.
    first, second = show(shop, seen, now)
    vault.quarantine_codes(shop_id=shop.shop_id, code_ids=[first, second], reason="t", actor="t", now=now)
    assert violated(now) == {}
    vault.void_codes(shop_id=shop.shop_id, code_ids=[second], reason="t", actor="t", now=now)
    assert levels(shop, now) == (0, 1, 5)
    assert violated(now) == {}


def test_planted_showing_to_another_line_is_found(now: datetime) -> None:
    shop = stocked(3, now)
    mine, theirs = bought(shop, now).line_id, bought(shop, now).line_id
    [code] = show(shop, mine, now)
    show(shop, theirs, now)
    plant_reveal(shop.shop_id, theirs, code, now)
    assert violated(now) == {NAME: ((str(code), f"shown to {theirs}"),)}


def test_planted_showing_of_a_free_code_is_found(now: datetime) -> None:
    shop = stocked(2, now)
    [(free,)] = rows("SELECT id FROM vault_code ORDER BY id LIMIT 1")
    nobody = uuid4()
    plant_reveal(shop.shop_id, nobody, free, now)
    assert violated(now) == {NAME: ((str(free), f"shown to {nobody}"),)}


def test_planted_showing_of_a_reserved_code_is_found(now: datetime) -> None:
    """It holds the code, but has not paid."""
    shop = stocked(2, now)
    line = reserved(shop, now).line_id
    [(code,)] = rows("SELECT id FROM vault_code WHERE state = 1")
    plant_reveal(shop.shop_id, line, code, now)
    assert violated(now) == {NAME: ((str(code), f"shown to {line}"),)}


def test_planted_showing_of_a_code_that_never_was_is_found(now: datetime) -> None:
    shop = stocked(1, now)
    line, nothing = bought(shop, now).line_id, uuid4()
    show(shop, line, now)
    plant_reveal(shop.shop_id, line, nothing, now)
    assert violated(now) == {NAME: ((str(nothing), f"shown to {line}"),)}


def test_planted_showing_by_another_shop_is_found(now: datetime) -> None:
    shop, other = stocked(1, now), stocked(1, now)
    line = bought(shop, now).line_id
    [code] = show(shop, line, now)
    plant_reveal(other.shop_id, line, code, now)
    assert violated(now) == {NAME: ((str(code), f"shown to {line}"),)}


def test_planted_new_holder_of_a_shown_code_is_found(now: datetime) -> None:
    shop = stocked(2, now)
    line = bought(shop, now, 2).line_id
    code, _ = show(shop, line, now)
    plant("UPDATE vault_code SET holder_id = %s WHERE id = %s", uuid4(), code)
    assert violated(now) == {NAME: ((str(code), f"shown to {line}"),)}


def test_planted_violations_are_all_counted(now: datetime) -> None:
    shop = stocked(3, now)
    line = bought(shop, now, 3).line_id
    codes = show(shop, line, now)
    for code in codes[:2]:
        plant("UPDATE vault_code SET holder_id = %s WHERE id = %s", uuid4(), code)
    assert {subject for subject, _ in violated(now)[NAME]} == {str(code) for code in codes[:2]}


def test_planted_through_the_front_door_is_refused_by_the_vault(now: datetime) -> None:
    """Without lifting the guards a shown code can neither change hands nor go back on sale."""
    shop = stocked(1, now)
    line = bought(shop, now).line_id
    show(shop, line, now)
    for change in (
        "holder_id = gen_random_uuid()",
        "state = 0, holder_id = NULL, sold_at = NULL",
        "revealed_at = NULL",
    ):
        with pytest.raises(Exception, match="does not go there"), connection.cursor() as cursor:
            cursor.execute(f"UPDATE vault_code SET {change}")
    assert violated(now) == {}
