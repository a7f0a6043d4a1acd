"""One folder for each protocol of suppliers; `base.py` says what a connector is."""
