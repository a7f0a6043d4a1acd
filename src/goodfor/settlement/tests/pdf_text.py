"""Reads the texts of a PDF that settlement wrote: a reader of its own, for no more than such files have."""

import base64
import re
import zlib

_STREAM = re.compile(rb"/Filter \[ /ASCII85Decode /FlateDecode \][^>]*>>\s*stream\r?\n(.*?)endstream", re.DOTALL)
_TEXT = re.compile(rb"\(((?:[^()\\]|\\.)*)\) Tj", re.DOTALL)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _unescaped(found: "re.Match[bytes]") -> bytes:
    inner = found[1]
    return bytes([int(inner, 8)]) if inner[:1].isdigit() else _PLAIN.get(inner, inner)


def pages_of(content: bytes) -> list[list[str]]:
    """What is written on each page, in the order of writing."""
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    found = []
    for stream in _STREAM.findall(content):
        text = zlib.decompress(base64.a85decode(b"<~" + stream.strip(), adobe=True))
        found.append([_ESCAPED.sub(_unescaped, one).decode("utf-16-be") for one in _TEXT.findall(text)])
    return found
