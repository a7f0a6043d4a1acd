"""A file on its way in: checked, looked at, confirmed, imported once; cancelled, killed, forgotten, refused."""

import json
import os
import sys
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import Conflict
from goodfor.kernel.statemachine import IllegalTransition
from goodfor.vault import operations, queries, tasks
from goodfor.vault.errors import BatchBusy, FileRefused, IntakeNotFound, InvalidBatch, ReportChanged, TooManyIntakes
from goodfor.vault.importing import source
from goodfor.vault.importing.intake_files import folder
from goodfor.vault.tests.factories import codes, rows, states_of
from goodfor.vault.types import Counts, ImportOptions, IntakeView, Progress, ReceivedFile

advancing = sys.modules["goodfor.vault.operations.advance_intake"]
pytestmark = pytest.mark.django_db(transaction=True)
CNY = ImportOptions(currency="CNY", unit_cost_minor=150)


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def now() -> datetime:
    return utc_now()


def text_of(pairs: list[tuple[str, str]]) -> bytes:
    return ("卡号,卡密\n" + "".join(f"{n},{s}\n" for n, s in pairs)).encode()


def hand_in(
    shop: UUID, sku: UUID, data: bytes, now: datetime, name: str = "codes.csv", options: ImportOptions = CNY
) -> UUID:
    received = operations.receive_file(parts=[data])
    return operations.begin_intake(
        shop_id=shop, sku_id=sku, received=received, filename=name, options=options, actor="staff:1", now=now
    )


def step(shop: UUID, intake_id: UUID, now: datetime) -> IntakeView:
    operations.advance_intake(shop_id=shop, intake_id=intake_id, now=now)
    return queries.intake(shop, intake_id)


def confirm(shop: UUID, intake_id: UUID, now: datetime, checks: int = 0) -> bool:
    return operations.confirm_intake(shop_id=shop, intake_id=intake_id, checks=checks, actor="staff:1", now=now)


def files() -> list[str]:
    return sorted(path.name for path in folder().iterdir())


def test_a_file_is_checked_confirmed_and_imported_once(shop: UUID, sku: UUID, now: datetime) -> None:
    pairs = codes(30)
    intake_id = hand_in(shop, sku, text_of([*pairs, pairs[3], ("77", "")]), now)
    (name,) = files()
    assert (folder() / name).stat().st_mode & 0o777 == 0o600
    assert folder().stat().st_mode & 0o777 == 0o700
    found = step(shop, intake_id, now)
    assert found.state == "checked"
    assert found.report is not None
    assert found.report.counts == Counts(30, 1, 0, 1)
    assert found.report.cost_minor == 30 * 150
    assert states_of(shop) == {}
    assert [confirm(shop, intake_id, now), confirm(shop, intake_id, now)] == [True, False]
    assert files() == [name]
    done = step(shop, intake_id, now)
    assert (done.state, done.accepted) == ("done", 30)
    assert states_of(shop) == {0: 30}
    assert files() == []
    assert step(shop, intake_id, now) == done
    (batch,) = queries.batches(shop)
    assert (batch.id, batch.created_by, batch.state) == (done.batch_id, "staff:1", "active")
    assert confirm(shop, intake_id, now) is False
    kept = json.dumps([str(row) for table in ("vault_intake", "kernel_audit", "kernel_history", "vault_batch")
                       for row in rows(f"SELECT t::text FROM {table} t WHERE shop_id = %s", [shop])])  # fmt: skip
    assert not [secret for pair in pairs for secret in pair if secret in kept]


def test_costs_of_lines_are_in_the_report(shop: UUID, sku: UUID, now: datetime) -> None:
    data = "卡号,卡密,成本\n1,AAAA-0001,2.00\n2,AAAA-0002,3.50\n3,AAAA-0003,\n1,AAAA-0001,2.00\n".encode()
    found = step(shop, hand_in(shop, sku, data, now), now)
    assert found.report is not None
    assert (found.report.counts, found.report.cost_minor) == (Counts(3, 1), 200 + 350 + 150)


