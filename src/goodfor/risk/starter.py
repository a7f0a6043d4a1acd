"""The rules that shops begin with: data. See `operations.install_starter`."""

from collections.abc import Mapping
from typing import Final

from goodfor.risk.starter_doors import DOORS
from goodfor.risk.starter_money import MONEY
from goodfor.risk.starter_shop import SHOP
from goodfor.risk.starter_staff import STAFF
from goodfor.risk.starting import Starter

STARTER: Final = (*MONEY, *DOORS, *SHOP, *STAFF)
BY_CODE: Final[Mapping[str, Starter]] = {rule.code: rule for rule in STARTER}
