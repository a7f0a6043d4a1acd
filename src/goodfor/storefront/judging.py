"""Risk control before a buyer's act: what is told of it, what its answer means for this browser.

`judge` asks outside of any transaction and before anything happens. What it stops comes back as an answer to be given
instead: a page that asks for a proof of work (or, without scripts, for a one-time code) and goes on where it was. What
is denied is refused in the same few words whatever the reason.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.orders.queries import hold_of
from goodfor.orders.types import HoldOrder
from goodfor.risk import failing, review_queries, rule_states
from goodfor.risk.doors import challenge
from goodfor.risk.doors.types import DEAREST
from goodfor.risk.errors import ChallengeNeeded, Refused
from goodfor.risk.operations import assess, note
from goodfor.risk.types import Act, Decision, Outcome, Result, Scene, Value
from goodfor.storefront import kept
from goodfor.storefront.client import client_ip
from goodfor.storefront.devices import device_id, own_id
from goodfor.storefront.page import show, wants_json
from goodfor.storefront.whose import bound

#: Here an answer that wants time holds the goods, not the buyer.
_HELD: Final = frozenset({Scene.ORDER, Scene.PAY})
#: What a person said of an order's codes holds for so long.
_SAID_FOR: Final = timedelta(hours=24)
_LONGEST: Final = 300
To = str | Callable[[], str]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Judged:
    """What was decided of an act. `answer`: give this instead, nothing happens; `hold`: let the order wait so."""

    act: Act
    decision: Decision
    answer: HttpResponse | None = None
    hold: HoldOrder | None = None

    @property
    def word(self) -> str:
        """The outcome as rooms above keep it; empty where nothing speaks against it."""
        return "" if self.decision.outcome is Outcome.ALLOW else str(self.decision.outcome)


def act_of(
    request: HttpRequest,
    shop: ShopView,
    scene: Scene,
    *,
    buyer: str = "",
    contact: str = "",
    subject: tuple[str, UUID] | None = None,
    amount: Money | None = None,
    instrument: str = "",
    facts: Mapping[str, Value] | None = None,
) -> Act:
    """An act as this browser shows it. `contact` is a telephone number or an e-mail address as typed."""
    mail = "@" in contact
    return Act(
        shop_id=shop.id,
        scene=scene,
        at=utc_now(),
        buyer=buyer,
        device=device_id(request),
        ip=client_ip(request),
        agent=str(request.META.get("HTTP_USER_AGENT", ""))[:_LONGEST],
        phone="" if mail else contact,
        mail=contact if mail else "",
        instrument=instrument,
        subject=subject,
        amount_minor=amount.amount_minor if amount else 0,
        currency=amount.currency if amount else "",
        facts=facts or {},
    )


def judge(
    request: HttpRequest, shop: ShopView, act: Act, *, to: To = kept.ANYBODY, path: str = "", body: str = ""
) -> Judged:
    """Ask, and find out what it means. `to`: whom a one-time code may go to where more is asked for (`kept`), or how
    to find that out once it is needed.

    `path`, `body`: what goes on after that, where it is not this very post.

    Raises Refused for what is denied, ChallengeNeeded where our own script asks and has to go on as a form.
    """
    if act.scene is Scene.REVEAL and act.subject is not None and said_no(act, [act.subject[1]]):
        # Also from another browser, in which nothing speaks against it.
        raise refusal()
    decision = assess(act)
    outcome, cost = decision.outcome, max(decision.cost, 1)
    if outcome is Outcome.ALLOW or act.scene is Scene.CLAIM:
        # A claim that looks bad goes to a person, who may still find it good.
        return Judged(act, decision)
    if outcome is Outcome.DENY:
        raise refusal()
    if act.scene in _HELD and outcome is not Outcome.CHALLENGE:
        return Judged(act, decision, hold=hold_of(decision))
    if act.scene is Scene.REVEAL and outcome is not Outcome.CHALLENGE:
        return Judged(act, decision, _who_is_it(request, shop, act, decision, _found(request, shop, to)))
    if outcome is not Outcome.CHALLENGE:
        # Nothing can be held at a door: a person hears of it, and the price is the highest.
        cost = DEAREST
    if _paid(request, shop) >= cost:
        return Judged(act, decision)
    goes = _found(request, shop, to)
    return Judged(act, decision, asked_for_more(request, shop, str(act.scene), cost, to=goes, path=path, body=body))


def said_no(act: Act, ids: Collection[UUID], kind: str = "") -> bool:
    """Whether a person has said no to one of these subjects (of the act's kind, or of `kind`) within a day."""
    of = kind or (act.subject[0] if act.subject else "")
    return review_queries.refused_any(act.shop_id, act.scene, of, ids, act.at - _SAID_FOR)


def looked_at(act: Act) -> Judged:
    """Ask about an act that brings a better proof than any that could be asked for. Raises Refused if it is denied."""
    decision = assess(act)
    if decision.outcome is Outcome.DENY:
        raise refusal()
    return Judged(act, decision)


def noted(judged: Judged, *, good: bool) -> None:
    """How it ended, where that is known at once. What ended well stands, whether or not it could be noted."""
    try:
        note(judged.act, Result.GOOD if good else Result.BAD, judged.decision.id)
    except DatabaseError as error:
        if not good:
            raise
        log.error("risk_result_lost", scene=str(judged.act.scene), error=type(error).__name__)


def refusal() -> Refused:
    """The one refusal: whoever tries learns nothing of why."""
    return Refused(_("请稍后再试；急用可联系客服。"))


def asked_for_more(
    request: HttpRequest, shop: ShopView, scene: str, cost: int, *, to: str = kept.ANYBODY, path: str = "",
    body: str = "",
) -> HttpResponse:  # fmt: skip
    """A page that asks for a proof of work and then goes on with what was posted, by itself or by one tap.

    Without a script a one-time code is the way (`to`). `path`, `body`: go on with this post instead. Raises
    ChallengeNeeded for our own script, which goes on as a form; Refused where what was posted cannot be kept.
    """
    if wants_json(request):
        raise ChallengeNeeded
    now, device = utc_now(), own_id(request)
    cost = min(max(cost, 1), DEAREST)
    text = kept.keep(
        request, shop.id, scene=scene, cost=cost, to=to, device=device, now=now, path=path, body=body
    )  # fmt: skip
    if not text or request.FILES:
        raise refusal()
    asked = challenge.issue(shop_id=shop.id, door=scene, cost=cost, bound_to=device, now=now)
    context = {
        "kept": text,
        "go_to": path or request.path,
        "challenge": json.dumps(asked),
        "by_code": to != kept.NOBODY,
        # The address that was asked for may hold a secret.
        "here": "/",
    }
    return show(request, "challenge", context, status=403)


def paid(request: HttpRequest, shop: ShopView) -> int:
    """How much this request has paid, for doors."""
    return _paid(request, shop)


def _found(request: HttpRequest, shop: ShopView, to: To) -> str:
    return bound(request, shop, to if isinstance(to, str) else to())


def _paid(request: HttpRequest, shop: ShopView) -> int:
    return kept.paid(request, shop.id, own_id(request), utc_now())


def _who_is_it(request: HttpRequest, shop: ShopView, act: Act, decision: Decision, to: str) -> HttpResponse | None:
    """Codes cannot be called back: a one-time code to the owner's own contact, else a person's word, else later.

    Where nothing but a failing engine speaks against it and there is no contact, the dearest proof of work will do: the
    buyer has shown the order's secret or signed in a moment ago.
    """
    now, device, subject = utc_now(), own_id(request), act.subject
    said = review_queries.last_said(shop.id, act.scene, subject, now - _SAID_FOR) if subject else ""
    if said == rule_states.RELEASE or kept.proved(request, shop.id, device, now, to):
        return None
    if to != kept.NOBODY:
        return asked_for_code(request, shop, str(act.scene), to)
    if decision.reasons == (failing.REASON,):
        if _paid(request, shop) >= DEAREST:
            return None
        return asked_for_more(request, shop, str(act.scene), DEAREST, to=kept.NOBODY)
    raise Refused(_("请稍后再试，客服会联系你。"))


def asked_for_code(request: HttpRequest, shop: ShopView, scene: str, to: str) -> HttpResponse:
    """A page that asks for a one-time code to the owner's contact, and goes on with what was posted after that."""
    if wants_json(request):
        raise ChallengeNeeded
    now = utc_now()
    text = kept.keep(request, shop.id, scene=scene, cost=DEAREST, to=to, device=own_id(request), now=now)
    if not text or request.FILES:
        raise refusal()
    return show(request, "challenge", {"kept": text, "go_to": request.path, "by_code": True, "here": "/"}, status=403)
