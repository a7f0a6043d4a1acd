"""Tables of risk control, by what they are about: see the `*_models` modules."""

from goodfor.risk import backtest_models as backtest_models
from goodfor.risk import door_hour_models as door_hour_models
from goodfor.risk import door_models as door_models
from goodfor.risk import event_models as event_models
from goodfor.risk import hour_models as hour_models
from goodfor.risk import list_models as list_models
from goodfor.risk import model_models as model_models
from goodfor.risk import review_models as review_models
from goodfor.risk import rule_models as rule_models
from goodfor.risk import training_models as training_models
from goodfor.risk.link_models import Cluster as Cluster
from goodfor.risk.link_models import Link as Link
from goodfor.risk.link_models import LinkProgress as LinkProgress
