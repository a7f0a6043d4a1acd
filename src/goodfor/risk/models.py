"""Tables of risk control, by what they are about: see the `*_models` modules."""

from goodfor.risk import door_models as door_models
