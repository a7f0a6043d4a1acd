"""The names in the sprite."""

import re
from functools import cache
from pathlib import Path

SPRITE = Path(__file__).parent / "static" / "kit" / "icons.svg"


@cache
def icon_names() -> tuple[str, ...]:
    """Every icon that `{% icon %}` can draw, in the order of the sprite."""
    return tuple(re.findall(r'<symbol id="([a-z-]+)"', SPRITE.read_text(encoding="utf-8")))
