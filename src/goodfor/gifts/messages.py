"""What a giver may write beside a gift. Pure."""

import re
import unicodedata
from typing import Final

from goodfor.gifts.errors import InvalidGift
from goodfor.gifts.states import LONGEST_MESSAGE

#: Nobody is led anywhere by a shop's own page.
_LINK: Final = re.compile(r"(?i)://|\bwww\.|\b[a-z0-9-]+\.(?:com|cn|net|org|top|xyz|vip|cc|io|me|app|shop|link|site)\b")


def cleaned(text: str) -> str:
    """One line without control, direction and other unseen characters. Raises InvalidGift: too long, or with a link."""
    seen = (" " if unicodedata.category(one)[0] in "CZ" else one for one in unicodedata.normalize("NFC", text))
    line = " ".join("".join(seen).split())
    if len(line) > LONGEST_MESSAGE or _LINK.search(line):
        raise InvalidGift(field="message")
    return line
