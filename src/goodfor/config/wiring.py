"""Which handler hears which event. The only place that sees all rooms."""


def connect() -> None:
    """Register every event handler; called once when all apps are loaded."""
