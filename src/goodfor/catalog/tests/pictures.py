"""Pictures, honest and hostile, made from nothing."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

PLACE = (31.0, 13.0, 49.25)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def noise(size: tuple[int, int] = (120, 80), mode: str = "RGB") -> Image.Image:
    return Image.effect_noise(size, 60).convert(mode)


def corner(size: tuple[int, int] = (120, 80)) -> Image.Image:
    """White with a black upper left quarter, so that one sees how it lies."""
    image = Image.new("RGB", size, "white")
    image.paste("black", (0, 0, size[0] // 2, size[1] // 2))
    return image


def exif(orientation: int = 1) -> Image.Exif:
    """As a telephone writes it: where, when, with what."""
    tags = Image.Exif()
    tags[0x010F], tags[0x0110], tags[0x0112] = "SECRETPHONE", "X1", orientation
    place = tags.get_ifd(0x8825)
    place[1], place[2] = "N", PLACE
    return tags


def png(width: int, height: int, pixels: bytes = b"", *extra: tuple[bytes, bytes]) -> bytes:
    """A PNG that says what it likes of its size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), *extra, (b"IDAT", zlib.compress(pixels)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def chunks(webp: bytes) -> list[bytes]:
    """Names of the chunks of a WebP."""
    assert webp[:4] == b"RIFF"
    assert webp[8:12] == b"WEBP"
    assert int.from_bytes(webp[4:8], "little") + 8 == len(webp)
    names, at = [], 12
    while at < len(webp):
        names.append(webp[at : at + 4])
        size = int.from_bytes(webp[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
    return names
