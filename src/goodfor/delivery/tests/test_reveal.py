"""Showing codes: masked until asked for, to their holder only, each showing written down; a refusal shows nothing."""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DataError, connection, transaction

from goodfor.delivery.errors import CodeNotHeld
from goodfor.delivery.operations import deliver_reserved, reveal
from goodfor.delivery.queries import masked_codes, revealed
from goodfor.delivery.tests.factories import Stocked, bought, everything, refused, reserved, stocked
from goodfor.delivery.types import MaskedCode, RevealedCode
from goodfor.kernel.crypto import DecryptFailed, keyring
from goodfor.vault import operations as vault
from goodfor.vault import queries as stock
from goodfor.vault.tests.factories import load, rows

pytestmark = pytest.mark.django_db(transaction=True)
ORDER = UUID("0198c0de-0000-7000-8000-000000000001")


def show(of: Stocked, now: datetime, holder_ids: list[UUID], **values: Any) -> list[RevealedCode]:
    given = {"code_ids": None, "actor": "guest:a", "ip": "203.0.113.5", "shop_id": of.shop_id, **values}
    return reveal(subject=("order", ORDER), holder_ids=holder_ids, now=now, **given)


def ids(of: Stocked, line_id: UUID) -> list[UUID]:
    return [code.code_id for code in stock.held(of.shop_id, line_id)]


def written() -> list[tuple[Any, ...]]:
    """Every row that says that a code was shown."""
    return rows("SELECT shop_id, holder_id, code_id, actor, ip_hash, at FROM delivery_reveal ORDER BY id")


def audited() -> list[tuple[Any, ...]]:
    return rows(
        "SELECT shop_id, actor, subject_type, subject_id, data::text, at FROM kernel_audit"
        " WHERE action = 'codes_revealed' ORDER BY id"
    )


# -- masked -----------------------------------------------------------------------------------------


def test_before_it_is_asked_for_a_code_has_no_text(now: datetime) -> None:
    expiry = now + timedelta(days=30)
    shop = stocked(5, now, expires_at=expiry)
    first, second = bought(shop, now, 2).line_id, bought(shop, now, 1).line_id
    before = everything()
    masked = masked_codes(shop.shop_id, [second, first])
    assert masked == [
        MaskedCode(ids(shop, second)[0], second, 1, expiry, None),
        MaskedCode(ids(shop, first)[0], first, 2, expiry, None),
        MaskedCode(ids(shop, first)[1], first, 3, expiry, None),
    ]
    assert set(MaskedCode.__slots__) == {"code_id", "line_id", "position", "expires_at", "revealed_at"}
    assert revealed(shop.shop_id, [first, second]) == {}
    # Looking is not showing: nothing was decrypted, nothing counts as seen.
    assert everything() == before


def test_masked_says_which_were_shown_and_when_first(now: datetime) -> None:
    shop = stocked(3, now)
    line = bought(shop, now, 3).line_id
    one, two, three = ids(shop, line)
    show(shop, now, [line], code_ids=[two])
    later = now + timedelta(hours=1)
    show(shop, later, [line], code_ids=[two, three])
    assert [code.revealed_at for code in masked_codes(shop.shop_id, [line])] == [None, now, later]
    assert revealed(shop.shop_id, [line]) == {two: now, three: later}
    assert one not in revealed(shop.shop_id, [line])


def test_what_is_only_reserved_or_another_shops_is_not_even_masked(now: datetime) -> None:
    shop = stocked(3, now)
    line, waiting = bought(shop, now).line_id, reserved(shop, now).line_id
    show(shop, now, [line])
    assert masked_codes(shop.shop_id, [waiting]) == []
    for shop_id in (stocked(1, now).shop_id, uuid4()):
        assert masked_codes(shop_id, [line, waiting]) == []
        assert revealed(shop_id, [line, waiting]) == {}
    assert masked_codes(shop.shop_id, []) == []
    assert revealed(shop.shop_id, []) == {}


# -- shown ------------------------------------------------------------------------------------------


def test_all_codes_of_a_line_are_shown_and_each_is_written_down_once(now: datetime) -> None:
    expiry = now + timedelta(days=30)
    shop = stocked(5, now, expires_at=expiry)
    bought(shop, now, 1)
    line = bought(shop, now, 3).line_id
    shown = show(shop, now, [line])
    assert shown == [
        RevealedCode(code_id, line, number, secret, expiry)
        for code_id, (number, secret) in zip(ids(shop, line), shop.codes[1:4], strict=True)
    ]
    address = keyring().blind_index("ip", b"203.0.113.5")
    assert [(*row[:4], bytes(row[4]), row[5]) for row in written()] == [
        (shop.shop_id, line, code_id, "guest:a", address, now) for code_id in ids(shop, line)
    ]
    assert audited() == [(shop.shop_id, "guest:a", "order", str(ORDER), '{"count": 3}', now)]
    assert rows("SELECT id, revealed_at FROM vault_code WHERE revealed_at IS NOT NULL ORDER BY id") == [
        (code_id, now) for code_id in ids(shop, line)
    ]