def test_what_a_person_says_of_the_file_is_believed(shop: UUID, sku: UUID, now: datetime) -> None:
    data = "".join(f"{n};{s};x\n" for n, s in codes(12)).encode("gb18030")
    intake_id = hand_in(shop, sku, data, now)
    found = step(shop, intake_id, now)
    assert (found.state, found.problem) == ("refused", "columns_unclear")
    with pytest.raises(IllegalTransition):
        confirm(shop, intake_id, now)
    told = ImportOptions(
        currency="CNY", separator=";", columns=("secret", "number", "-"), skip_lines=2, encoding="gb18030"
    )
    operations.recheck_intake(shop_id=shop, intake_id=intake_id, options=told, actor="staff:1", now=now)
    found = step(shop, intake_id, now)
    assert found.report is not None
    assert (found.state, found.report.counts, found.report.cost_minor) == ("checked", Counts(10), 0)
    assert found.report.layout.encoding == "gb18030"
    assert found.checks == 1
    with pytest.raises(ReportChanged):
        confirm(shop, intake_id, now, checks=0)
    assert queries.intake(shop, intake_id) == found
    confirm(shop, intake_id, now, checks=1)
    assert step(shop, intake_id, now).accepted == 10


def test_utf16_without_a_mark_is_read_when_somebody_says_so(shop: UUID, sku: UUID, now: datetime) -> None:
    data = "卡号,卡密\n1,甲AAAA-0001\n2,乙AAAA-0002\n".encode("utf-16-le")
    intake_id = hand_in(shop, sku, data, now)
    assert step(shop, intake_id, now).state == "refused"
    told = ImportOptions(currency="CNY", encoding="utf-16-le")
    operations.recheck_intake(shop_id=shop, intake_id=intake_id, options=told, actor="staff:1", now=now)
    found = step(shop, intake_id, now)
    assert found.report is not None
    assert found.report.counts == Counts(2)


def test_the_same_file_twice_gives_one_batch(shop: UUID, sku: UUID, now: datetime) -> None:
    data = text_of(codes(5))
    first, second = hand_in(shop, sku, data, now), hand_in(shop, sku, data, now)
    for one in (first, second):
        step(shop, one, now)
    confirm(shop, first, now)
    with pytest.raises(BatchBusy):
        confirm(shop, second, now)
    assert step(shop, first, now).state == "done"
    confirm(shop, second, utc_now())
    found = step(shop, second, now)
    assert (found.state, found.problem, found.batch_id) == ("failed", "batch_already_imported", None)
    assert states_of(shop) == {0: 5}
    assert len(queries.batches(shop)) == 1
    assert files() == []


def test_a_killed_worker_is_followed_by_one_that_goes_on(
    shop: UUID, sku: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "LINES_PER_CHUNK", 1)
    intake_id = hand_in(shop, sku, text_of(codes(4000)), now)
    step(shop, intake_id, now)
    confirm(shop, intake_id, now)
    note, seen = advancing._note, []

    def killed(row: Any, done: Progress) -> None:
        note(row, done)
        seen.append(done.counts.accepted)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(advancing, "_note", killed)
        with pytest.raises(KeyboardInterrupt):
            step(shop, intake_id, now)
    assert 0 < seen[0] < 4000
    half = queries.intake(shop, intake_id)
    assert (half.state, half.accepted, half.running) == ("confirmed", seen[0], True)
    assert states_of(shop) == {0: seen[0]}
    assert queries.stock(shop, [sku]) == {}
    assert tasks.advance_intakes(now) == 1
    done = queries.intake(shop, intake_id)
    assert (done.state, done.accepted) == ("done", 4000)
    assert states_of(shop) == {0: 4000}


