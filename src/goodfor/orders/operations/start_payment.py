"""Let a buyer pay an order by a channel."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from goodfor.orders import queries, states
from goodfor.orders.errors import PaymentMethodUnknown, WrongState
from goodfor.payments import queries as payments
from goodfor.payments.operations.begin_payment import PayerRequest, begin_payment
from goodfor.payments.types import Instruction


def start_payment(
    *,
    shop_id: UUID,
    order_id: UUID,
    method: str,
    return_url: str,
    notify_url: str,
    ip: str = "",
    device: str = "",
    now: datetime,
) -> Instruction:
    """Begin, or take up, the payment of a placed order; tells what the buyer does next. Not inside a transaction.

    `method` is a code of `queries.payment_methods`; the shop and the account are appended to `notify_url`, so that a
    callback names them before anything in it is believed. Raises WrongState, PaymentMethodUnknown and what
    payments.begin_payment raises.
    """
    order = queries.order_view(shop_id, order_id)
    if order.state != states.PLACED:
        raise WrongState(state=order.state)
    account_code, _sep, channel_method = method.partition("/")
    offered = payments.checkout_methods(shop_id, order.currency, now)
    for choice in offered:
        if (choice.account_code, choice.method) == (account_code, channel_method):
            break
    else:
        raise PaymentMethodUnknown
    begun = begin_payment(
        shop_id=shop_id,
        account_id=choice.account_id,
        method=choice.method,
        source_type="order",
        source_id=order.id,
        amount=order.total,
        request=PayerRequest(
            # The channel need not know what was bought.
            subject=_("订单 %(number)s") % {"number": order.number},
            notify_url=f"{notify_url.rstrip('/')}/{shop_id}/{choice.account_id}",
            return_url=return_url,
            client_ip=ip,
            device=device,
        ),
        expires_at=order.pay_by,
        now=now,
    )
    return begun.instruction
