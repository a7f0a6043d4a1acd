"""What a buyer fills in for a top-up: judged by what suppliers ask for, sealed with its line, shown masked."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from goodfor.catalog.types import SkuForSale
from goodfor.kernel.crypto import Sealed, keyring
from goodfor.orders.contacts import masked_contact
from goodfor.orders.errors import InvalidOrder
from goodfor.orders.models import OrderLine
from goodfor.orders.types import DIRECT, LineRequest, LineView
from goodfor.supply import queries as supply

#: More is no account, but a way to fill the tables.
MAX_FIELDS: Final = 12
MAX_VALUE: Final = 4000


@dataclass(frozen=True, slots=True)
class Filled:
    """A line's form as it is kept; `account` is what may be shown of it."""

    sealed: Sealed | None = field(repr=False)
    account: str


def form_aad(line_id: UUID) -> bytes:
    """Associated data that binds a form to its line."""
    return b"orders_line:" + line_id.bytes


def check_forms(lines: Sequence[LineRequest], skus: Mapping[UUID, SkuForSale]) -> None:
    """A top-up is an order of its own, since it cannot be taken back once another line fails; codes ask for nothing.

    Raises InvalidOrder.
    """
    for line in lines:
        direct = skus[line.sku_id].delivery_kind == DIRECT
        if direct and len(lines) > 1:
            raise InvalidOrder(field="lines", reason="direct_alone")
        if line.form and not direct:
            raise InvalidOrder(field="form", reason="not_asked_for")
        if len(line.form) > MAX_FIELDS or any(len(text) > MAX_VALUE for pair in line.form.items() for text in pair):
            raise InvalidOrder(field="form", reason="too_long")


def fill(shop_id: UUID, wanted: Sequence[LineRequest], lines: Sequence[LineView]) -> dict[UUID, Filled]:
    """Line -> its form, of those that top up. Raises FormInvalid."""
    by_sku = {line.sku_id: line for line in wanted}
    return {
        line.line_id: _filled(line.line_id, supply.checked_form(shop_id, line.sku_id, by_sku[line.sku_id].form))
        for line in lines
        if line.kind == DIRECT
    }


def with_accounts(lines: Sequence[LineView], forms: Mapping[UUID, Filled]) -> tuple[LineView, ...]:
    """The lines with what may be shown of their forms."""
    return tuple(
        replace(line, account=forms[line.line_id].account) if line.line_id in forms else line for line in lines
    )


def _filled(line_id: UUID, form: Mapping[str, str]) -> Filled:
    if not form:
        return Filled(None, "")
    sealed = keyring().seal(json.dumps(dict(form), ensure_ascii=False).encode(), form_aad(line_id))
    return Filled(sealed, masked_account(form.get("account", "")))


def masked_account(account: str) -> str:
    """Enough to recognise one's own: 138****8000, 12***78, m***@shop.example."""
    if "@" not in account and 5 <= len(account) < 11:
        return f"{account[:2]}***{account[-2:]}"
    return masked_contact(account)[:64]


def form_of_line(shop_id: UUID, line_id: UUID) -> dict[str, str]:
    """What was filled in, for the supplier who tops up; empty where nothing was. Raises DecryptFailed."""
    row = OrderLine.objects.filter(shop_id=shop_id, id=line_id).values_list("form_key_id", "form_blob").first()
    if row is None or row[0] is None or row[1] is None:
        return {}
    opened = json.loads(keyring().open(Sealed(row[0], bytes(row[1])), form_aad(line_id)))
    return {str(name): str(value) for name, value in opened.items()}