def test_only_what_was_asked_for_is_shown(now: datetime) -> None:
    shop = stocked(6, now)
    first, second = bought(shop, now, 3).line_id, bought(shop, now, 3).line_id
    asked = [ids(shop, second)[2], ids(shop, first)[1]]
    shown = show(shop, now, [first, second], code_ids=[*asked, asked[0]])
    assert [(code.line_id, code.code_id, code.number) for code in shown] == [
        (first, asked[1], shop.codes[1][0]), (second, asked[0], shop.codes[5][0]),
    ]  # fmt: skip
    assert [(row[1], row[2]) for row in written()] == [(first, asked[1]), (second, asked[0])]
    assert [row[4] for row in audited()] == ['{"count": 2}']
    assert {row[0] for row in rows("SELECT id FROM vault_code WHERE revealed_at IS NOT NULL")} == set(asked)


def test_each_showing_is_written_down_anew_the_first_one_stays_the_first(now: datetime) -> None:
    shop = stocked(2, now)
    line = bought(shop, now, 2).line_id
    texts = [(code.number, code.secret) for code in show(shop, now, [line])]
    for minutes in (1, 2):
        again = show(shop, now + timedelta(minutes=minutes), [line], actor=f"guest:{minutes}")
        assert [(code.number, code.secret) for code in again] == texts
    assert [(row[3], row[5]) for row in written()] == [
        (actor, now + timedelta(minutes=minutes))
        for minutes, actor in ((0, "guest:a"), (1, "guest:1"), (2, "guest:2"))
        for _ in range(2)
    ]
    assert [row[1] for row in audited()] == ["guest:a", "guest:1", "guest:2"]
    assert rows("SELECT DISTINCT revealed_at FROM vault_code WHERE shop_id = %s", [shop.shop_id]) == [(now,)]


def test_a_line_that_is_named_twice_is_shown_once_in_the_order_asked_for(now: datetime) -> None:
    shop = stocked(4, now)
    first, second = bought(shop, now, 2).line_id, bought(shop, now, 2).line_id
    for holders in ([first, second, first], [second, first, second, second]):
        before = len(written())
        shown = show(shop, now, holders)
        assert [code.line_id for code in shown] == [holders[0]] * 2 + [holders[1]] * 2
        assert len(written()) == before + 4
    assert [row[4] for row in audited()] == ['{"count": 4}'] * 2


def test_who_asked_is_kept_within_bounds_and_the_address_only_as_a_hash(now: datetime) -> None:
    shop = stocked(1, now)
    line = bought(shop, now).line_id
    show(shop, now, [line], actor="guest:" + "长" * 200, ip="")
    show(shop, now, [line], ip="2001:db8::1")
    (long, second) = written()
    assert (long[3], long[4]) == ("guest:" + "长" * 74, None)
    assert bytes(second[4]) == keyring().blind_index("ip", b"2001:db8::1")
    assert len(bytes(second[4])) == 16
    assert rows("SELECT count(*) FROM delivery_reveal r WHERE r::text LIKE '%%2001%%'") == [(0,)]


