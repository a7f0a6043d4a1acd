"""Importing real files: what is understood, counted, refused; killed and resumed; never half on sale."""

import json
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import xlsxwriter

from goodfor.kernel import sealed
from goodfor.kernel.clock import utc_now
from goodfor.kernel.crypto import keyring
from goodfor.vault import operations, queries
from goodfor.vault.errors import (
    BatchBusy,
    BatchHasFaults,
    BatchImported,
    BatchMismatch,
    FileRefused,
    SealingKeyRetired,
)
from goodfor.vault.importing import pool, source
from goodfor.vault.importing.context import FINGERPRINT
from goodfor.vault.importing.sealing import fingerprint_text
from goodfor.vault.parsing import problems as p
from goodfor.vault.parsing import sheets
from goodfor.vault.tests.factories import codes, rows, states_of, write, write_bytes
from goodfor.vault.types import Counts, Imported, ImportOptions, LineFault, Progress, StockLevel

pytestmark = pytest.mark.django_db(transaction=True)
CNY = ImportOptions(currency="CNY", unit_cost_minor=100)
Sheet = Callable[[Any, Any], None]


def run(shop: UUID, sku: UUID, path: Path, now: datetime, options: ImportOptions = CNY, **more: Any) -> Imported:
    return operations.import_file(
        shop_id=shop, sku_id=sku, path=path, options=options, actor="staff:1", now=now, **more
    )


def sold(shop: UUID, sku: UUID, count: int, now: datetime) -> list[tuple[str, str]]:
    holder = uuid4()
    operations.take(shop_id=shop, sku_id=sku, holder_id=holder, quantity=count, now=now)
    revealed = operations.reveal(shop_id=shop, holder_id=holder, code_ids=None, now=now)
    return [(code.number, code.secret) for code in revealed]


def refused(shop: UUID, sku: UUID, path: Path, now: datetime, **more: Any) -> str:
    """The code of the refusal, the same for the dry run and the import, which leaves nothing."""
    with pytest.raises(FileRefused) as dry:
        queries.dry_run(shop_id=shop, sku_id=sku, path=path, options=CNY, now=now, **more)
    with pytest.raises(FileRefused) as real:
        run(shop, sku, path, now, **more)
    assert dry.value.code == real.value.code
    assert states_of(shop) == {}
    assert rows("SELECT count(*) FROM vault_lot WHERE shop_id = %s", [shop]) == [(0,)]
    assert rows("SELECT count(*) FROM vault_batch WHERE shop_id = %s AND state <> 'cancelled'", [shop]) == [(0,)]
    return real.value.code


def workbook(fill: Sheet) -> Path:
    path = write_bytes(b"", ".xlsx")
    book = xlsxwriter.Workbook(str(path))
    fill(book, book.add_worksheet())
    book.close()
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le-bom", "utf-16-be-bom"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(shop: UUID, sku: UUID, now: datetime, encoding: str, ending: str) -> None:
    text = ending.join(["卡号，卡密，有效期", "0001，甲ABC-1，2027年1月31日", "", "0002，ABC-2，"])
    if encoding.endswith("-bom"):
        path = write_bytes(("\ufeff" + text).encode(encoding[:-4]))
    else:
        path = write_bytes(text.encode(encoding))
    done = run(shop, sku, path, now)
    assert done.batch.counts == Counts(accepted=2)
    assert done.batch.lines_done == 4
    assert sold(shop, sku, 2, now) == [("0001", "甲ABC-1"), ("0002", "ABC-2")]
    expiries = rows("SELECT expires_at FROM vault_lot WHERE shop_id = %s ORDER BY expires_at", [shop])
    assert expiries == [(datetime(2027, 1, 31, 16, tzinfo=UTC),), (None,)]


def test_what_is_stored_opens_with_the_key_ring_and_is_found_by_its_text(shop: UUID, sku: UUID, now: datetime) -> None:
    run(shop, sku, write([("001", "SECRET-1")]), now)
    ((mark, code_id),) = rows("SELECT fingerprint, id FROM vault_code WHERE shop_id = %s", [shop])
    assert bytes(mark) == keyring().blind_index(FINGERPRINT, fingerprint_text(shop.bytes, b"001", b"SECRET-1"))
    assert queries.find_code(shop, number=" 001", secret="SECRET-1 ") == code_id
    assert queries.find_code(shop, secret="SECRET-1") is None
    assert queries.find_code(uuid4(), number="001", secret="SECRET-1") is None
    assert code_id.version == 7


