"""A member signs for a plan: its row, then the mandate at the channel."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.kernel.faultpoints import reach
from goodfor.kernel.money import Money
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.statemachine import record_history
from goodfor.payments import queries as payments
from goodfor.payments.errors import MandateKeyReused
from goodfor.payments.operations.end_mandate import end_mandate
from goodfor.payments.operations.start_mandate import StartedMandate, start_mandate
from goodfor.payments.types import Cycle, Instruction, SigningRequest
from goodfor.subscriptions import states
from goodfor.subscriptions.errors import AlreadySubscribed, NotNow, PlanNotFound
from goodfor.subscriptions.locks import lock_subscription
from goodfor.subscriptions.models import Plan, Subscription, Terms
from goodfor.subscriptions.operations.steps import be_alone, must_be_wanted_once, unpaid_period
from goodfor.subscriptions.types import Signing


def holder_of(subscription_id: UUID) -> str:
    """Whose mandates they are, as payments keeps it."""
    return f"subscription:{subscription_id}"


def sign(
    *, shop_id: UUID, plan_id: UUID, owner: UUID, account_id: UUID, request: SigningRequest, request_key: str,
    now: datetime, accepted: UUID | None = None,
) -> Signing:  # fmt: skip
    """Where the member gives his consent; the first period is charged once the channel says that he did.

    The same key, or again while it waits, takes up the same subscription. `accepted`: the terms that he was shown.
    Never inside a transaction. Raises PlanNotFound (also not on sale, or its terms have changed), AlreadySubscribed,
    and what start_mandate raises.
    """
    require_no_transaction()
    try:
        with transaction.atomic():
            row, terms = _row(shop_id, plan_id, owner, request_key, accepted, now)
    except IntegrityError:
        # The same member in this very moment: his other request.
        with transaction.atomic():
            row, terms = _row(shop_id, plan_id, owner, request_key, accepted, now)
    reach("subscriptions.signing")
    return Signing(row.id, _start(row, terms, account_id, request, now))


def sign_anew(
    *, shop_id: UUID, subscription_id: UUID, owner: UUID, account_id: UUID, request: SigningRequest, now: datetime
) -> Signing:  # fmt: skip
    """Another consent for a subscription that goes on: the old one is over, or is to be another's, or for more.

    Never inside a transaction. Raises SubscriptionNotFound, NotNow (it has ended), and what start_mandate raises.
    """
    require_no_transaction()
    row = Subscription.objects.filter(shop_id=shop_id, id=subscription_id, owner=owner).first()
    if row is None or row.state in (states.ENDED, states.AWAITING):
        raise NotNow(state=row.state if row else "")
    terms = Terms.objects.get(shop_id=shop_id, id=row.terms_id)
    return Signing(row.id, _start(row, terms, account_id, request, now))


def most_of(row: Subscription, terms: Terms) -> Money:
    """What a charge may be at most: the dearest plan on sale, so that changing the plan needs no new consent.

    What he agreed to before is within it as well: the plan that he has, the one that he changes to, and what waits.
    """
    on_sale = Plan.objects.filter(shop_id=row.shop_id, state=states.ON_SALE).values_list("id", "revision")
    prices = [
        one.price_minor
        for plan_id, number in on_sale
        for one in Terms.objects.filter(shop_id=row.shop_id, plan_id=plan_id, number=number, currency=terms.currency)
    ]
    agreed = [row.next_terms.price_minor] if row.next_terms is not None else []
    waiting = unpaid_period(row)
    due = waiting.price_minor - waiting.credit_minor if waiting is not None else 0
    return Money(max([terms.price_minor, due, *agreed, *prices]), terms.currency)


def _row(
    shop_id: UUID, plan_id: UUID, owner: UUID, request_key: str, accepted: UUID | None, now: datetime
) -> tuple[Subscription, Terms]:  # fmt: skip
    be_alone(shop_id, owner)
    mine = Subscription.objects.filter(shop_id=shop_id, owner=owner)
    row = mine.filter(request_key=request_key).first()
    if row is None:
        row = mine.filter(plan_id=plan_id, state__in=sorted(states.LIVE)).first()
    if row is not None:
        if row.state != states.AWAITING:
            raise AlreadySubscribed
        return _begun(lock_subscription(shop_id, row.id), accepted)
    terms = _terms_on_sale(shop_id, plan_id, accepted)
    plan = terms.plan
    must_be_wanted_once(shop_id, owner, plan_id)
    row = Subscription.objects.create(
        shop_id=shop_id, plan=plan, terms=terms, owner=owner, request_key=request_key[:40], created_at=now
    )
    record_history(
        shop_id=shop_id, machine=states.SUBSCRIPTION, subject_id=row.id, moves=[(None, states.AWAITING)],
        actor="buyer", cause="sign", now=now,
    )  # fmt: skip
    return row, terms


def _begun(row: Subscription, accepted: UUID | None) -> tuple[Subscription, Terms]:
    """He began before, and goes on: by the terms that he is shown now, where they have changed meanwhile."""
    if row.state != states.AWAITING:
        raise AlreadySubscribed
    if accepted is None or accepted == row.terms_id:
        return row, Terms.objects.get(shop_id=row.shop_id, id=row.terms_id)
    terms = _terms_on_sale(row.shop_id, row.plan_id, accepted)
    if row.periods:
        # He had signed by the others, and is being charged.
        raise AlreadySubscribed
    Subscription.objects.filter(shop_id=row.shop_id, id=row.id).update(terms=terms)
    row.terms = terms
    return row, terms


def _terms_on_sale(shop_id: UUID, plan_id: UUID, accepted: UUID | None) -> Terms:
    """The latest of a plan that is on sale. Raises PlanNotFound, also where others were shown."""
    plan = Plan.objects.filter(shop_id=shop_id, id=plan_id, state=states.ON_SALE).first()
    if plan is None:
        raise PlanNotFound
    terms = Terms.objects.select_related("plan").get(shop_id=shop_id, plan_id=plan.id, number=plan.revision)
    if accepted is not None and terms.id != accepted:
        raise PlanNotFound
    return terms


def _start(row: Subscription, terms: Terms, account_id: UUID, request: SigningRequest, now: datetime) -> Instruction:
    """The mandate of the next number; one that was begun by another account is given up for it."""
    shop_id = row.shop_id
    waiting = row.mandate_id if row.state == states.AWAITING else row.signing_id
    if waiting is not None:
        begun = payments.mandate(shop_id, waiting)
        if begun.state == "active":
            raise NotNow(state=row.state)
        if begun.account_id != account_id or begun.state != "started":
            with transaction.atomic():
                end_mandate(shop_id=shop_id, mandate_id=begun.id, by="holder", now=now)
            waiting = None
    number = row.mandates if waiting is not None else row.mandates + 1
    try:
        started = _begin(row, terms, account_id, number, request, now)
    except MandateKeyReused:
        # Begun when another price was the dearest.
        if waiting is not None:
            with transaction.atomic():
                end_mandate(shop_id=shop_id, mandate_id=waiting, by="holder", now=now)
        number += 1
        started = _begin(row, terms, account_id, number, request, now)
    reach("subscriptions.started")
    if not _note_mandate(row, started.mandate.id, number):
        with transaction.atomic():
            end_mandate(shop_id=shop_id, mandate_id=started.mandate.id, by="system", now=now)
        raise NotNow(state=states.ENDED)
    return started.instruction


def _begin(
    row: Subscription, terms: Terms, account_id: UUID, number: int, request: SigningRequest, now: datetime
) -> StartedMandate:  # fmt: skip
    return start_mandate(
        shop_id=row.shop_id, account_id=account_id, holder=holder_of(row.id), most=most_of(row, terms),
        cycle=Cycle("month", terms.months, now), business_key=f"{holder_of(row.id)}:{number}", request=request,
        now=now,
    )  # fmt: skip


def _note_mandate(row: Subscription, mandate_id: UUID, number: int) -> bool:
    """Whose signature it is that was begun; False where the subscription is over by now."""
    with transaction.atomic():
        held = lock_subscription(row.shop_id, row.id)
        if held.state == states.ENDED:
            return False
        if held.mandate_id == mandate_id:
            # It was signed, and heard of, before this.
            return True
        which = "mandate_id" if held.state == states.AWAITING else "signing_id"
        Subscription.objects.filter(shop_id=row.shop_id, id=row.id).update(mandates=number, **{which: mandate_id})
    return True
