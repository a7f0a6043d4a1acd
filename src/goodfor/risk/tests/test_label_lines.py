"""Labels with the acts that they are about: how late, from where, which one holds, and why somebody said so."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from goodfor.kernel import audit
from goodfor.risk import review_queries
from goodfor.risk.label_queries import DELAYS, LabelSearch, label_figures, label_lines
from goodfor.risk.operations.label import label
from goodfor.risk.tests.model_world import decided_at
from goodfor.risk.types import Outcome, Scene

pytestmark = pytest.mark.django_db
SHOP = UUID("018f0000-0000-7000-8000-00000000c001")
OTHER = UUID("018f0000-0000-7000-8000-00000000c002")
ACTED = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 3, 20, tzinfo=UTC)
ALL = LabelSearch(NOW - timedelta(days=100), NOW + timedelta(days=1))


def decided(at: datetime = ACTED, *, order: UUID | None = None, shop_id: UUID = SHOP) -> UUID:
    decision_id = decided_at(at)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO risk_decision (shop_id, at, id, event_id, scene, subject_kind, subject_id, features,
                   set_version, hits, challengers, why, rules_version, outcome, reasons, cost, sampled, failed, absent,
                   silent, latency_us, expires_at)
               VALUES (%s, %s, %s, 1, 5, %s, %s, '{}', 1, '[]', '{}', '[]', 1, 'review', '{}', 0, false, '{}', '{}',
                   '{}', 1, %s)""",
            [shop_id, at, decision_id, "order" if order else "", order, at],
        )
    return decision_id


def say(bad: bool, after: timedelta, *, of: UUID | None = None, order: UUID | None = None, source: str = "manual",
        note: str = "", shop_id: UUID = SHOP) -> UUID:  # fmt: skip
    subject = ("order", order) if order else None
    return label(
        shop_id=shop_id, bad=bad, source=source, known_at=ACTED + after, by="staff:ann", now=NOW, decision_id=of,
        subject=subject, note=note,
    )  # fmt: skip


def test_each_stands_beside_its_act() -> None:
    order = uuid4()
    one = decided()
    first = decided(ACTED + timedelta(hours=1), order=order)
    decided(ACTED + timedelta(hours=2), order=order)
    say(True, timedelta(days=2), of=one, note="拒付单 8812")
    say(False, timedelta(days=3), of=one, source="review")
    say(True, timedelta(days=8), order=order, source="chargeback")
    say(True, timedelta(hours=1), of=decided_at(ACTED), source="supplier_notice")
    say(True, timedelta(days=1), of=decided(shop_id=OTHER), shop_id=OTHER)
    gone, charged, reviewed, manual = label_lines(SHOP, ALL)
    assert (manual.decision_id, manual.acted_at, manual.scene, manual.outcome) == (
        one, ACTED, Scene.ORDER, Outcome.REVIEW,
    )  # fmt: skip
    assert (manual.delay, manual.label.note, manual.label.bad) == (timedelta(days=2), "拒付单 8812", True)
    # The later one holds, and both stay.
    assert (manual.beaten, reviewed.beaten, charged.beaten) == (True, False, False)
    # Of an order: the first decision about it.
    assert (charged.decision_id, charged.delay) == (first, timedelta(days=8) - timedelta(hours=1))
    assert (gone.acted_at, gone.delay, gone.scene) == (None, None, None)
    [one_line] = review_queries.labels_of(SHOP, decision_id=one)[1:]
    assert one_line.note == "拒付单 8812"


def test_pages_and_conditions() -> None:
    made = [say(number % 2 == 0, timedelta(hours=number), of=decided(), source=("manual", "review")[number % 3 == 0])
            for number in range(7)]  # fmt: skip
    shown: list[UUID] = []
    before: UUID | None = None
    while lines := label_lines(SHOP, ALL, before=before, limit=3):
        shown += [line.label.id for line in lines]
        before = shown[-1]
    assert shown == made[::-1]
    assert len(label_lines(SHOP, LabelSearch(ALL.since, ALL.until, bad=True))) == 4
    assert len(label_lines(SHOP, LabelSearch(ALL.since, ALL.until, source="review"))) == 3
    assert len(label_lines(SHOP, LabelSearch(ACTED + timedelta(hours=2), ACTED + timedelta(hours=4)))) == 2
    assert label_lines(OTHER, ALL) == []


def test_figures_are_those_of_the_rows() -> None:
    for hours, bad in ((0, True), (1, False), (23, True), (24, True), (24 * 59, False), (24 * 18, True)):
        at = NOW - timedelta(hours=hours) - timedelta(hours=1)
        label(
            shop_id=SHOP, bad=bad, source="chargeback" if bad else "review", known_at=at + timedelta(hours=hours),
            by="system", now=NOW, decision_id=decided(at),
        )  # fmt: skip
    found = label_figures(SHOP, ALL)
    assert (found.read, found.unknown) == (6, 0)
    assert found.sources == (("chargeback", 4, 4), ("review", 2, 0))
    late = [(1, 0), (1, 1), (1, 0), (0, 0), (0, 0), (1, 0), (0, 1), (0, 0), (0, 0)]
    assert list(found.delays) == late
    assert len(late) == len(DELAYS) + 1
    assert label_figures(OTHER, ALL).read == 0


def test_the_same_again_makes_none_and_another_reason_does() -> None:
    one = decided()
    first = say(True, timedelta(days=1), of=one, note="x")
    assert say(True, timedelta(days=2), of=one, note=" x ") == first
    second = say(True, timedelta(days=2), of=one, note="y" * 300)
    assert second != first
    kept = review_queries.labels_of(SHOP, decision_id=one)
    assert [line.note for line in kept] == ["y" * 200, "x"]
    [line] = audit.lines_of(shop_id=SHOP, subject=("risk_label", first))
    assert line.data["reason"] == "x"
    for text in ("UPDATE risk_label SET note = ''", "DELETE FROM risk_label"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{text} WHERE shop_id = %s", [SHOP])