def test_the_report_names_every_line(shop: UUID, sku: UUID, now: datetime) -> None:
    run(shop, sku, write([("900", "HELD-900")]), now)
    (held,) = queries.batches(shop)
    lines = ["卡号,卡密", "001,AAAA-001", "002,AAAA-002", "001,AAAA-001", "900,HELD-900", "1.2E+15,X", "", "003"]
    path = write(lines)
    dry = queries.dry_run(shop_id=shop, sku_id=sku, path=path, options=CNY, now=now)
    done = run(shop, sku, path, now)
    expected = [
        LineFault(4, p.DUPLICATE_IN_FILE, 2),
        LineFault(5, p.DUPLICATE_HELD, None, held.id),
        LineFault(6, p.SCIENTIFIC_NOTATION),
        LineFault(8, p.TOO_FEW_COLUMNS),
    ]
    assert queries.batch_faults(shop, done.batch.id) == expected == list(done.faults) == list(dry.faults)
    assert done.batch.counts == dry.counts == Counts(2, 1, 1, 2)
    assert dry.by_problem == dict.fromkeys({fault.problem for fault in expected}, 1) == done.by_problem
    assert dry.samples[0] == ("****", "AA****01", None)
    assert (dry.layout.columns, dry.layout.header) == (("number", "secret"), ("卡号", "卡密"))
    assert "AAAA-001" not in repr(dry) + repr(done)


def test_a_dry_run_changes_nothing(shop: UUID, sku: UUID, now: datetime) -> None:
    queries.dry_run(shop_id=shop, sku_id=sku, path=write(codes(5)), options=CNY, now=now)
    assert states_of(shop) == {}
    assert queries.batches(shop) == []


def test_duplicates_across_chunks_and_imports(
    shop: UUID, sku: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "LINES_PER_CHUNK", 1)
    small = codes(4000, prefix="D")
    path = write([*small, *small[:7], ("x", "UNIQUE-ONE")])
    assert len(list(source.chunks(*understood(path), offset=0, lines_done=0))) > 1
    dry = queries.dry_run(shop_id=shop, sku_id=sku, path=path, options=CNY, now=now)
    done = run(shop, sku, path, now)
    assert done.batch.counts == dry.counts == Counts(4001, 7, 0, 0)
    assert [fault.other_line for fault in queries.batch_faults(shop, done.batch.id)] == [1, 2, 3, 4, 5, 6, 7]
    again = run(shop, uuid4(), write([*small[100:200], ("y", "UNIQUE-TWO")]), now)
    assert again.batch.counts == Counts(1, 0, 100, 0)
    elsewhere = uuid4()
    assert run(elsewhere, sku, path, now).batch.counts.accepted == 4001


def understood(path: Path) -> Any:
    found = source.scan(path)
    return found, source.understand(found, source.Told())


def test_an_import_that_only_looks_back_when_refused_finds_the_same(shop: UUID, sku: UUID, now: datetime) -> None:
    """The first chunk is looked up, later ones only when the table refuses them."""
    many = codes(50_000, prefix="W")
    run(shop, sku, write(many[45_000:45_010]), now)
    done = run(shop, sku, write(many), now)
    assert done.batch.counts == Counts(49_990, 0, 10, 0)
    assert queries.stock(shop, [sku], now)[sku] == StockLevel(50_000, 0, 0)


class Killed(BaseException):
    """As if the process had ended."""


