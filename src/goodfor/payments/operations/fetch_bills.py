"""Fetch bills whose time has come and take them in, each once and whole."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded, Unknown
from goodfor.kernel.tenancy import platform_job
from goodfor.payments import bill_files, states
from goodfor.payments.bill_models import BillFile
from goodfor.payments.locks import take_due_bills
from goodfor.payments.mapping import opened
from goodfor.payments.models import Account
from goodfor.payments.operations.import_bill import import_bill
from goodfor.payments.operations.open_case import open_case
from goodfor.payments.providers.bills import NO_STATEMENT, BadBill
from goodfor.payments.providers.registry import bill_source

log = structlog.get_logger(__name__)

#: A large file takes minutes; after a crash somebody else takes it then.
LEASE: Final = timedelta(minutes=20)
LATER: Final = tuple(timedelta(minutes=m) for m in (5, 15, 30, 60, 180))
TRIES: Final = 24


def fetch_bills(*, now: datetime, limit: int = 4) -> int:
    """Take up to `limit` of all shops, one after the other; returns how many. Never inside a transaction."""
    require_no_transaction()
    with platform_job("fetch bills"), transaction.atomic():
        rows = take_due_bills(now, limit)
        BillFile.objects.filter(id__in=[row.id for row in rows]).update(next_try_at=now + LEASE)
    for row in rows:
        fetch_bill(shop_id=row.shop_id, bill_id=row.id, now=now)
    return len(rows)


def fetch_bill(*, shop_id: UUID, bill_id: UUID, now: datetime) -> None:
    """Fetch and import one; a file that does not hold together is refused whole, with a case."""
    row = BillFile.objects.get(shop_id=shop_id, id=bill_id)
    path = bill_files.new_path()
    try:
        outcome = _download(row, path, now)
        if isinstance(outcome, Succeeded):
            import_bill(shop_id=shop_id, bill_id=bill_id, path=path, now=now)
        else:
            _not_there(row, outcome, now)
    except BadBill as problem:
        _refuse(row, problem, now)
    except Exception:
        # The others must not wait for one that cannot be read; its lease ends, it is tried again.
        log.exception("bill_crashed", bill=str(row.id), provider=row.provider)
        _later(row, "crashed", now)
    finally:
        path.unlink(missing_ok=True)


def _download(row: BillFile, path: Path, now: datetime) -> Outcome:
    account = Account.objects.filter(shop_id=row.shop_id, id=row.account_id).first()
    source = bill_source(row.provider)
    if account is None or source is None:
        return Unknown("no_account")
    try:
        with_secrets = opened(account)
    except DecryptFailed:
        return Unknown("no_secrets")
    return source.download_bill(with_secrets, row.day, row.kind, path, now)  # type: ignore[arg-type]


def _not_there(row: BillFile, outcome: Outcome, now: datetime) -> None:
    if isinstance(outcome, Rejected) and outcome.code == NO_STATEMENT:
        with transaction.atomic():
            BillFile.objects.filter(shop_id=row.shop_id, id=row.id, state=states.WANTED).update(
                state=states.EMPTY, imported_at=now, next_try_at=None, problem=""
            )
        return
    code = outcome.code if isinstance(outcome, Rejected) else getattr(outcome, "reason", "not_ready")
    _later(row, code, now)


def _later(row: BillFile, code: str, now: datetime) -> None:
    over = row.attempts + 1 >= TRIES
    with transaction.atomic():
        BillFile.objects.filter(shop_id=row.shop_id, id=row.id, state=states.WANTED).update(
            attempts=row.attempts + 1, problem=code[:64],
            next_try_at=None if over else now + LATER[min(row.attempts, len(LATER) - 1)],
        )  # fmt: skip
        if over:
            _open_case(row, "bill_missing", {"reason": code[:64]}, now)


def _refuse(row: BillFile, problem: BadBill, now: datetime) -> None:
    with transaction.atomic():
        BillFile.objects.filter(shop_id=row.shop_id, id=row.id, state=states.WANTED).update(
            state=states.REFUSED, problem=problem.code[:64], problem_line=problem.line, next_try_at=None
        )
        _open_case(row, "bill_refused", {"reason": problem.code[:64], "line": problem.line}, now)


def _open_case(row: BillFile, kind: str, detail: dict[str, object], now: datetime) -> None:
    about = {"account": row.account_code, "day": row.day.isoformat(), "bill": row.kind}
    open_case(
        shop_id=row.shop_id, kind=kind, business_key=f"bill:{row.id}:{row.attempts}", detail=about | detail, now=now
    )
