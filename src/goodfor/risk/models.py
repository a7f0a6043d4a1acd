"""Tables of risk control, by what they are about: see the `*_models` modules."""

from goodfor.risk import event_models as event_models
