"""One-time codes under risk control: asked for, and guessed at."""

from django.http import HttpRequest

from goodfor.identity import queries as identity
from goodfor.identity.types import ShopView
from goodfor.risk.operations import note
from goodfor.risk.types import Result, Scene
from goodfor.storefront import kept
from goodfor.storefront.judging import Judged, act_of, judge, noted


def owner_of(shop: ShopView, contact: str) -> str:
    """Whose account a contact opens, as acts name it; one that opens none counts as somebody of its own."""
    found = identity.ref_of_contact(shop.id, contact)
    if found:
        return found
    index = identity.order_contact_index(shop.id, contact)
    return f"contact:{index.hex()}" if index else "contact:"


def asked_code(request: HttpRequest, shop: ShopView, contact: str, buyer: str = "") -> Judged:
    """Somebody asks for a code to be sent there. Raises Refused.

    Sending is what is stopped here, so that no code is a way around it.
    """
    act = act_of(request, shop, Scene.ONE_TIME_CODE, buyer=buyer or owner_of(shop, contact), contact=contact)
    judged = judge(request, shop, act, to=kept.NOBODY)
    if judged.answer is None:
        noted(judged, good=True)
    return judged


def note_guess(
    request: HttpRequest, shop: ShopView, scene: Scene, *, good: bool, buyer: str = "", contact: str = ""
) -> None:
    """A code was typed: what guessers leave behind, counted under all that is known of them."""
    note(act_of(request, shop, scene, buyer=buyer, contact=contact), Result.GOOD if good else Result.BAD)