def test_an_import_whose_key_was_retired_stops_and_goes_on_under_the_new_one(
    shop: UUID, sku: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "LINES_PER_CHUNK", 1)
    pairs = codes(9000, prefix="T")
    path = write(pairs)
    old = keyring().active_key_id

    def retire(_: Progress) -> None:
        if keyring().active_key_id != old:
            return
        keyring().rotate()
        while operations.rotate_keys(limit=10_000, now=now).found:
            pass
        rows("UPDATE kernel_data_key SET created_at = now() - interval '1 hour' RETURNING id")
        sealed.retire(key_id=old, now=utc_now())

    with pytest.raises(SealingKeyRetired):
        run(shop, sku, path, now, progress=retire)
    (batch,) = queries.batches(shop)
    assert 0 < batch.lines_done == states_of(shop)[0] < 9000
    new = keyring().active_key_id
    assert queries.keys_in_use() == {new: batch.lines_done}
    done = run(shop, sku, path, now)
    assert (done.resumed_at_line, done.batch.counts) == (batch.lines_done, Counts(9000, 0, 0, 0))
    assert queries.keys_in_use() == {new: 9000}
    assert sold(shop, sku, 9000, now) == pairs


def test_killed_in_the_middle_it_goes_on_and_is_never_half_on_sale(
    shop: UUID, sku: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "LINES_PER_CHUNK", 1)
    pairs = codes(9000, prefix="K")
    path = write([*pairs, pairs[3], ("bad",)])

    def kill_at(bytes_done: int) -> Callable[[Progress], None]:
        def watch(progress: Progress) -> None:
            if progress.bytes_done >= bytes_done:
                raise Killed

        return watch

    size = path.stat().st_size
    done_before = 0
    for part in (0.2, 0.5):
        with pytest.raises(Killed):
            run(shop, sku, path, now, progress=kill_at(int(size * part)))
        (batch,) = queries.batches(shop)
        assert batch.state == "staging"
        assert done_before < batch.lines_done < 9002
        assert batch.counts.accepted == batch.lines_done == states_of(shop)[0]
        assert queries.stock(shop, [sku], now) == {}
        assert rows("SELECT DISTINCT state FROM vault_lot WHERE shop_id = %s", [shop]) == [("staged",)]
        done_before = batch.lines_done
    with pytest.raises(BatchMismatch):
        run(shop, sku, path, now, ImportOptions(currency="CNY", unit_cost_minor=101))
    done = run(shop, sku, path, now)
    assert done.resumed_at_line == done_before
    assert done.batch.id == batch.id
    assert done.batch.counts == Counts(9000, 1, 0, 1)
    assert queries.stock(shop, [sku], now) == {sku: StockLevel(9000, 0, 0)}
    assert sold(shop, sku, 9000, now) == pairs
    with pytest.raises(BatchImported):
        run(shop, sku, path, now)


def test_worker_processes_give_the_same_as_this_process(
    shop: UUID, sku: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "SMALL_FILE", 0)
    monkeypatch.setattr(pool.os, "sched_getaffinity", lambda _: {0, 1, 2, 3})
    monkeypatch.setattr(source, "LINES_PER_CHUNK", 1)
    pairs = codes(6000, prefix="P")
    done = run(shop, sku, write([*pairs, pairs[0]]), now)
    assert done.batch.counts == Counts(6000, 1, 0, 0)
    assert sold(shop, sku, 6000, now) == pairs


def test_activation_tells_what_it_cost(shop: UUID, sku: UUID, now: datetime) -> None:
    lines = ["卡号,卡密,成本,有效期", "1,A-1,9.90,2027-01-01", "2,A-2,,2027-01-01", "3,A-3,0.5,"]
    done = run(shop, sku, write(lines), now)
    ((payload,),) = rows(
        "SELECT payload::text FROM kernel_event WHERE shop_id = %s AND name = 'vault.batch_activated'", [shop]
    )
    assert json.loads(payload) == {
        "batch_id": str(done.batch.id),
        "sku_id": str(sku),
        "count": 3,
        "cost_minor": 1140,
        "currency": "CNY",
    }
    assert rows("SELECT count(*) FROM vault_lot WHERE shop_id = %s", [shop]) == [(3,)]
    assert operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=3, now=now).cost_minor == 1140


def test_strict_refuses_a_file_with_faults(shop: UUID, sku: UUID, now: datetime) -> None:
    path = write([("1", "A-1"), ("1", "A-1")])
    with pytest.raises(BatchHasFaults) as caught:
        run(shop, sku, path, now, ImportOptions(currency="CNY", strict=True))
    assert caught.value.data == {p.DUPLICATE_IN_FILE: 1}
    assert states_of(shop) == {}
    assert run(shop, sku, path, now).batch.counts == Counts(1, 1, 0, 0)


