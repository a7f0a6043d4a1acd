"""The templates that ship with Goodfor: `defaults/<language>/<scene>.email.mjml` and `<scene>.text.liquid`.

A file is a head of `name: value` lines (`subject`, `link`, `param NAME`), a line `---`, and the body. A channel
without a file of its own uses the scene's text.
"""

from functools import lru_cache
from importlib import resources
from typing import Final

from goodfor.notify.addresses import EMAIL
from goodfor.notify.types import Draft

_FOLDER: Final = resources.files("goodfor.notify").joinpath("defaults")


@lru_cache(maxsize=256)
def default_draft(scene: str, channel: str, language: str) -> Draft:
    """The draft of a scene by a channel. Raises FileNotFoundError for one that does not ship (a test sees to that)."""
    name = f"{scene}.email.mjml" if channel == EMAIL else f"{scene}.text.liquid"
    head, _, body = _FOLDER.joinpath(language, name).read_text(encoding="utf-8").partition("\n---\n")
    fields: dict[str, str] = {}
    params: list[tuple[str, str]] = []
    for line in head.splitlines():
        key, _, value = line.partition(":")
        if key.startswith("param "):
            params.append((key.removeprefix("param ").strip(), value.strip()))
        else:
            fields[key.strip()] = value.strip()
    return Draft(
        subject=fields.get("subject", ""), body=body.strip(), params=tuple(params), link=fields.get("link", "")
    )


@lru_cache(maxsize=4)
def email_layout(language: str) -> str:
    """The frame that every e-mail stands in; `<!--body-->` marks the place."""
    return _FOLDER.joinpath(language, "layout.mjml").read_text(encoding="utf-8")
