"""What a form for refunds says about the day so far, and asking for the proof that a refund may need."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity.types import refund_limits
from goodfor.kernel.money import Money
from goodfor.kit import writing
from goodfor.orders import queries as orders
from goodfor.orders.errors import RefundNeedsProof


def today_words(visitor: Visitor, now: datetime) -> list[str]:
    """Lines: of all the staff with the shop's cap, and of this person with their limit, where there is one."""
    today = orders.refunds_today(visitor.shop.id, visitor.actor, now)
    all_of_it = {"used": _plain(today.by_staff)}
    if today.cap is None:
        lines = [_("今天已退 %(used)s，没有上限") % all_of_it]
    else:
        lines = [_("今天已退 %(used)s / 上限 %(cap)s") % {**all_of_it, "cap": _plain(today.cap)}]
    if today.limit is not None:
        lines.append(
            _("你今天已退 %(used)s / 个人限额 %(limit)s") % {"used": _plain(today.mine), "limit": _plain(today.limit)}
        )
    return lines


def is_large(visitor: Visitor, amount: Money) -> bool:
    """True above the line of one refund over which the shop asks for a fresh proof."""
    line = refund_limits(visitor.shop.settings).each
    return line is not None and amount.amount_minor > line


@contextmanager
def proof_if_asked(request: HttpRequest) -> Iterator[None]:
    """Around a refund, which itself says when it needs a fresh proof. Raises StepUpNeeded."""
    try:
        yield
    except RefundNeedsProof:
        require_fresh_proof(request)
        raise


def _plain(amount: Money) -> str:
    return f"{writing.sign_of(amount.currency)}{amount.as_decimal_string()}"