def test_cancelled_imports_are_purged_and_can_come_again(
    shop: UUID, sku: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(codes(50, prefix="C"))

    def die(_: Progress) -> None:
        raise Killed

    with pytest.raises(Killed):
        run(shop, sku, path, now, progress=die)
    (batch,) = queries.batches(shop)
    with pytest.raises(BatchBusy):
        operations.purge_batch(shop_id=shop, batch_id=batch.id)
    operations.cancel_batch(shop_id=shop, batch_id=batch.id, reason="wrong file", actor="staff:1", now=now)
    with pytest.raises(BatchBusy):
        operations.activate_batch(shop_id=shop, batch_id=batch.id, actor="staff:1", now=now)
    assert operations.purge_batch(shop_id=shop, batch_id=batch.id, limit=30) == 30
    assert operations.purge_batch(shop_id=shop, batch_id=batch.id, limit=30) == 20
    assert operations.purge_batch(shop_id=shop, batch_id=batch.id) == 0
    assert run(shop, sku, path, now).batch.counts.accepted == 50


def test_a_second_process_on_the_same_batch_is_refused(shop: UUID, sku: UUID, now: datetime) -> None:
    path = write(codes(5, prefix="B"))

    def run_again(_: Progress) -> None:
        run(shop, sku, path, now)

    with pytest.raises(BatchBusy):
        run(shop, sku, path, now, progress=run_again)
    assert queries.stock(shop, [sku], now)[sku].available == 5


# --- files that are refused as a whole --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "suffix", "problem"),
    [
        (b"", ".txt", p.EMPTY_FILE),
        (b"\n\n", ".csv", p.NO_CODES),
        ("卡号,卡密\n".encode(), ".csv", p.NO_CODES),
        ("卡号,卡密\n1.2E+15,X\n".encode(), ".csv", p.NO_CODES),
        (b"a,b,c\nd,e,f\n", ".csv", p.COLUMNS_UNCLEAR),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, ".txt", p.BINARY_FILE),
        (b"A" * 1_100_000, ".txt", p.BINARY_FILE),
        (b"\xff\xff\xfe\xfa\x81\n" * 50, ".txt", p.ENCODING_UNKNOWN),
        (b"hello", ".pdf", p.UNSUPPORTED_TYPE),
        (b"hello", ".xlsx", p.BROKEN_XLSX),
        (b"PK\x03\x04" + b"\x00" * 500, ".xlsx", p.BROKEN_XLSX),
    ],
)
def test_hopeless_files(shop: UUID, sku: UUID, now: datetime, data: bytes, suffix: str, problem: str) -> None:
    assert refused(shop, sku, write_bytes(data, suffix), now) == problem


def test_too_large(shop: UUID, sku: UUID, now: datetime) -> None:
    assert refused(shop, sku, write(codes(100)), now, max_bytes=1000) == p.FILE_TOO_LARGE


def test_too_many_lots(shop: UUID, sku: UUID, now: datetime) -> None:
    lines = ["卡号,卡密,成本", *(f"{i},AAAA-{i},{i}" for i in range(1, 1100))]
    with pytest.raises(FileRefused) as caught:
        run(shop, sku, write(lines), now)
    assert caught.value.code == p.TOO_MANY_LOTS
    assert states_of(shop) == {}


def test_a_few_broken_lines_do_not_refuse_the_others(shop: UUID, sku: UUID, now: datetime) -> None:
    data = b"".join(b"CODE-%04d\n" % i for i in range(200)) + b"BAD\x00ONE\nCAF\xe9\nBAD\x07\nLAST-0001"
    done = run(shop, sku, write_bytes(data), now)
    assert done.batch.counts == Counts(201, 0, 0, 3)
    assert {fault.line_no: fault.problem for fault in done.faults} == {
        201: p.NUL_BYTE,
        202: p.BAD_ENCODING,
        203: p.CONTROL_CHARACTER,
    }


