"""The tables, file by file."""

from goodfor.promotions.bargain_models import Bargain as Bargain
from goodfor.promotions.bargain_models import Help as Help
from goodfor.promotions.bargain_models import HelpName as HelpName
from goodfor.promotions.group_models import Group as Group
from goodfor.promotions.group_models import Place as Place
