"""Let a buyer pay an order by a channel."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from goodfor.kernel.errors import DomainError
from goodfor.orders import queries, states
from goodfor.orders.errors import PaymentMethodUnknown, WrongState
from goodfor.orders.types import OrderView, Payer
from goodfor.payments import queries as payments
from goodfor.payments.errors import ChannelRejected, ChannelUnavailable, ExposureExceeded
from goodfor.payments.operations.begin_payment import PayerRequest, begin_payment
from goodfor.payments.types import Candidate, Instruction

#: What makes the next account worth a try: this one does not answer, does not want, or holds too much of our money.
_NEXT = (ChannelUnavailable, ChannelRejected, ExposureExceeded)
#: A browser of which nothing is known.
SOMEBODY = Payer()


def start_payment(
    *,
    shop_id: UUID,
    order_id: UUID,
    method: str,
    return_url: str,
    notify_url: str,
    payer: Payer = SOMEBODY,
    now: datetime,
) -> Instruction:
    """Begin, or take up, the payment of a placed order; tells what the buyer does next. Not inside a transaction.

    `method` is a code of `queries.payment_methods`; the accounts behind it are tried in the order of their routing. The
    shop and the account are appended to `notify_url`, so that a callback names them before anything in it is believed.
    Raises WrongState, PaymentMethodUnknown and what payments.begin_payment raises for the last account.
    """
    order = queries.order_view(shop_id, order_id)
    if order.state != states.PLACED:
        raise WrongState(state=order.state)
    problem: DomainError = PaymentMethodUnknown()
    for choice in _choices(shop_id, order, method, payer, now):
        request = PayerRequest(
            # The channel need not know what was bought.
            subject=_("订单 %(number)s") % {"number": order.number},
            notify_url=f"{notify_url.rstrip('/')}/{shop_id}/{choice.account_id}",
            return_url=return_url,
            client_ip=payer.ip,
            device=payer.device,
            payer=payer.channel_id or payer.known.get(choice.app, ""),
        )
        try:
            return begin_payment(
                shop_id=shop_id,
                account_id=choice.account_id,
                method=choice.method,
                source_type="order",
                source_id=order.id,
                amount=order.total,
                request=request,
                expires_at=order.pay_by,
                now=now,
            ).instruction
        except _NEXT as error:
            problem = error
    raise problem


def _choices(shop_id: UUID, order: OrderView, method: str, payer: Payer, now: datetime) -> Sequence[Candidate]:
    """By brand, or one account's own method (account/method)."""
    account_code, slash, channel_method = method.partition("/")
    if not slash:
        return payments.routes(shop_id, method, queries.paying_of(order.total, payer), now)
    return [
        Candidate(one.account_id, one.provider, one.account_code, one.method)
        for one in payments.checkout_methods(shop_id, order.currency, now)
        if (one.account_code, one.method) == (account_code, channel_method)
    ]
