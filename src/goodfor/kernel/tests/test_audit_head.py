"""The audit trail's text, its versions, and its signed head."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection

from goodfor.kernel import audit, crypto, invariants

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def unguarded() -> Iterator[None]:
    """As somebody who may write any SQL."""
    run("SET session_replication_role = replica")
    try:
        yield
    finally:
        run("SET session_replication_role = DEFAULT")


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def write(now: datetime, count: int, *, action: str = "x", kind: str = "t") -> None:
    for number in range(count):
        audit.record(shop_id=uuid4(), actor="a", action=action, subject=(kind, uuid4()), data={"n": number}, now=now)


def broken(now: datetime) -> dict[str, list[str]]:
    results = [invariants.run(truth, now) for truth in audit.INVARIANTS]
    return {r.invariant.name: [detail for _, detail in r.violations] for r in results if not r.ok}


def test_no_part_of_a_field_can_be_moved_into_the_next(now: datetime) -> None:
    write(now, 1, action="order_refunded|order")
    assert audit.seal(now) == 1
    assert broken(now) == {}
    with unguarded():
        run("UPDATE kernel_audit SET action = 'order_refunded', subject_type = 'order|t'")
    assert broken(now) == {"audit_chain_unbroken": ["hash does not fit"]}


def test_a_chain_made_before_signatures_stays_valid_and_goes_on(now: datetime) -> None:
    call_command("migrate", "kernel", "0001", verbosity=0)
    try:
        write(now, 3)
        run(
            """
            WITH RECURSIVE line AS (SELECT row_number() OVER (ORDER BY xid, id) AS seq, a FROM kernel_audit a),
            chain AS (
                SELECT seq, a, sha256(decode(repeat('00', 32), 'hex')
                                      || convert_to(kernel_audit_text(a), 'UTF8')) AS hash
                FROM line WHERE seq = 1
                UNION ALL
                SELECT l.seq, l.a, sha256(c.hash || convert_to(kernel_audit_text(l.a), 'UTF8'))
                FROM line l JOIN chain c ON l.seq = c.seq + 1
            )
            INSERT INTO kernel_audit_seal (seq, audit_id, audit_xid, hash) SELECT seq, (a).id, (a).xid, hash FROM chain
            """
        )
    finally:
        call_command("migrate", "kernel", verbosity=0)
    assert broken(now) == {}
    write(now, 2)
    assert audit.seal(now) == 2
    assert broken(now) == {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(version ORDER BY seq) FROM kernel_audit_seal")
        assert cursor.fetchone() == ([1, 1, 1, 2, 2],)
    with unguarded():
        run("UPDATE kernel_audit SET actor = 'b' WHERE id = (SELECT min(id) FROM kernel_audit)")
    assert broken(now) == {"audit_chain_unbroken": ["hash does not fit"]}


CUT = """
    DELETE FROM kernel_audit WHERE id IN (SELECT audit_id FROM kernel_audit_seal WHERE seq > 3);
    DELETE FROM kernel_audit_seal WHERE seq > 3;
"""


@pytest.mark.parametrize(
    ("tampering", "said"),
    [
        (CUT, "the chain had 5 seals, and now ends at 3"),
        (CUT + "DELETE FROM kernel_audit_head", "there are 3 seals, and the signed head is gone"),
        (CUT + "UPDATE kernel_audit_head h SET seq = 3, hash = s.hash FROM kernel_audit_seal s WHERE s.seq = 3",
         "not signed with our key"),
        ("DELETE FROM kernel_audit; DELETE FROM kernel_audit_seal", "the chain had 5 seals, and now ends at 0"),
        ("DELETE FROM kernel_data_key", "not signed with our key"),
    ],
)  # fmt: skip
def test_a_cut_off_end_is_seen_and_never_sealed_over(now: datetime, tampering: str, said: str) -> None:
    write(now, 5)
    assert audit.seal(now) == 5
    with unguarded():
        run(tampering)
    crypto.forget_keys()
    assert broken(now) == {"audit_head_signed": [said]}
    write(now, 1)
    with pytest.raises(audit.ChainBroken, match=said.split(",")[0]):
        audit.seal(now)
    assert list(broken(now + timedelta(hours=1))) == ["audit_head_signed", "audit_lines_sealed"]


def test_a_line_slipped_in_below_the_head_is_seen(now: datetime) -> None:
    write(now, 2)
    assert audit.seal(now) == 2
    run(
        "INSERT INTO kernel_audit (xid, shop_id, actor, action, subject_type, subject_id, data, at)"
        " SELECT min(xid), gen_random_uuid(), 'x', 'x', 'x', 'x', '{}', now() FROM kernel_audit"
    )
    assert broken(now) == {"audit_chain_unbroken": [audit.SLIPPED_IN]}
