"""A day's bill of WeChat Pay: a signed reply names a file and its SHA-1, the file itself comes unsigned and gzipped.

It is kept unpacked, for the hash is over the text.
"""

import gzip
import hashlib
import hmac
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded
from goodfor.payments.providers.base import Account
from goodfor.payments.providers.bills import NO_STATEMENT, BadBill, BillKind, BillRow
from goodfor.payments.providers.wechat import bill_rows, client, shapes
from goodfor.payments.providers.wechat.bill_rows import Lines
from goodfor.payments.providers.wechat.client import Caller, Refused
from goodfor.payments.providers.wechat.settings import Settings
from goodfor.payments.providers.wechat.shapes import BEIJING, BadReply

_READY: Final = time(10, 0)
#: "There is none" is said before a bill is made as well: believed a little after it should be there.
_CERTAIN: Final = timedelta(minutes=5)
_NONE: Final = "NO_STATEMENT_EXIST"
_MAKING: Final = "STATEMENT_CREATING"
MAX_UNPACKED: Final = 4 * 1024 * 1024 * 1024
MAX_LINE: Final = 64 * 1024
_CHUNK: Final = 256 * 1024


class WechatBills:
    """`BillSource`: trades, and the movements of one of the merchant's balances."""

    def bill_kinds(self, account: Account) -> tuple[BillKind, ...]:  # noqa: ARG002
        """See `BillSource.bill_kinds`."""
        return ("trade", "fund")

    def download_bill(self, account: Account, day: date, kind: BillKind, target: Path, now: datetime) -> Outcome:
        """See `BillSource.download_bill`. A day's bill is there from ten o'clock the next day in Beijing."""
        settings = Settings.of(account)
        ready = datetime.combine(day + timedelta(days=1), _READY, BEIJING)
        if now < ready:
            return Pending()

        def ask() -> Outcome:
            try:
                reply = Caller(settings, now).get(_path(settings, day, kind))
            except Refused as no:
                if not no.proven or no.code not in (_NONE, _MAKING):
                    raise
                certain = no.code == _NONE and now >= ready + _CERTAIN
                return Rejected(NO_STATEMENT) if certain else Pending()
            _fetch(settings, reply, target, now)
            return Succeeded()

        return client.guarded(ask)

    def read_bill(self, account: Account, kind: BillKind, path: Path) -> Iterator[BillRow]:
        """See `BillSource.read_bill`."""
        mchid = Settings.of(account).mchid
        return bill_rows.read_trade(_lines(path), mchid) if kind == "trade" else bill_rows.read_fund(_lines(path))


def _path(settings: Settings, day: date, kind: BillKind) -> str:
    if kind == "trade":
        return f"/v3/bill/tradebill?bill_date={day.isoformat()}&bill_type=ALL&tar_type=GZIP"
    account = settings.fund_account
    return f"/v3/bill/fundflowbill?bill_date={day.isoformat()}&account_type={account}&tar_type=GZIP"


def _fetch(settings: Settings, reply: dict[str, object], target: Path, now: datetime) -> None:
    """Fetch the file that the reply names, unpacked, and check its hash. Raises BadReply, NotSent, NoAnswer."""
    told = shapes.text(reply, "hash_value", 64).lower()
    if shapes.text(reply, "hash_type") != "SHA1" or len(told) != 40:
        raise BadReply("unknown_hash")
    packed = target.with_name(target.name + ".gz")
    try:
        client.download(settings, shapes.text(reply, "download_url", 4096), packed, now)
        found = _unpack(packed, target)
    finally:
        packed.unlink(missing_ok=True)
    if not hmac.compare_digest(found.encode(), told.encode()):
        raise BadReply("wrong_hash")


def _unpack(packed: Path, target: Path) -> str:
    """Write the text of the file; its SHA-1 in hex. Raises BadReply."""
    # Not for secrecy: WeChat gives no other.
    digest, size = hashlib.sha1(usedforsecurity=False), 0
    try:
        with gzip.open(packed, "rb") as source, target.open("wb") as file:
            while chunk := source.read(_CHUNK):
                size += len(chunk)
                if size > MAX_UNPACKED:
                    raise BadReply("file_too_large")
                digest.update(chunk)
                file.write(chunk)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise BadReply("damaged_file") from None
    return digest.hexdigest()


def _lines(path: Path) -> Lines:
    """Number and text of each line; never more than one in memory. Raises BadBill."""
    number = 0
    try:
        with path.open("rb") as file:
            while raw := file.readline(MAX_LINE):
                number += 1
                if len(raw) == MAX_LINE:
                    raise BadBill("line_too_long", number)
                yield number, raw.decode().strip("\r\n")
    except UnicodeDecodeError:
        raise BadBill("not_utf8", number) from None
    except OSError:
        raise BadBill("damaged_file", number) from None
