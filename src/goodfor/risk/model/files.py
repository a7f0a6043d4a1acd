"""A model as bytes: the part that the registry keeps, and a whole model as one file. Pure."""

import gzip
import hashlib
import json
import zlib
from typing import Any, Final

from goodfor.risk.model.bands import Bands
from goodfor.risk.model.calibration import Calibration
from goodfor.risk.model.rows import Encoding
from goodfor.risk.model.training import Trained

KIND: Final = "goodfor risk model"
VERSION: Final = 1
#: A text above this is not a model of ours: a thousand trees are 2 MB.
MOST_BYTES: Final = 64 * 2**20


def packed(text: str) -> bytes:
    """LightGBM's text, gzip; equal texts make equal bytes."""
    return gzip.compress(text.encode(), 6, mtime=0)


def unpacked(stored: bytes, sha256: bytes | None = None) -> str:
    """The text again. Raises ValueError when it is not whole, not of this digest, or too large."""
    if sha256 is not None and hashlib.sha256(stored).digest() != sha256:
        raise ValueError("the digest does not fit")
    machine = zlib.decompressobj(wbits=31)
    try:
        text = machine.decompress(stored, MOST_BYTES)
    except zlib.error as error:
        raise ValueError("no gzip") from error
    if not machine.eof:
        raise ValueError("cut off, or too large")
    return text.decode()


def to_file(trained: Trained) -> bytes:
    """A whole model as one gzip file of JSON."""
    whole = {
        "kind": KIND,
        "version": VERSION,
        "encoding": trained.encoding.to_json(),
        "calibration": trained.calibration.to_json(),
        "bands": trained.bands.to_json(),
        "report": dict(trained.report),
        "text": trained.text,
    }
    return packed(json.dumps(whole, ensure_ascii=False, sort_keys=True))


def from_file(stored: bytes) -> Trained:
    """Back again. Raises ValueError."""
    try:
        whole: dict[str, Any] = json.loads(unpacked(stored))
        if whole.get("kind") != KIND or whole.get("version") != VERSION:
            raise ValueError("no model of this version")
        return Trained(
            whole["text"], Encoding.from_json(whole["encoding"]), Calibration.from_json(whole["calibration"]),
            Bands.from_json(whole["bands"]), whole["report"],
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no model of this version") from error
