"""Every address of the storefront and of the API that writes: judged by risk control, or an exception with a reason.

What is said here is held against the code: from the view of a judged address a call of the engine is reached, with its
scenes named on the way; from that of an exception none is. A new address that says nothing fails.
"""

import inspect
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from django.test import Client

from goodfor.openapi.urls import api
from goodfor.risk.operations import assess
from goodfor.risk.types import Scene
from goodfor.storefront.urls import urlpatterns

S = Scene
JUDGED: dict[str, tuple[Scene, ...]] = {
    "checkout": (S.ORDER, S.PAY),
    "bundle_checkout": (S.ORDER, S.PAY),
    "play_checkout": (S.ORDER, S.PAY),
    "bargain_help": (S.COUPON,),
    "claim_coupon": (S.COUPON,),
    "coupon_gift": (S.COUPON,),
    "coupon_pack": (S.COUPON,),
    "points_reward": (S.ORDER,),
    "draw": (S.COUPON,),
    "give_codes": (S.REVEAL,),
    "gift": (S.REDEEM,),
    "gift_reveal": (S.REVEAL,),
    "gift_claim": (S.CLAIM,),
    "redeem": (S.REDEEM,),
    "redeem_take": (S.ORDER,),
    "me_pick": (S.ORDER,),
    "redeem_pay": (S.PAY,),
    "partner_exchange": (S.ORDER,),
    "welfare_buy": (S.ORDER,),
    "welfare_join_mail": (S.ONE_TIME_CODE,),
    "company_in": (S.ONE_TIME_CODE,),
    "pay": (S.PAY,),
    "reveal": (S.REVEAL,),
    "download": (S.REVEAL,),
    "proof": (S.LOOK_UP,),
    "lookup": (S.LOOK_UP,),
    "claim": (S.CLAIM,),
    "go_on": (S.ONE_TIME_CODE,),
    "signin": (S.ONE_TIME_CODE,),
    "signin_code": (S.SIGN_IN, S.REGISTER, S.ONE_TIME_CODE),
    "signin_password": (S.SIGN_IN,),
    "signin_passkey": (S.SIGN_IN,),
    "signin_with": (S.SIGN_IN,),
    "me_proof": (S.ONE_TIME_CODE,),
    "me_contact": (S.ONE_TIME_CODE,),
    "me_export": (S.REVEAL,),
    # Addresses that only read, but for this.
    "order": (S.LOOK_UP,),
    "payer": (S.PAY,),
    "payer_back": (S.PAY,),
    "POST /orders": (S.ORDER,),
    "POST /orders/{number}/payments": (S.PAY,),
    "POST /orders/{number}/codes/reveal": (S.REVEAL,),
    "POST /orders/{number}/claims": (S.CLAIM,),
    "POST /orders/{number}/refunds": (S.CLAIM,),
}
_CASE = "a step of a claim that was judged; what it asks for, a person decides"
_OWN = "changes what the signed-in buyer has said of themselves; worth no money"
_FRESH = "takes a fresh proof in the account; what the account then does is judged for itself"
_COMPANY = "what somebody of a company decides about its own people and money, in a session that a code opened"
_GIFT = "a link by which one's own thing goes to somebody else, so many a day; taking it is judged"
EXCEPTIONS = {
    "welfare_join": "the account's own link, counted; what it then buys is judged",
    "welfare_join_code": "a code to the work address, whose sending was judged; wrong ones are noted",
    "company_code": "a code to the address, whose sending was judged; wrong ones are noted",
    "company_out": "ends a session",
    "company_invoice": _COMPANY,
    "company_employees_import": _COMPANY,
    "company_employees_act": _COMPANY,
    "company_employee_link": _COMPANY,
    "company_people": _COMPANY,
    "company_grant_new": _COMPANY,
    "company_grant_decide": _COMPANY,
    "company_rule": _COMPANY,
    "POST /welfare/grants": _COMPANY,
    "new_bargain": "one that others have to help with; one a campaign and person, counted by address",
    "gift_coupon": _GIFT,
    "give_card": _GIFT,
    "give_points": _GIFT,
    "gift_key": "the key that this gift's opener was given; wrong ones are counted as a card's codes are",
    "gift_back": "what one gave and nobody took returns to who gave it",
    "coupon_back": "what one gave and nobody took returns to who gave it",
    "redeem_keep": "a card whose code was judged a moment ago, put into the account",
    "use_card": "shows a card of the account; what it buys or pays is judged",
    "me_task": "points of a task that is done by facts, once a member and period",
    "sign_plan": "leads to the channel, where the holder consents; picks are judged; counted by address",
    "me_subscription_sign": "another consent at the channel for what one has already",
    "me_subscription_change": "ends, pauses or changes what the signed-in member pays for",
    "me_check_in": "a few points, once a day, for who has bought something and kept it",
    "me_invite": "a name for the account's own link; what it brings is scored before it is paid",
    "invite": "whose link somebody came by; what that brings is scored before it is paid",
    "checkout_check": "looks at fields of a form and keeps nothing; counted by address",
    "cancel": "gives an unpaid order up: stock comes back, nothing goes out",
    "withdraw": _CASE,
    "claim_write": _CASE,
    "claim_objection": _CASE,
    "claim_rating": "one to five, once; worth no money",
    "invoice": "a paper about what was paid for, once an order; worth no money, counted by address and order",
    "take_grants": "what a judged claim or a broken promise already owes, to the account that has the order",
    "lock": "shows less",
    "forget": "this browser forgets its orders",
    "language": "a cookie",
    "signout": "ends a session",
    "signin_passkey_options": "a number to sign; counted by network",
    "me_proof_code": "a code that was sent to the account's own contact, in its session; asking for it was judged, and "
                     "wrong ones are noted",
    "me_proof_passkey_options": "a number to sign, in a session",
    "me_proof_passkey": "the account's own passkey, in its session",
    "me_profile": _OWN,
    "me_saved": _OWN,
    "me_saved_delete": _OWN,
    "me_consent": _OWN,
    "me_password": _FRESH,
    "me_contact_code": "a code to the new contact, whose sending was judged; wrong ones are noted",
    "me_contact_delete": _FRESH,
    "me_revoke": "signs browsers out",
    "me_revoke_all": "signs browsers out",
    "me_passkey_options": "a number to sign, after a fresh proof",
    "me_passkey": _FRESH,
    "me_passkey_delete": _FRESH,
    "me_link": _FRESH,
    "me_link_delete": _FRESH,
    "me_delete": _FRESH,
    "me_keep": "stays after all",
    "partner_confirm": "a partner's word on its own statement, behind a signed link; the staff approve what is paid",
    "partner_object": "a partner's word on its own statement, behind a signed link; it stops money and moves none",
    "me_claim": "orders whose contact is proven or whose secret was given; their codes are still asked for at the "
                "order's own contact",
    "POST /orders/{number}/cancel": "gives an unpaid order up: stock comes back, nothing goes out",
    "POST /orders/{number}/claims/{uuidstr:claim_id}/withdraw": _CASE,
    "POST /orders/{number}/claims/{uuidstr:claim_id}/objection": _CASE,
    "POST /orders/{number}/claims/{uuidstr:claim_id}/messages": _CASE,
}  # fmt: skip
#: Scenes whose act no face has yet, or that are the staff's.
NOT_HERE = {S.REFERRAL, S.STAFF_VIEW, S.EXPORT}
_FACES = ("goodfor.storefront", "goodfor.openapi")


