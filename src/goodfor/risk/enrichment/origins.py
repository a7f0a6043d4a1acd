"""What kind of machine an address is: the table of iporigin (`ranges.bin`), and lines that the operator adds."""

from array import array
from bisect import bisect_right
from ipaddress import IPv4Network, ip_network
from pathlib import Path
from struct import Struct, error as StructError, unpack_from
from typing import Final

import numpy as np

from goodfor.risk.enrichment.types import Damaged, Origin

_HEADER = Struct("<8sHQHII")
_MAGIC: Final = b"IPORIGIN"
_VERSION: Final = 1
_RECORD_4: Final = np.dtype([("first", "<u4"), ("last", "<u4"), ("label", "<u2")])
_RECORD_6: Final = Struct("<16s16sH")
HOSTING: Final = "hosting"
CDN: Final = "cdn"
VPN: Final = "vpn"
TOR: Final = "tor"
BOT: Final = "bot"
KINDS: Final = frozenset({HOSTING, CDN, VPN, TOR, BOT})
#: In a line of the operator: whatever the table says, it is an ordinary address (one's own office behind a cloud).
PLAIN: Final = "plain"
_MOST_LINES: Final = 500_000


class OriginTable:
    """Sorted ranges of both kinds of addresses; about a microsecond a look-up."""

    __slots__ = ("_firsts_4", "_firsts_6", "_labels", "_lasts_4", "_lasts_6", "_which_4", "_which_6")

    def __init__(self, raw: bytes) -> None:
        try:
            magic, version, _, labels, count_4, count_6 = _HEADER.unpack_from(raw)
        except StructError:
            raise Damaged("too short") from None
        if magic != _MAGIC or version != _VERSION:
            raise Damaged("not a table of iporigin, or of a version that we do not know")
        self._labels, at = _labels(raw, labels)
        if len(raw) != at + count_4 * _RECORD_4.itemsize + count_6 * _RECORD_6.size:
            raise Damaged("its length is not what its header says")
        rows = np.frombuffer(raw, dtype=_RECORD_4, count=count_4, offset=at)
        self._firsts_4, self._lasts_4 = array("I"), array("I")
        self._firsts_4.frombytes(rows["first"].astype("=u4").tobytes())
        self._lasts_4.frombytes(rows["last"].astype("=u4").tobytes())
        self._which_4 = rows["label"].tolist()
        six = list(_RECORD_6.iter_unpack(raw[at + rows.nbytes :]))
        self._firsts_6 = [int.from_bytes(first) for first, _, _ in six]
        self._lasts_6 = [int.from_bytes(last) for _, last, _ in six]
        self._which_6 = [label for _, _, label in six]
        for firsts, lasts, which in (
            (self._firsts_4, self._lasts_4, self._which_4),
            (self._firsts_6, self._lasts_6, self._which_6),
        ):
            _check(list(firsts), list(lasts), which, labels)

    def __len__(self) -> int:
        return len(self._firsts_4) + len(self._firsts_6)

    def find(self, value: int, version: int) -> Origin | None:
        """The kind of an address as a number; None: in none of the ranges."""
        if version == 4:
            at = bisect_right(self._firsts_4, value) - 1
            return None if at < 0 or value > self._lasts_4[at] else self._labels[self._which_4[at]]
        at = bisect_right(self._firsts_6, value) - 1
        return None if at < 0 or value > self._lasts_6[at] else self._labels[self._which_6[at]]


def _labels(raw: bytes, count: int) -> tuple[list[Origin], int]:
    found, at = [], _HEADER.size
    try:
        for _ in range(count):
            (length,) = unpack_from("<H", raw, at)
            provider, _, kind = raw[at + 2 : at + 2 + length].decode("utf-8").partition("\t")
            if kind not in KINDS:
                raise Damaged("a kind that we do not know")
            found.append(Origin(provider, kind))
            at += 2 + length
    except (StructError, UnicodeDecodeError):
        raise Damaged("its labels cannot be read") from None
    return found, at


def _check(firsts: list[int], lasts: list[int], which: list[int], labels: int) -> None:
    before = -1
    for first, last, label in zip(firsts, lasts, which, strict=True):
        if first <= before or last < first or label >= labels:
            raise Damaged("its ranges are not in order")
        before = last


def read_origins(path: Path) -> OriginTable:
    """A table of iporigin from a file, each range of it checked. Raises Damaged, OSError."""
    return OriginTable(path.read_bytes())


class OwnOrigins:
    """Networks that the operator named; the smallest that holds an address wins."""

    __slots__ = ("_levels",)

    def __init__(self, named: dict[tuple[int, int, int], Origin]) -> None:
        levels: dict[tuple[int, int], dict[int, Origin]] = {}
        for (version, prefix, number), origin in named.items():
            levels.setdefault((version, prefix), {})[number] = origin
        self._levels = {
            version: [
                ((32 if version == 4 else 128) - prefix, found)
                for (kind, prefix), found in sorted(levels.items(), reverse=True)
                if kind == version
            ]
            for version in (4, 6)
        }

    def find(self, value: int, version: int) -> Origin | None:
        """What the operator said of an address; None: nothing."""
        for shift, found in self._levels[version]:
            origin = found.get(value >> shift)
            if origin is not None:
                return origin
        return None


def read_own_origins(path: Path) -> OwnOrigins:
    """Lines of `<network> <kind> [provider]`; one that cannot be read refuses the file. Raises Damaged, OSError."""
    named: dict[tuple[int, int, int], Origin] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if number > _MOST_LINES:
            raise Damaged(f"more than {_MOST_LINES} lines")
        words = line.partition("#")[0].split(maxsplit=2)
        if not words:
            continue
        try:
            network = ip_network(words[0])
        except ValueError:
            raise Damaged(f"line {number}: not a network") from None
        if len(words) < 2 or words[1] not in KINDS | {PLAIN}:
            raise Damaged(f"line {number}: the kind must be one of {', '.join(sorted(KINDS | {PLAIN}))}")
        width = 32 if isinstance(network, IPv4Network) else 128
        key = (network.version, network.prefixlen, int(network.network_address) >> (width - network.prefixlen))
        named[key] = Origin(words[2].strip()[:60] if len(words) > 2 else "", words[1])
    return OwnOrigins(named)
