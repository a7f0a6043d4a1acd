"""The vendors that there are. Each module below has a `VENDOR`; one that is not written yet is passed over."""

import pkgutil
from importlib.util import find_spec
from typing import Final

from goodfor.sandbox.suppliers.vendor import Vendor

_HERE: Final = "goodfor.sandbox.suppliers"
NAMES: Final = (
    "kasushou",
    "kayixin",
    "kakayun",
    "dujiao",
    "fulu",
    "kinguin",
    "lsxd",
    "xinghai",
    "xingquanyi",
    "tremendous",
    "reloadly",
    "acgfaka",
    "goodfor_shop",
)


def all_vendors() -> dict[str, Vendor]:
    """Name -> vendor."""
    found: dict[str, Vendor] = {}
    for name in NAMES:
        if find_spec(f"{_HERE}.{name}") is not None:
            found[name] = pkgutil.resolve_name(f"{_HERE}.{name}:VENDOR")
    return found
