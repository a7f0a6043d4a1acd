"""Tables of risk control, by what they are about: see the `*_models` modules."""

from goodfor.risk.link_models import Cluster as Cluster
from goodfor.risk.link_models import Link as Link
from goodfor.risk.link_models import LinkProgress as LinkProgress