def test_a_file_that_changes_meanwhile_is_given_up(shop: UUID, sku: UUID, now: datetime) -> None:
    path = write(codes(10))

    def touch(_: Progress) -> None:
        with path.open("a") as file:
            file.write("99,ADDED-0001\n")

    with pytest.raises(FileRefused) as caught:
        run(shop, sku, path, now, progress=touch)
    assert caught.value.code == p.FILE_CHANGED
    assert states_of(shop) == {}


# --- spreadsheets -----------------------------------------------------------------------------------------------


def test_a_sheet_as_people_make_them(shop: UUID, sku: UUID, now: datetime) -> None:
    def fill(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_string(0, 0, "星河卡导出")
        sheet.write_row(2, 1, ["卡号", "卡密", "有效期", "成本"])
        sheet.write_string(3, 1, "0012345")
        sheet.write_string(3, 2, " ABC-1\u00a0")
        sheet.write_datetime(3, 3, date(2027, 12, 31), day)
        sheet.write_number(3, 4, 9.9)
        sheet.write_number(4, 1, 123456)
        sheet.write_string(4, 2, "ABC-2")
        sheet.write_string(4, 3, "2027-12-31")
        sheet.write_number(6, 1, 6222021234567890123)
        sheet.write_string(6, 2, "ABC-3")
        sheet.write_number(7, 1, 1.5)
        sheet.write_string(7, 2, "ABC-4")
        sheet.write_string(8, 1, "1.23457E+15")
        sheet.write_string(8, 2, "ABC-5")
        sheet.write_boolean(9, 1, True)
        sheet.write_string(9, 2, "ABC-6")
        sheet.write_string(10, 1, "7")
        sheet.write_datetime(10, 2, date(2026, 5, 1), day)
        sheet.write_string(11, 1, "8")
        sheet.write_string(11, 2, "AB\nC")
        sheet.write_string(12, 1, "9")
        sheet.write_string(12, 2, "ABC-9")
        sheet.write_number(12, 3, 46387)

    done = run(shop, sku, workbook(fill), now)
    assert {fault.line_no: fault.problem for fault in done.faults} == {
        7: p.NUMBER_CELL_TOO_LONG,
        8: p.FRACTIONAL_NUMBER,
        9: p.SCIENTIFIC_NOTATION,
        10: p.NOT_TEXT,
        11: p.NOT_TEXT,
        12: p.CONTROL_CHARACTER,
        13: p.BAD_EXPIRY,
    }
    assert done.batch.counts.accepted == 2
    assert sorted(sold(shop, sku, 2, now)) == [("0012345", "ABC-1"), ("123456", "ABC-2")]
    assert rows("SELECT unit_cost_minor, expires_at FROM vault_lot WHERE shop_id = %s ORDER BY 1", [shop]) == [
        (100, datetime(2027, 12, 31, 16, tzinfo=UTC)),
        (990, datetime(2027, 12, 31, 16, tzinfo=UTC)),
    ]


def test_a_sheet_resumes_by_rows(shop: UUID, sku: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "LINES_PER_CHUNK", 100)
    pairs = codes(350, prefix="X")

    def fill(_: Any, sheet: Any) -> None:
        for row, pair in enumerate(pairs):
            sheet.write_row(row, 0, pair)

    path = workbook(fill)

    def die(progress: Progress) -> None:
        if progress.lines_done >= 200:
            raise Killed

    with pytest.raises(Killed):
        run(shop, sku, path, now, progress=die)
    done = run(shop, sku, path, now)
    assert (done.resumed_at_line, done.batch.counts) == (200, Counts(accepted=350))
    assert sold(shop, sku, 350, now) == pairs


def test_hidden_sheets_are_passed_over(shop: UUID, sku: UUID, now: datetime) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_string(0, 0, "HIDDEN-1")
        sheet.hide()
        second = book.add_worksheet()
        second.write_string(0, 0, "VISIBLE-1")
        second.activate()
        second.set_first_sheet()

    run(shop, sku, workbook(fill), now)
    assert sold(shop, sku, 1, now) == [("", "VISIBLE-1")]


def test_an_empty_sheet(shop: UUID, sku: UUID, now: datetime) -> None:
    assert refused(shop, sku, workbook(lambda _, sheet: None), now) == p.NO_CODES


def zip_with(members: dict[str, bytes]) -> Path:
    path = write_bytes(b"", ".xlsx")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_zip_bombs(shop: UUID, sku: UUID, now: datetime) -> None:
    zeros = bytes(30 * 1024 * 1024)
    assert refused(shop, sku, zip_with({"xl/worksheets/sheet1.xml": zeros}), now) == p.ZIP_BOMB
    assert refused(shop, sku, zip_with({f"xl/{i}.xml": b"x" for i in range(600)}), now) == p.ZIP_BOMB
    with pytest.raises(p.FileProblem) as caught:
        sheets.guard(zip_with({f"xl/{i}": bytes(range(256)) * 40 for i in range(300)}), max_unzipped=1_000_000)
    assert caught.value.code == p.ZIP_BOMB


def test_a_zip_bomb_that_lies_about_its_size(shop: UUID, sku: UUID, now: datetime) -> None:
    path = zip_with({"xl/worksheets/sheet1.xml": bytes(30 * 1024 * 1024)})
    honest, lie = struct.pack("<I", 30 * 1024 * 1024), struct.pack("<I", 1000)
    path.write_bytes(path.read_bytes().replace(honest, lie))
    assert refused(shop, sku, path, now) == p.ZIP_BOMB


def test_a_sheet_that_would_eat_the_memory(shop: UUID, sku: UUID, now: datetime) -> None:
    """Two cells at the far corners describe 17 billion cells; the reader's limit meets it, not the shop's."""

    def fill(_: Any, sheet: Any) -> None:
        sheet.write_string(0, 0, "A-1")
        sheet.write_string(1_048_575, 16_383, "A-2")

    assert refused(shop, sku, workbook(fill), now) == p.ZIP_BOMB


def test_broken_inside(shop: UUID, sku: UUID, now: datetime) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write_string(0, 0, "A-1")

    path = workbook(fill)
    data = bytearray(path.read_bytes())
    data[60:90] = bytes(30)
    path.write_bytes(bytes(data))
    assert refused(shop, sku, path, now) == p.BROKEN_XLSX
    assert refused(shop, sku, zip_with({"xl/other.xml": b"<a/>"}), now) == p.BROKEN_XLSX


def test_no_plaintext_anywhere_in_the_database(
    shop: UUID, sku: UUID, now: datetime, capfd: pytest.CaptureFixture[str]
) -> None:
    """Known codes go through every kind of operation; then every column of every table is searched for them."""
    pairs = [(f"62220000{i:08d}", f"PLAINTEXT-{i:04d}-QQ") for i in range(40)]
    path = write([*pairs, pairs[0], ("62229999", "1.2E+15"), ("62220000zz", "PLAINTEXT\x07BAD")])
    queries.dry_run(shop_id=shop, sku_id=sku, path=path, options=CNY, now=now)
    run(shop, sku, path, now)
    with pytest.raises(BatchImported):
        run(shop, sku, path, now)
    holder, waiting = uuid4(), uuid4()
    operations.take(shop_id=shop, sku_id=sku, holder_id=holder, quantity=5, now=now)
    operations.reserve(shop_id=shop, sku_id=sku, holder_id=waiting, quantity=5, until=now, now=now)
    revealed = operations.reveal(shop_id=shop, holder_id=holder, code_ids=None, now=now)
    ids = [code.code_id for code in revealed]
    operations.quarantine_codes(shop_id=shop, code_ids=ids[:2], reason="x", actor="staff:1", now=now)
    keyring().rotate()
    operations.rotate_keys(now=now)
    searched = 0
    for table, column, kind in rows(
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
    ):
        hay = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
        found = rows(f"SELECT count(*) FROM \"{table}\" WHERE {hay} ~ 'PLAINTEXT|62220000|62229999|1\\.2E\\+15'")
        assert found == [(0,)], (table, column)
        searched += 1
    assert searched > 60
    text = repr(revealed) + repr(queries.batches(shop)) + "".join(capfd.readouterr())
    assert "PLAINTEXT" not in text
