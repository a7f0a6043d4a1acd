"""The one way out to channels and suppliers."""
