"""Small tables of addresses, made by the test, and the raw ones read in another way."""

import struct
from ipaddress import ip_address
from pathlib import Path

from goodfor.risk.enrichment.names import PROVINCES

#: A region for each province in spelling of its own, so that a table counts as one of China.
REGIONS = [f"中国|{province}|0|电信" for province in PROVINCES]


def xdb(rows: list[tuple[str, str, str]], *, structure: int = 3, version: int = 4) -> bytes:
    """A table in the format of ip2region from (first address, last address, region), sorted."""
    width = 4 if version == 4 else 16
    texts: dict[str, tuple[int, int]] = {}
    body = b""
    at = 256 + 256 * 256 * 8
    for *_, region in rows:
        if region not in texts:
            raw = region.encode()
            texts[region] = (at + len(body), len(raw))
            body += raw
    start = at + len(body)
    segments: list[tuple[int, int, str]] = []
    for first, last, region in rows:
        low, high = int(ip_address(first)), int(ip_address(last))
        # Segments never cross two leading bytes: that is what the vector is for.
        shift = (width - 2) * 8
        while low >> shift != high >> shift:
            edge = ((low >> shift) + 1 << shift) - 1
            segments.append((low, edge, region))
            low = edge + 1
        segments.append((low, high, region))
    index, vector = b"", bytearray(256 * 256 * 8)
    size = width * 2 + 6
    for number, (low, high, region) in enumerate(segments):
        cell = (low >> ((width - 2) * 8)) * 8
        place = start + number * size
        if vector[cell : cell + 4] == b"\0\0\0\0":
            vector[cell : cell + 4] = struct.pack("<I", place)
        vector[cell + 4 : cell + 8] = struct.pack("<I", place + size)
        order = "little" if version == 4 else "big"
        text_at, length = texts[region]
        index += low.to_bytes(width, order) + high.to_bytes(width, order) + struct.pack("<HI", length, text_at)
    head = struct.pack("<HHIIIHH", structure, 1, 0, start, start + len(index) - size, version, 4)
    return head.ljust(256, b"\0") + bytes(vector) + body + index


def small(*rows: tuple[str, str, str]) -> bytes:
    """A table that knows all provinces in 1.0.0.0/16, and these rows after that."""
    known = [(f"1.0.{number}.0", f"1.0.{number}.255", region) for number, region in enumerate(REGIONS)]
    return xdb([*known, *rows])


class RawXdb:
    """The packaged table read as its authors do: by the vector, then by halving. Slow, and another code than ours."""

    def __init__(self, path: Path) -> None:
        self.raw = path.read_bytes()

    def region(self, value: int) -> str:
        """The text for an address of IPv4."""
        first, last = struct.unpack_from("<II", self.raw, 256 + (value >> 16) * 8)
        low, high = 0, (last - first) // 14
        while low <= high:
            middle = (low + high) // 2
            start, end, length, at = struct.unpack_from("<IIHI", self.raw, first + middle * 14)
            if value < start:
                high = middle - 1
            elif value > end:
                low = middle + 1
            else:
                return self.raw[at : at + length].decode()
        return ""
