"""The balance as a bill. Stripe gives no file, so we write one: a JSON object a line, page after page, a summary last.

Each line has only what never changes later (a movement's status does), so the same day has the same bytes. The summary
has the count, the sums, the owner and the digest of all lines before it: a file that ends early, lost a line or has a
digit flipped is refused.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from goodfor.kernel.money import EXPONENTS, Money
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.base import Account
from goodfor.payments.providers.bills import NO_STATEMENT, BadBill, BillKind, BillRow, RowKind
from goodfor.payments.providers.stripe import objects
from goodfor.payments.providers.stripe.client import BadReply, asked, call
from goodfor.payments.providers.stripe.settings import Settings

#: With its source each movement is several kilobytes, and a reply has a limit.
_PAGE: Final = 25
_PAGES: Final = 40_000
#: A movement is in the list some moments after it happened.
_SETTLED: Final = timedelta(minutes=15)
_MAX_LINE: Final = 4096
_KINDS: Final[Mapping[str, RowKind]] = {
    "charge": "payment",
    "payment": "payment",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund",
    "payment_failure_refund": "refund",
    "payout": "payout",
    "payout_cancel": "payout",
    "payout_failure": "payout",
    "stripe_fee": "fee",
    "stripe_fx_fee": "fee",
    "tax_fee": "fee",
    "network_cost": "fee",
    "transfer": "split",
    "transfer_cancel": "split",
    "transfer_failure": "split",
    "transfer_refund": "split",
}
_LINE: Final = frozenset(
    {"id", "type", "category", "created", "amount", "fee", "net", "currency", "source", "intent", "number", "payment"}
)
_NUMBERS: Final = ("amount", "fee", "net", "created")


@dataclass(slots=True)
class _Sums:
    """What the summary says of the lines before it."""

    count: int = 0
    amounts: Counter[str] = field(default_factory=Counter)
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, line: bytes, entry: Mapping[str, Any]) -> None:
        self.count += 1
        self.digest.update(line)
        for name in ("amount", "fee", "net"):
            self.amounts[f"{entry['currency']}:{name}"] += entry[name]

    def summary(self, account: Account, day: str) -> dict[str, Any]:
        return {
            "summary": {
                "account": f"{account.shop_id}:{account.code}",
                "day": day,
                "count": self.count,
                "sums": dict(self.amounts),
                "sha256": self.digest.hexdigest(),
            }
        }


class StripeBills:
    """See `BillSource`. A day is UTC's."""

    def bill_kinds(self, account: Account) -> tuple[BillKind, ...]:  # noqa: ARG002
        """Both are read from the same list of movements."""
        return ("trade", "fund")

    def download_bill(self, account: Account, day: date, kind: BillKind, target: Path, now: datetime) -> Outcome:  # noqa: ARG002
        """See `BillSource.download_bill`. There is no checksum of theirs; the file gets one of ours."""
        settings = Settings.of(account)
        start = datetime.combine(day, time(), UTC)
        end = start + timedelta(days=1)
        if now < end + _SETTLED:
            return Pending()

        def fetch() -> Outcome:
            sums = _Sums()
            with target.open("wb") as file:
                for entry in _movements(settings, start, end):
                    line = _written(entry)
                    sums.add(line, entry)
                    file.write(line)
                file.write(_written(sums.summary(account, day.isoformat())))
            return Succeeded() if sums.count else Rejected(NO_STATEMENT)

        try:
            return asked(fetch)
        except OSError:
            return Unknown("no_room")

    def read_bill(self, account: Account, kind: BillKind, path: Path) -> Iterator[BillRow]:
        """See `BillSource.read_bill`. `trade`: only payments and refunds, after every line was checked."""
        sums, ended, number, day = _Sums(), False, 0, ""
        # First the whole, then the rows: whoever reads rows reads good ones.
        for number, line in _lines(path):
            if ended:
                raise BadBill("after_the_end", number)
            decoded = _decoded(line, number)
            if "summary" in decoded:
                ended, day = True, _checked_day(decoded, number)
                if decoded != sums.summary(account, day):
                    raise BadBill(_difference(decoded, sums, account), number)
                continue
            _check(decoded, number)
            sums.add(line, decoded)
        if not ended:
            raise BadBill("no_end", number)
        for number, line in _lines(path):
            decoded = _decoded(line, number)
            if "summary" not in decoded:
                row = _row(decoded, number, day)
                if kind == "fund" or row.kind in ("payment", "refund"):
                    yield row