def test_killed_between_the_sale_and_its_mark(
    shop: UUID, sku: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake_id = hand_in(shop, sku, text_of(codes(6)), now)
    step(shop, intake_id, now)
    confirm(shop, intake_id, now)
    with monkeypatch.context() as patch:
        patch.setattr(advancing, "_end", lambda *_a, **_k: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            step(shop, intake_id, now)
    assert queries.intake(shop, intake_id).state == "confirmed"
    done = step(shop, intake_id, now)
    assert (done.state, done.accepted, done.batch_id) == ("done", 6, queries.batches(shop)[0].id)
    assert states_of(shop) == {0: 6}


def test_cancelled_while_it_runs_nothing_stays(
    shop: UUID, sku: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "LINES_PER_CHUNK", 1)
    intake_id = hand_in(shop, sku, text_of(codes(4000)), now)
    step(shop, intake_id, now)
    confirm(shop, intake_id, now)
    note = advancing._note

    def cancelled(row: Any, done: Progress) -> None:
        if queries.intake(shop, intake_id).state == "confirmed":
            operations.cancel_intake(shop_id=shop, intake_id=intake_id, actor="staff:1", now=now)
        note(row, done)

    with monkeypatch.context() as patch:
        patch.setattr(advancing, "_note", cancelled)
        assert step(shop, intake_id, now).state == "cancelling"
    found = step(shop, intake_id, now)
    assert (found.state, found.batch_id) == ("dropped", None)
    assert states_of(shop) == {}
    assert [batch.state for batch in queries.batches(shop)] == ["cancelled"]
    assert files() == []
    with pytest.raises(IllegalTransition):
        operations.cancel_intake(shop_id=shop, intake_id=intake_id, actor="staff:1", now=now)


def test_cancelled_before_it_was_confirmed(shop: UUID, sku: UUID, now: datetime) -> None:
    intake_id = hand_in(shop, sku, text_of(codes(3)), now)
    operations.cancel_intake(shop_id=shop, intake_id=intake_id, actor="staff:1", now=now)
    assert queries.intake(shop, intake_id).state == "dropped"
    assert files() == []
    assert operations.advance_intake(shop_id=shop, intake_id=intake_id, now=now) is False


def test_a_held_batch_goes_on_sale_when_somebody_says_so(shop: UUID, sku: UUID, now: datetime) -> None:
    options = ImportOptions(currency="CNY", unit_cost_minor=150, hold=True)
    intake_id = hand_in(shop, sku, text_of(codes(4)), now, options=options)
    step(shop, intake_id, now)
    confirm(shop, intake_id, now)
    done = step(shop, intake_id, now)
    assert done.batch_id is not None
    assert queries.stock(shop, [sku]) == {}
    (found,) = queries.batches_by_ids(shop, [done.batch_id])
    assert (found.condition, found.batch.complete) == ("held", True)
    lots = [lot.id for lot in found.lots]
    operations.change_cost(
        shop_id=shop, batch_id=done.batch_id, lot_ids=lots, unit_cost_minor=99, reason="x", actor="staff:1", now=now
    )
    assert operations.activate_held(shop_id=shop, batch_id=done.batch_id, actor="staff:1", now=now) == 4
    events = rows("SELECT payload FROM kernel_event WHERE shop_id = %s AND name = 'vault.batch_activated'", [shop])
    payload = events[0][0] if isinstance(events[0][0], dict) else json.loads(events[0][0])
    assert payload["cost_minor"] == 4 * 99
    with pytest.raises(Conflict):
        operations.activate_held(shop_id=shop, batch_id=done.batch_id, actor="staff:1", now=now)
    with pytest.raises(Conflict):
        operations.change_cost(
            shop_id=shop, batch_id=done.batch_id, lot_ids=lots, unit_cost_minor=1, reason="x", actor="staff:1", now=now
        )
    assert rows("SELECT DISTINCT unit_cost_minor FROM vault_lot WHERE shop_id = %s", [shop]) == [(99,)]


def test_a_half_read_file_does_not_go_on_sale(
    shop: UUID, sku: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "LINES_PER_CHUNK", 1)
    intake_id = hand_in(shop, sku, text_of(codes(4000)), now)
    step(shop, intake_id, now)
    confirm(shop, intake_id, now)
    with monkeypatch.context() as patch:
        patch.setattr(advancing, "_note", lambda *_a: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            step(shop, intake_id, now)
    (batch,) = queries.batches(shop)
    assert batch.complete is False
    with pytest.raises(Conflict):
        operations.activate_held(shop_id=shop, batch_id=batch.id, actor="staff:1", now=now)
    assert queries.batch_by_id(shop, batch.id) == batch


def test_what_nobody_confirms_is_gone_after_an_hour(shop: UUID, sku: UUID, now: datetime) -> None:
    intake_id, other = hand_in(shop, sku, text_of(codes(3)), now), hand_in(shop, sku, text_of(codes(4)), now)
    for one in (intake_id, other):
        step(shop, one, now)
    confirm(shop, other, now)
    stray, fresh = folder() / "x.part", folder() / "y.part"
    for path in (stray, fresh):
        path.write_bytes(b"x")
    old = now.timestamp() - 4000
    os.utime(stray, (old, old))
    assert operations.tidy_intakes(now=now + timedelta(minutes=59)) == 1
    assert not stray.exists()
    assert operations.tidy_intakes(now=now + timedelta(minutes=61)) == 1
    assert queries.intake(shop, intake_id).state == "dropped"
    assert queries.intake(shop, other).state == "confirmed"
    assert files() == sorted([fresh.name, f"{other}.txt"])


def test_what_is_refused_leaves_nothing(shop: UUID, sku: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileRefused):
        hand_in(shop, sku, b"", now)
    with pytest.raises(InvalidBatch):
        hand_in(shop, sku, b"x", now, options=ImportOptions(currency="CNY", unit_cost_minor=-1))
    with pytest.raises(InvalidBatch):
        hand_in(shop, sku, b"x", now, options=ImportOptions(currency="CNY", expires_at=now))
    monkeypatch.setattr(source, "MAX_BYTES", 10)
    with pytest.raises(FileRefused):
        operations.receive_file(parts=[b"12345", b"67890", b"1"])
    assert files() == []
    assert rows("SELECT count(*) FROM vault_intake WHERE shop_id = %s", [shop]) == [(0,)]


def test_only_so_many_files_at_a_time(shop: UUID, sku: UUID, now: datetime) -> None:
    for _ in range(20):
        hand_in(shop, sku, b"12345678", now)
    with pytest.raises(TooManyIntakes):
        hand_in(shop, sku, b"12345678", now)
    assert len(files()) == 20
    hand_in(uuid4(), sku, b"12345678", now)


@pytest.mark.parametrize(
    ("name", "problem"),
    [("a.xlsx", "zip_bomb"), ("b.xlsx", "broken_xlsx"), ("c.txt", "binary_file"), ("d.exe", "unsupported_type")],
)
def test_hostile_files_are_refused_by_name(
    shop: UUID, sku: UUID, now: datetime, tmp_path: Path, name: str, problem: str
) -> None:
    if name == "a.xlsx":
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", "<x/>")
            archive.writestr("xl/worksheets/sheet1.xml", b"0" * 80 * 1024 * 1024)
        data = path.read_bytes()
    else:
        data = os.urandom(4096)
    found = step(shop, hand_in(shop, sku, data, now, name), now)
    assert (found.state, found.problem, found.report) == ("refused", problem, None)
    assert queries.intake_problem(problem) != problem
    assert states_of(shop) == {}


def test_a_file_that_the_disk_lost(shop: UUID, sku: UUID, now: datetime) -> None:
    intake_id = hand_in(shop, sku, text_of(codes(3)), now)
    step(shop, intake_id, now)
    confirm(shop, intake_id, now)
    for path in folder().iterdir():
        path.unlink()
    found = step(shop, intake_id, now)
    assert (found.state, found.problem) == ("failed", "intake_file_gone")
    assert states_of(shop) == {}


def test_another_shop_has_no_such_intake(shop: UUID, sku: UUID, now: datetime) -> None:
    intake_id, other = hand_in(shop, sku, text_of(codes(3)), now), uuid4()
    with pytest.raises(IntakeNotFound):
        queries.intake(other, intake_id)
    with pytest.raises(IntakeNotFound):
        confirm(other, intake_id, now)
    with pytest.raises(IntakeNotFound):
        operations.cancel_intake(shop_id=other, intake_id=intake_id, actor="x", now=now)
    with pytest.raises(IntakeNotFound):
        operations.recheck_intake(shop_id=other, intake_id=intake_id, options=CNY, actor="x", now=now)
    assert operations.advance_intake(shop_id=other, intake_id=intake_id, now=now) is False
    assert queries.intakes(other) == []
    assert queries.intake(shop, intake_id).state == "waiting"
    assert isinstance(operations.receive_file(parts=[b"x"]), ReceivedFile)
