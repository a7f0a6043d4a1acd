"""A day's bill of Alipay: an address that lives for half a minute, behind it a zip with two CSV files in GBK.

Alipay gives no checksum: the zip's own, its two files and the sums of the second over the first have to do.
"""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Final, cast
from zlib import error as zlib_error

from goodfor.kernel.outbound import http
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.alipay import bill_rows, client
from goodfor.payments.providers.alipay.bill_rows import Lines, Totals
from goodfor.payments.providers.alipay.client import BadReply, Refused, text_of
from goodfor.payments.providers.alipay.settings import Settings
from goodfor.payments.providers.alipay.shapes import BEIJING
from goodfor.payments.providers.bills import NO_STATEMENT, BadBill, BillKind, BillRow

_TYPES: Final = {"trade": "trade", "fund": "signcustomer"}
_SUMMARY: Final = "汇总"
_READY: Final = time(10, 0)
#: Said before a bill is made and when there is none alike: believed to be the latter only when the bill is overdue.
_OVERDUE: Final = timedelta(hours=14)
MAX_UNPACKED: Final = 4 * 1024 * 1024 * 1024
MAX_LINE: Final = 64 * 1024
_OK = 200


def download(settings: Settings, day: date, kind: BillKind, target: Path, now: datetime) -> Outcome:
    """See `BillSource.download_bill`. A day's bill is there from ten o'clock the next day in Beijing."""
    ready = datetime.combine(day + timedelta(days=1), _READY, BEIJING)
    if now < ready:
        return Pending()

    def ask() -> Outcome:
        content = {"bill_type": _TYPES[kind], "bill_date": day.isoformat()}
        reply = client.call(settings, "alipay.data.dataservice.bill.downloadurl.query", content, now)
        got = http.download(_address(text_of(reply, "bill_download_url")), target)
        if got.status != _OK:
            raise BadReply(f"http_{got.status}")
        try:
            with _opened(target):
                return Succeeded()
        except BadBill as problem:
            raise BadReply(problem.code) from None

    def refused(problem: Refused) -> Outcome:
        if problem.sub_code.lower().endswith("bill_not_exist"):
            return Rejected(NO_STATEMENT) if now >= ready + _OVERDUE else Pending()
        return Unknown(client.REFUSED)

    return client.guarded(ask, refused)


def _address(url: str) -> str:
    """Where the file lies: any host, by https. Raises BadReply."""
    if not http.is_safe_url(url) and url.startswith("http://"):
        # The address is a key to the file: never in clear.
        url = "https://" + url.removeprefix("http://")
    if len(url) > 4096 or not url.isascii() or not url.isprintable() or not http.is_safe_url(url):
        raise BadReply("unsafe_address")
    return url


def read(seller_id: str, kind: BillKind, path: Path) -> Iterator[BillRow]:
    """See `BillSource.read_bill`: the summary first, then the rows, then whether they add up."""
    with _opened(path) as (bundle, detail, summary):
        try:
            with bundle.open(summary) as file:
                told = bill_rows.read_summary(_lines(file), kind, seller_id)
            found = Totals()
            with bundle.open(detail) as file:
                yield from bill_rows.read_detail(_lines(file), kind, seller_id, found)
        except (zipfile.BadZipFile, zlib_error, EOFError, OSError, NotImplementedError, RuntimeError):
            raise BadBill("damaged_file") from None
        bill_rows.compare(found, told)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, zipfile.ZipInfo, zipfile.ZipInfo]]:
    """The zip, its detail and its summary. Raises BadBill."""
    try:
        bundle = zipfile.ZipFile(path, metadata_encoding="gb18030")
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise BadBill("damaged_file") from None
    with bundle:
        files = [one for one in bundle.infolist() if not one.is_dir()]
        details = [one for one in files if one.filename.endswith(".csv") and _SUMMARY not in one.filename]
        summaries = [one for one in files if one.filename.endswith(".csv") and _SUMMARY in one.filename]
        if len(files) != 2 or len(details) != 1 or len(summaries) != 1:
            raise BadBill("unexpected_files")
        if sum(one.file_size for one in files) > MAX_UNPACKED:
            raise BadBill("too_large")
        yield bundle, details[0], summaries[0]


def _lines(packed: IO[bytes]) -> Lines:
    """Number and text of each line; never more than one in memory. Raises BadBill."""
    # A member of a zip may give less of a line than it was asked for; behind a buffer it does not.
    file = io.BufferedReader(cast(io.RawIOBase, packed), MAX_LINE)
    number = 0
    while raw := file.readline(MAX_LINE):
        number += 1
        if len(raw) == MAX_LINE:
            raise BadBill("line_too_long", number)
        try:
            yield number, raw.decode("gb18030").strip("\r\n")
        except UnicodeDecodeError:
            raise BadBill("not_gbk", number) from None
