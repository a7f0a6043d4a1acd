"""Which connector speaks which protocol. The only list of vendors; the hub asks it by the name a supplier's row has."""

from typing import Final

from goodfor.supply.providers.acgfaka import connector as acgfaka
from goodfor.supply.providers.base import Connector
from goodfor.supply.providers.dujiao import connector as dujiao
from goodfor.supply.providers.files import connector as files
from goodfor.supply.providers.fulu import connector as fulu
from goodfor.supply.providers.goodfor_shop import connector as goodfor_shop
from goodfor.supply.providers.kakayun import connector as kakayun
from goodfor.supply.providers.kasushou import connector as kasushou
from goodfor.supply.providers.kayixin import connector as kayixin
from goodfor.supply.providers.kinguin import connector as kinguin
from goodfor.supply.providers.lsxd import connector as lsxd
from goodfor.supply.providers.reloadly import connector as reloadly
from goodfor.supply.providers.sibling import connector as sibling
from goodfor.supply.providers.tremendous import connector as tremendous
from goodfor.supply.providers.xinghai import connector as xinghai

_ALL: Final[tuple[Connector, ...]] = (
    kasushou.CONNECTOR,
    kayixin.CONNECTOR,
    kakayun.CONNECTOR,
    dujiao.CONNECTOR,
    fulu.CONNECTOR,
    kinguin.CONNECTOR,
    lsxd.CONNECTOR,
    xinghai.CONNECTOR,
    tremendous.CONNECTOR,
    reloadly.CONNECTOR,
    acgfaka.CONNECTOR,
    goodfor_shop.CONNECTOR,
    sibling.CONNECTOR,
    files.CONNECTOR,
)
_BY_NAME: Final = {one.about.protocol: one for one in _ALL}


def connector_for(protocol: str) -> Connector | None:
    """The connector, or None for a protocol that is not there (any more)."""
    return _BY_NAME.get(protocol)


def connectors() -> list[Connector]:
    """All that are there."""
    return list(_ALL)
