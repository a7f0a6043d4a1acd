"""Tables of risk control, by what they are about: see the `*_models` modules."""
