"""Which connector speaks which protocol. The only list of vendors; the hub asks it by the name a supplier's row has.

A connector is loaded when it is first asked for: whoever imports the hub pays for none of them.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from goodfor.supply.providers.base import Connector


def _kasushou() -> Connector:
    from goodfor.supply.providers.kasushou.connector import CONNECTOR  # noqa: PLC0415

    return CONNECTOR


def _kayixin() -> Connector:
    from goodfor.supply.providers.kayixin.connector import CONNECTOR  # noqa: PLC0415

    return CONNECTOR


def _kakayun() -> Connector:
    from goodfor.supply.providers.kakayun.connector import CONNECTOR  # noqa: PLC0415

    return CONNECTOR


def _dujiao() -> Connector:
    from goodfor.supply.providers.dujiao.connector import CONNECTOR  # noqa: PLC0415

    return CONNECTOR


def _fulu() -> Connector:
    from goodfor.supply.providers.fulu.connector import CONNECTOR  # noqa: PLC0415

    return CONNECTOR


def _kinguin() -> Connector:
    from goodfor.supply.providers.kinguin.connector import CONNECTOR  # noqa: PLC0415

    return CONNECTOR


def _lsxd() -> Connector:
    from goodfor.supply.providers.lsxd.connector import CONNECTOR  # noqa: PLC0415

    return CONNECTOR


def _xinghai() -> Connector:
    from goodfor.supply.providers.xinghai.connector import CONNECTOR  # noqa: PLC0415

    return CONNECTOR


def _xingquanyi() -> Connector:
    from goodfor.supply.providers.xingquanyi.connector import CONNECTOR  # noqa: PLC0415

    return CONNECTOR


def _tremendous() -> Connector:
    from goodfor.supply.providers.tremendous.connector import CONNECTOR  # noqa: PLC0415

    return CONNECTOR


def _reloadly() -> Connector:
    from goodfor.supply.providers.reloadly.connector import CONNECTOR  # noqa: PLC0415

    return CONNECTOR


def _acgfaka() -> Connector:
    from goodfor.supply.providers.acgfaka.connector import CONNECTOR  # noqa: PLC0415

    return CONNECTOR


def _goodfor_shop() -> Connector:
    from goodfor.supply.providers.goodfor_shop.connector import CONNECTOR  # noqa: PLC0415

    return CONNECTOR


def _sibling() -> Connector:
    from goodfor.supply.providers.sibling.connector import CONNECTOR  # noqa: PLC0415

    return CONNECTOR


def _files() -> Connector:
    from goodfor.supply.providers.files.connector import CONNECTOR  # noqa: PLC0415

    return CONNECTOR


_ALL: Final[Mapping[str, Callable[[], Connector]]] = {
    "kasushou": _kasushou,
    "kayixin": _kayixin,
    "kakayun": _kakayun,
    "dujiao": _dujiao,
    "fulu": _fulu,
    "kinguin": _kinguin,
    "lsxd": _lsxd,
    "xinghai": _xinghai,
    "xingquanyi": _xingquanyi,
    "tremendous": _tremendous,
    "reloadly": _reloadly,
    "acgfaka": _acgfaka,
    "goodfor_shop": _goodfor_shop,
    "sibling": _sibling,
    "files": _files,
}
#: The protocols that there are, in the order they are shown in.
PROTOCOLS: Final = tuple(_ALL)


@cache
def _loaded(protocol: str) -> Connector:
    return _ALL[protocol]()


def connector_for(protocol: str) -> Connector | None:
    """The connector, or None for a protocol that is not there (any more)."""
    return _loaded(protocol) if protocol in _ALL else None


def connectors() -> list[Connector]:
    """All that are there; loads every one of them."""
    return [_loaded(protocol) for protocol in PROTOCOLS]
