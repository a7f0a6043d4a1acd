"""One-time codes under risk control: asked for, and guessed at."""

from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse

from goodfor.identity import queries as identity
from goodfor.identity.operations.issue_code import issue_code
from goodfor.identity.types import IssuedCode, ShopView, SignedInBuyer
from goodfor.kernel.addresses import network
from goodfor.kernel.clock import utc_now
from goodfor.risk.operations import note
from goodfor.risk.types import Result, Scene
from goodfor.storefront import kept
from goodfor.storefront.account import visitor
from goodfor.storefront.client import client_ip
from goodfor.storefront.judging import act_of, judge, noted
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.sending import check_can_send, send_code

#: Codes asked for from one network.
ASKED_AN_HOUR: Final = 240
HOUR: Final = timedelta(hours=1)


def owner_of(shop: ShopView, contact: str) -> str:
    """Whose account a contact opens, as acts name it; one that opens none counts as somebody of its own."""
    found = identity.ref_of_contact(shop.id, contact)
    if found:
        return found
    index = identity.order_contact_index(shop.id, contact)
    return f"contact:{index.hex()}" if index else "contact:"


def sent_code(
    request: HttpRequest, shop: ShopView, contact: str, purpose: str, buyer: SignedInBuyer | None = None
) -> IssuedCode | HttpResponse:
    """Send a code to a contact, or an answer that asks for more first.

    Sending is what is stopped here, so that no code is a way around it. Raises CodesUnavailable, InvalidContact,
    TooManyCodes, TooManyTries, Unavailable, Refused.
    """
    check_can_send()
    # Far more than identity lets go out: only so that what is judged in vain does not fill tables.
    count_attempt(
        shop_id=shop.id, scope="code.ip", subject=network(client_ip(request)), limit=ASKED_AN_HOUR, window=HOUR,
        now=utc_now(),
    )  # fmt: skip
    owner = buyer.ref if buyer else owner_of(shop, contact)
    judged = judge(
        request, shop, act_of(request, shop, Scene.ONE_TIME_CODE, buyer=owner, contact=contact), to=kept.NOBODY
    )
    if judged.answer is not None:
        return judged.answer
    issued = issue_code(
        shop_id=shop.id,
        contact=contact,
        purpose=purpose,
        buyer_id=buyer.buyer_id if buyer else None,
        visitor=visitor(request),
        now=utc_now(),
    )
    send_code(shop, issued)
    noted(judged, good=True)
    return issued


def note_guess(
    request: HttpRequest, shop: ShopView, scene: Scene, *, good: bool, buyer: str = "", contact: str = ""
) -> None:
    """A code was typed: what guessers leave behind, counted under all that is known of them."""
    note(act_of(request, shop, scene, buyer=buyer, contact=contact), Result.GOOD if good else Result.BAD)