def _movements(settings: Settings, start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    params: dict[str, Any] = {
        "limit": _PAGE,
        "created": {"gte": int(start.timestamp()), "lt": int(end.timestamp())},
        "expand": ["data.source"],
    }
    for _ in range(_PAGES):
        page = call(settings, "get", "/v1/balance_transactions", params)
        entries = page.get("data")
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise BadReply("bad_list")
        for entry in entries:
            kept = _kept(entry)
            if not start.timestamp() <= kept["created"] < end.timestamp():
                raise BadReply("other_day")
            yield kept
        if page.get("has_more") is False:
            return
        if not entries:
            raise BadReply("bad_list")
        params = params | {"starting_after": objects.identifier(entries[-1].get("id"))}
    raise BadReply("too_many")


def _kept(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A movement without what changes later and without anything about the buyer."""
    held = entry.get("source")
    source: Mapping[str, Any] = held if isinstance(held, Mapping) else {"id": held}
    kept = {
        "id": objects.identifier(entry.get("id")),
        "type": objects.text(entry.get("type")),
        "category": objects.text(entry.get("reporting_category")),
        "currency": objects.text(entry.get("currency")).upper(),
        "source": objects.text(source.get("id")),
        "intent": _intent(source),
        "number": objects.metadata(source),
        "payment": objects.metadata(source, "payment"),
    } | {name: entry.get(name) for name in _NUMBERS}
    try:
        _check(kept, 0)
    except BadBill as problem:
        raise BadReply(problem.code) from None
    return kept


def _intent(source: Mapping[str, Any]) -> str:
    held = source.get("payment_intent")
    return objects.text(held.get("id")) if isinstance(held, Mapping) else objects.text(held)


def _written(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(_MAX_LINE + 1):
            number += 1
            if len(line) > _MAX_LINE or not line.endswith(b"\n"):
                raise BadBill("cut_line", number)
            yield number, line


def _decoded(line: bytes, number: int) -> dict[str, Any]:
    try:
        decoded = json.loads(line.decode("ascii"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise BadBill("not_json", number) from None
    # Exactly as we write it: nothing twice, nothing hidden in another spelling.
    if not isinstance(decoded, dict) or _written(decoded) != line:
        raise BadBill("not_ours", number)
    return decoded


def _check(entry: Mapping[str, Any], number: int) -> None:
    if entry.keys() != _LINE:
        raise BadBill("unknown_header", number)
    if any(type(entry[name]) is not int or abs(entry[name]) > 10**15 for name in _NUMBERS):
        raise BadBill("bad_amount", number)
    if any(not isinstance(entry[name], str) for name in _LINE - frozenset(_NUMBERS)):
        raise BadBill("bad_text", number)
    if entry["currency"] not in EXPONENTS:
        raise BadBill("unknown_currency", number)
    if entry["amount"] - entry["fee"] != entry["net"]:
        raise BadBill("bad_net", number)
    if not entry["id"] or not entry["type"] or objects.moment(entry["created"]) is None:
        raise BadBill("bad_row", number)


def _checked_day(decoded: Mapping[str, Any], number: int) -> str:
    held = decoded["summary"]
    day = held.get("day") if isinstance(held, Mapping) else None
    try:
        return date.fromisoformat(day if isinstance(day, str) else "").isoformat()
    except ValueError:
        raise BadBill("bad_summary", number) from None


def _difference(decoded: Mapping[str, Any], sums: _Sums, account: Account) -> str:
    ours = sums.summary(account, "")["summary"]
    theirs = decoded["summary"]
    for name, code in (("account", "foreign_merchant"), ("count", "count_off"), ("sums", "sums_off")):
        if theirs.get(name) != ours[name]:
            return code
    return "digest_off"


def _row(entry: Mapping[str, Any], number: int, day: str) -> BillRow:
    happened_at = objects.moment(entry["created"])
    if happened_at is None or happened_at.date().isoformat() != day:
        raise BadBill("other_day", number)
    kind = _kind(entry)
    exponent = EXPONENTS[entry["currency"]]
    ours, paid_by = entry["number"], entry["payment"]
    refund = kind == "refund"
    return BillRow(
        line=number,
        kind=kind,
        happened_at=happened_at,
        amount=Money(entry["amount"], entry["currency"]),
        # Theirs is what they keep, positive.
        fee=Decimal(-entry["fee"]).scaleb(-exponent) if entry["fee"] else Decimal(0),
        our_ref=paid_by if refund else (ours if kind == "payment" else ""),
        channel_ref=entry["intent"] or ("" if refund else entry["source"]),
        refund_ref=ours if refund else "",
        channel_refund_ref=entry["source"] if refund else "",
        state=entry["type"],
        note=entry["id"],
    )


def _kind(entry: Mapping[str, Any]) -> RowKind:
    if entry["category"].startswith("dispute") or entry["source"].startswith(("dp_", "du_")):
        return "dispute"
    return _KINDS.get(entry["type"], "other")