def pages() -> dict[str, Any]:
    return {str(pattern.name): pattern for pattern in urlpatterns}


def writes() -> dict[str, Callable[..., Any]]:
    """Operations of the API that are not GET."""
    return {
        f"{method} {path}": operation.view_func
        for _prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
        if method not in ("GET", "HEAD", "OPTIONS")
    }


def names_in(code: CodeType) -> Iterator[str]:
    """Names of what code speaks of, with the functions inside of it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_in(constant)


def reached(view: Callable[..., Any]) -> tuple[bool, set[str]]:
    """Whether the engine is called from there, through functions of the faces; and all names on the way."""
    seen: set[int] = set()
    names: set[str] = set()
    asks = False
    waiting: list[Any] = [view]
    while waiting:
        function = inspect.unwrap(waiting.pop())
        if id(function) in seen:
            continue
        seen.add(id(function))
        mine = set(names_in(function.__code__))
        names |= mine
        # A view inside of its frame is held by it.
        found = [cell.cell_contents for cell in function.__closure__ or ()]
        for name in mine:
            value = function.__globals__.get(name)
            found += [getattr(value, one, None) for one in mine] if isinstance(value, ModuleType) else [value]
        asks = asks or any(one is assess for one in found)
        waiting += [one for one in found if isinstance(one, FunctionType) and one.__module__.startswith(_FACES)]
    return asks, names


@pytest.mark.django_db
def test_every_writing_address_is_judged_or_an_exception(client: Client) -> None:
    writing = set(writes())
    ids = {"number": "G260101AAAAAAAAAA", "slug": "x", "name": "x", "provider": "x", "kind": "email"}
    for name, pattern in pages().items():
        path = "/" + str(pattern.pattern)
        for one in pattern.pattern.converters:
            start = path.index("<")
            path = path[:start] + ids.get(one, "00000000-0000-0000-0000-000000000001") + path[path.index(">") + 1 :]
        answer = client.options(path)
        assert answer.status_code == 405, name
        if {"POST", "PUT", "PATCH", "DELETE"} & set(answer["Allow"].split(", ")):
            writing.add(name)
    assert JUDGED.keys() & EXCEPTIONS.keys() == set()
    assert writing - JUDGED.keys() - EXCEPTIONS.keys() == set(), "an address that says nothing of itself"
    assert EXCEPTIONS.keys() - writing == set(), "an exception for what does not write, or is gone"
    assert JUDGED.keys() - writing == {"order", "payer", "payer_back"}
    assert all(EXCEPTIONS.values())


def view_of(name: str) -> Callable[..., Any]:
    return writes()[name] if " " in name else pages()[name].callback


@pytest.mark.parametrize("name", sorted(JUDGED))
def test_what_is_judged_asks_the_engine(name: str) -> None:
    asks, names = reached(view_of(name))
    assert asks
    assert {scene.name for scene in JUDGED[name]} <= names


@pytest.mark.parametrize("name", sorted(EXCEPTIONS))
def test_an_exception_does_not(name: str) -> None:
    asks, _names = reached(view_of(name))
    assert not asks, "it is judged, and stands among the exceptions"


def test_every_scene_of_buyers_is_asked_about() -> None:
    assert {scene for scenes in JUDGED.values() for scene in scenes} | NOT_HERE == set(Scene)
