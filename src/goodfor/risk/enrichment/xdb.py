"""Tables of places in the format of ip2region (`.xdb`, structures 2 and 3), read by ourselves.

Header of 256 bytes, a vector of 256 x 256 pairs of pointers by the first two bytes of an address, texts of regions
(`国家|省份|城市|运营商`), segments: first address, last address, length and place of the text. Little-endian, save the
addresses of IPv6.
"""

import os
from array import array
from bisect import bisect_right
from pathlib import Path
from struct import Struct, unpack_from
from typing import Any, Final

import numpy as np

from goodfor.risk.enrichment.names import PROVINCES, place_of
from goodfor.risk.enrichment.types import Damaged, Place

_HEADER = Struct("<HHIIIHH")
_HEADER_BYTES: Final = 256
_VECTOR_BYTES: Final = 256 * 256 * 8
_VECTOR_POLICY: Final = 1
_SEGMENT_4: Final = np.dtype([("first", "<u4"), ("last", "<u4"), ("length", "<u2"), ("text", "<u4")])
_SEGMENT_6: Final = 38
_LAST_4: Final = 2**32 - 1
#: A table that knows fewer of the 34 is not one of China: by it everybody would always be somewhere unknown.
LEAST_PROVINCES: Final = 20
#: Of the large table of IPv6 so many segments are looked at before it is believed.
_SAMPLE: Final = 2_000
_MOST_KEPT: Final = 50_000


def _read_header(head: bytes, size: int, *, version: int, segment: int) -> tuple[int, int]:
    """Where the segments begin, and how many there are. Raises Damaged."""
    if len(head) < _HEADER.size or size < _HEADER_BYTES + _VECTOR_BYTES + segment:
        raise Damaged("too short")
    structure, policy, _, first, last, addresses, pointer = _HEADER.unpack_from(head)
    if structure not in (2, 3) or policy != _VECTOR_POLICY:
        raise Damaged(f"not an xdb of structure 2 or 3 ({structure}, policy {policy})")
    if (addresses if structure == 3 else 4) != version:
        raise Damaged(f"not of IPv{version}")
    if structure == 3 and pointer != 4:
        raise Damaged(f"pointers of {pointer} bytes")
    if first < _HEADER_BYTES + _VECTOR_BYTES or last < first or (last - first) % segment or last + segment > size:
        raise Damaged("its segments lie outside of the file")
    return first, (last - first) // segment + 1