def test_the_text_of_a_code_is_nowhere_but_in_the_answer(now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    shop = stocked(2, now)
    line = bought(shop, now, 2).line_id
    with caplog.at_level(logging.DEBUG):
        shown = show(shop, now, [line])
    texts = [text for pair in shop.codes for text in pair]
    assert [text for pair in shown for text in (pair.number, pair.secret)] == texts
    for place in (repr(shown), caplog.text, *(" ".join(table) for table in everything().values())):
        assert not any(text in place for text in texts)


def test_a_code_of_one_part_has_no_number(now: datetime) -> None:
    shop = Stocked(uuid4(), uuid4(), [])
    load(shop.shop_id, shop.sku_id, [("ONLY-A-SECRET-1",)], now)
    line = bought(shop, now).line_id
    [code] = show(shop, now, [line])
    assert (code.number, code.secret) == ("", "ONLY-A-SECRET-1")


def test_codes_under_an_old_key_are_shown(now: datetime) -> None:
    shop = stocked(2, now)
    line = bought(shop, now, 2).line_id
    keyring().rotate()
    assert [(code.number, code.secret) for code in show(shop, now, [line])] == shop.codes


# -- refused ----------------------------------------------------------------------------------------


def test_codes_of_another_line_are_not_shown(now: datetime) -> None:
    shop = stocked(5, now)
    mine, theirs = bought(shop, now, 2).line_id, bought(shop, now, 2).line_id
    own, foreign = ids(shop, mine), ids(shop, theirs)
    free = rows("SELECT id FROM vault_code WHERE state = 0")[0][0]
    for wanted in ([foreign[0]], [*own, foreign[1]], [foreign[1], *own], [uuid4()], [own[0], uuid4()], [free], []):
        with refused(CodeNotHeld):
            show(shop, now, [mine], code_ids=wanted)
    for holders in ([], [uuid4()], own):
        with refused(CodeNotHeld):
            show(shop, now, holders)
        with refused(CodeNotHeld):
            show(shop, now, holders, code_ids=own)
    assert masked_codes(shop.shop_id, [mine, theirs])[0].revealed_at is None


def test_another_shop_is_shown_nothing(now: datetime) -> None:
    shop, other = stocked(2, now), stocked(2, now)
    line, theirs = bought(shop, now, 2).line_id, bought(other, now, 2).line_id
    for shop_id in (other.shop_id, uuid4()):
        with refused(CodeNotHeld):
            show(shop, now, [line], shop_id=shop_id)
        with refused(CodeNotHeld):
            show(shop, now, [line], shop_id=shop_id, code_ids=ids(shop, line))
    with refused(CodeNotHeld):
        # A line of the other shop beside one's own gives one's own only.
        show(shop, now, [line, theirs], code_ids=[*ids(shop, line), *ids(other, theirs)])
    assert {code.line_id for code in show(shop, now, [line, theirs])} == {line}
    assert {row[:2] for row in written()} == {(shop.shop_id, line)}


def test_what_is_not_sold_is_not_shown(now: datetime) -> None:
    shop = stocked(4, now)
    waiting = reserved(shop, now, 2)
    promised = [row[0] for row in rows("SELECT id FROM vault_code WHERE state = 1")]
    for wanted in (None, promised, promised[:1]):
        with refused(CodeNotHeld):
            show(shop, now, [waiting.line_id], code_ids=wanted)
    deliver_reserved(shop_id=shop.shop_id, lines=[waiting], now=now)
    assert {code.code_id for code in show(shop, now, [waiting.line_id])} == set(promised)


def test_what_was_taken_back_is_not_shown(now: datetime) -> None:
    shop = stocked(2, now)
    line = bought(shop, now, 2).line_id
    seen, unseen = ids(shop, line)
    show(shop, now, [line], code_ids=[seen])
    vault.take_back(shop_id=shop.shop_id, holder_id=line, seen=[seen], now=now)
    for wanted in ([unseen], [seen, unseen]):
        with refused(CodeNotHeld):
            show(shop, now, [line], code_ids=wanted)
    assert [code.code_id for code in show(shop, now, [line])] == [seen]


def test_what_is_suspect_is_not_shown_until_it_is_cleared(now: datetime) -> None:
    shop = stocked(2, now)
    line = bought(shop, now, 2).line_id
    one, two = ids(shop, line)
    show(shop, now, [line], code_ids=[one])
    vault.quarantine_codes(shop_id=shop.shop_id, code_ids=[one], reason="t", actor="t", now=now)
    for wanted in ([one], [one, two]):
        with refused(CodeNotHeld):
            show(shop, now, [line], code_ids=wanted)
    assert [code.code_id for code in masked_codes(shop.shop_id, [line])] == [two]
    vault.restore_codes(shop_id=shop.shop_id, code_ids=[one], reason="t", actor="t", now=now)
    assert len(show(shop, now, [line])) == 2


def test_a_code_that_cannot_be_opened_is_not_written_down_as_shown(now: datetime) -> None:
    """Not the sound ones beside it either: all or nothing."""
    shop = stocked(3, now)
    line = bought(shop, now, 3).line_id
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vault_code SET blob = set_byte(blob, 20, get_byte(blob, 20) # 1) WHERE id = %s",
            [ids(shop, line)[2]],
        )
    for wanted in (None, ids(shop, line)):
        with refused(DecryptFailed):
            show(shop, now, [line], code_ids=wanted)
    assert len(show(shop, now, [line], code_ids=ids(shop, line)[:2])) == 2


def test_a_code_moved_to_another_shop_or_row_does_not_open(now: datetime) -> None:
    shop, other = stocked(1, now), stocked(1, now)
    line = bought(shop, now).line_id
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vault_code SET blob = o.blob FROM vault_code o WHERE vault_code.shop_id = %s AND o.shop_id = %s",
            [shop.shop_id, other.shop_id],
        )
    with refused(DecryptFailed):
        show(shop, now, [line])


def test_a_showing_that_cannot_be_written_down_does_not_happen(now: datetime) -> None:
    shop = stocked(2, now)
    line = bought(shop, now, 2).line_id
    # An actor that the audit trail cannot hold: the last thing that is written.
    with refused(DataError):
        show(shop, now, [line], actor="guest:\x00")
    assert revealed(shop.shop_id, [line]) == {}


def test_a_refusal_undoes_what_its_caller_had_begun(now: datetime) -> None:
    shop = stocked(2, now)
    with refused(CodeNotHeld), transaction.atomic():
        line = bought(shop, now).line_id
        show(shop, now, [line], code_ids=[uuid4()])
