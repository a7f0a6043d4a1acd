"""When a mall is asked, and a partner told again. Pure."""

from datetime import datetime, timedelta
from typing import Final

#: After an order was taken whose end nobody told: then, and after each question that brought nothing.
ASK_HOURS: Final = (1, 5, 18, 24)


def next_question(asked: int, now: datetime) -> datetime:
    """When a mall is asked about an order, after `asked` questions."""
    return now + timedelta(hours=ASK_HOURS[min(asked, len(ASK_HOURS) - 1)])
