"""Which connector speaks which protocol. The only list of vendors; the hub asks it by the name a supplier's row has."""

from functools import cache
from importlib import import_module, util
from typing import Final

from goodfor.supply.providers.base import Connector

PROTOCOLS: Final = (
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
    "files",
)


@cache
def connector_for(protocol: str) -> Connector | None:
    """The connector, or None for a protocol that is not there (any more)."""
    module = f"{__package__}.{protocol}.connector"
    if protocol not in PROTOCOLS or util.find_spec(f"{__package__}.{protocol}") is None:
        return None
    found = import_module(module).CONNECTOR
    assert isinstance(found, Connector)
    return found


def connectors() -> list[Connector]:
    """All that are there."""
    return [found for name in PROTOCOLS if (found := connector_for(name)) is not None]