def _region(raw: bytes) -> Place | None:
    try:
        return place_of(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise Damaged("a region is not UTF-8") from None


def _check_provinces(places: list[Place | None]) -> None:
    known = {place.province for place in places if place} & set(PROVINCES)
    if len(known) < LEAST_PROVINCES:
        raise Damaged(f"knows only {len(known)} of {len(PROVINCES)} provinces")


class PlaceTable:
    """The table of IPv4 as sorted arrays: 6 bytes a segment, 1 to 2 microseconds a look-up."""

    __slots__ = ("_firsts", "_places", "_which")

    def __init__(self, firsts: "array[int]", which: "array[int]", places: tuple[Place | None, ...]) -> None:
        self._firsts, self._which, self._places = firsts, which, places

    def __len__(self) -> int:
        return len(self._firsts)

    def find(self, value: int) -> Place | None:
        """The place of an address as a number of 32 bits."""
        return self._places[self._which[bisect_right(self._firsts, value) - 1]]


def read_places(path: Path) -> PlaceTable:
    """A table of IPv4 from a file, each segment of it checked. Raises Damaged, OSError."""
    raw = path.read_bytes()
    first, count = _read_header(raw, len(raw), version=4, segment=_SEGMENT_4.itemsize)
    rows = np.frombuffer(raw, dtype=_SEGMENT_4, count=count, offset=first)
    firsts, lasts = rows["first"].astype(np.int64), rows["last"].astype(np.int64)
    if (lasts < firsts).any() or (firsts[1:] <= lasts[:-1]).any():
        raise Damaged("its segments are not in order")
    texts, seen_at, which = np.unique(rows["text"].astype(np.int64), return_index=True, return_inverse=True)
    lengths = rows["length"][seen_at].astype(np.int64)
    if (texts + lengths > len(raw)).any() or (texts < _HEADER_BYTES).any():
        raise Damaged("a region lies outside of the file")
    places = [_region(raw[at : at + length]) for at, length in zip(texts.tolist(), lengths.tolist(), strict=True)]
    _check_provinces(places)
    return _table(firsts, lasts, which + 1, (None, *places))


def _table(firsts: Any, lasts: Any, which: Any, places: tuple[Place | None, ...]) -> PlaceTable:
    """With the gaps between segments as segments of nowhere (number 0)."""
    nexts = np.append(firsts[1:], _LAST_4 + 1)
    (gaps,) = np.nonzero(nexts != lasts + 1)
    firsts, which = np.insert(firsts, gaps + 1, lasts[gaps] + 1), np.insert(which, gaps + 1, 0)
    if firsts[0] != 0:
        firsts, which = np.insert(firsts, 0, 0), np.insert(which, 0, 0)
    starts = array("I")
    starts.frombytes(firsts.astype("=u4").tobytes())
    numbers = array("H" if len(places) < 2**16 else "I")
    numbers.frombytes(which.astype("=u2" if len(places) < 2**16 else "=u4").tobytes())
    return PlaceTable(starts, numbers, places)


class PlaceTable6:
    """The table of IPv6, of some hundreds of megabytes: left in its file (and in the system's cache of files).

    A file that is overwritten while it is read answers less, or wrong, until it is looked at again; it never fails.
    """

    __slots__ = ("_file", "_places", "_vector")

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        size = os.fstat(self._file.fileno()).st_size
        first, count = _read_header(self._read(0, _HEADER_BYTES), size, version=6, segment=_SEGMENT_6)
        self._vector = self._read(_HEADER_BYTES, _VECTOR_BYTES)
        self._places: dict[int, Place | None] = {}
        self._check(first, count)

    def _read(self, at: int, length: int) -> bytes:
        return os.pread(self._file.fileno(), length, at)

    def _check(self, first: int, count: int) -> None:
        before = b""
        for number in sorted({count * step // _SAMPLE for step in range(_SAMPLE)}):
            segment = self._read(first + number * _SEGMENT_6, _SEGMENT_6)
            if len(segment) < _SEGMENT_6 or segment[:16] <= before or segment[16:32] < segment[:16]:
                raise Damaged("its segments are not in order")
            before = segment[16:32]
            self._place(segment)

    def _place(self, segment: bytes) -> Place | None:
        length, at = unpack_from("<HI", segment, 32)
        if at not in self._places:
            raw = self._read(at, length)
            if len(raw) < length:
                raise Damaged("a region lies outside of the file")
            if len(self._places) >= _MOST_KEPT:
                self._places.clear()
            self._places[at] = _region(raw)
        return self._places[at]

    def find(self, value: int) -> Place | None:
        """The place of an address as a number of 128 bits."""
        address = value.to_bytes(16, "big")
        first, last = unpack_from("<II", self._vector, (value >> 112) * 8)
        if not first:
            return None
        low, high = 0, (last - first) // _SEGMENT_6
        while low <= high:
            middle = (low + high) >> 1
            segment = self._read(first + middle * _SEGMENT_6, _SEGMENT_6)
            if len(segment) < _SEGMENT_6 or address < segment[:16]:
                high = middle - 1
            elif address > segment[16:32]:
                low = middle + 1
            else:
                try:
                    return self._place(segment)
                except Damaged:
                    return None
        return None


def read_places_6(path: Path) -> PlaceTable6:
    """A table of IPv6 from a file, a sample of it checked. Raises Damaged, OSError."""
    return PlaceTable6(path)
