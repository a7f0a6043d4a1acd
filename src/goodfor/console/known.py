"""A browser in which somebody came in before has a door of its own.

Whoever guesses at a name from elsewhere slows down strangers, and not the person whose name it is.
"""

from dataclasses import dataclass
from typing import Final

from django.core import signing
from django.http import HttpRequest, HttpResponse

from goodfor.console.client import network_of
from goodfor.kernel.ids import secret_token

COOKIE: Final = "gf_desk_browser"
_SALT: Final = "console.browser"
_AGE: Final = 180 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Door:
    """Where guesses are counted; `everything`: a right one forgives all of them, not just itself."""

    scope: str
    subject: str
    everything: bool


def doors(request: HttpRequest, scope: str, subject: str, *, user_id: int = 0, name: str = "") -> list[Door]:
    """Where a guess at somebody (by id, or by name) counts, in this order."""
    kept = _kept(request)
    if kept and ((user_id and kept[0] == user_id) or (name and kept[1] == name)):
        return [Door("browser", f"{scope}:{subject}:{kept[2]}", everything=True)]
    # The address first: a guesser whose address is slow does not make the account's door slow as well.
    return [Door("address", network_of(request), everything=False), Door(scope, subject, everything=True)]


def remember(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """Somebody came in here: know the browser again. Of two people it knows the latter."""
    user_id, name = int(request.user.pk or 0), request.user.get_username().casefold()
    kept = _kept(request)
    if kept is None or kept[:2] != (user_id, name):
        value = signing.dumps([user_id, name, secret_token(16)], salt=_SALT)
        response.set_cookie(
            COOKIE, value, max_age=_AGE, path="/console/", secure=request.is_secure(), httponly=True, samesite="Strict"
        )
    return response


def _kept(request: HttpRequest) -> tuple[int, str, str] | None:
    try:
        user_id, name, token = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_AGE)
        return int(user_id), str(name), str(token)
    except (signing.BadSignature, TypeError, ValueError):
        return None
