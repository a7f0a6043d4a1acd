"""What the three group robots share: plain text, cut to what a group accepts, and their error numbers."""

from collections.abc import Mapping
from typing import Any, Final

from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded, Unknown
from goodfor.notify.providers.base import ACCOUNT, RATE_LIMITED, Letter
from goodfor.notify.providers.calls import text_of

#: The vendor's "system is busy": it may have been posted. A group that reads it twice is not harmed.
BUSY: Final = -1


def plain_text(letter: Letter, most_bytes: int) -> str:
    """Title, words, link. Whole characters only."""
    said = letter.said
    text = "\n".join(part for part in (said.subject, said.text, said.link) if part)
    return text.encode()[:most_bytes].decode("utf-8", "ignore")


def outcome_of(
    answer: Mapping[str, Any], *, code_field: str, message_field: str, limits: frozenset[int], ours: frozenset[int]
) -> Outcome:
    """By the vendor's error number; 0 is success."""
    code = answer.get(code_field)
    if type(code) is not int or code == BUSY:
        return Unknown("busy" if code == BUSY else "unreadable_reply")
    if code == 0:
        return Succeeded()
    said = text_of(answer.get(message_field))
    if code in limits:
        return Rejected(RATE_LIMITED, said)
    return Rejected(ACCOUNT if code in ours else f"code_{code}", said)
