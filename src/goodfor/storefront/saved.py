"""Contacts that a signed-in buyer need not type again at the checkout: proven ones, and saved accounts that are one."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from goodfor.identity import queries as identity
from goodfor.identity.types import SignedInBuyer
from goodfor.storefront.forms import contact_or_none

#: So many saved accounts a buyer may keep; identity refuses more.
MOST_SAVED = 20


@dataclass(frozen=True, slots=True)
class Offered:
    """A choice of the checkout: `key` is what the form sends, never the value itself."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class SavedContacts:
    """What is offered to somebody; `full` when no more can be saved."""

    choices: tuple[Offered, ...] = ()
    full: bool = False
    signed_in: bool = False

    def of(self, key: str) -> Offered | None:
        """The choice with that key; None for anybody else's."""
        return next((choice for choice in self.choices if choice.key == key), None)

    def knows(self, value: str) -> bool:
        """True for a contact that is offered already."""
        return any(choice.value == value for choice in self.choices)


def contacts_of(buyer: SignedInBuyer | None) -> SavedContacts:
    """The buyer's own contacts first, then saved accounts that are an e-mail address or a telephone number."""
    if buyer is None:
        return SavedContacts()
    found: dict[str, Offered] = {}
    for kind, label in (("email", _("邮箱")), ("phone", _("手机号"))):
        own = identity.contact_of_buyer(buyer.shop_id, buyer.buyer_id, kind)
        if own is not None:
            found.setdefault(own.value, Offered(kind, label, own.value))
    saved = identity.saved_accounts(buyer.shop_id, buyer.buyer_id)
    for account in saved:
        value = contact_or_none(account.value)
        if value:
            found.setdefault(value, Offered(str(account.id), account.label, value))
    return SavedContacts(tuple(found.values()), len(saved) >= MOST_SAVED, signed_in=True)
