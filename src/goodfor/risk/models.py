"""Tables of risk control, by what they are about: see the `*_models` modules."""

from goodfor.risk import model_models as model_models
