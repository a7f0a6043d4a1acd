"""What a buyer may type, cleaned."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import EmailValidator, RegexValidator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from goodfor.aftersales.errors import InvalidPicture, TooManyPictures
from goodfor.aftersales.pictures import MOST, MOST_BYTES
from goodfor.orders.types import Invoice

_TAX = re.compile(r"[0-9A-Z]{15,20}")
_email = EmailValidator()
_phone = RegexValidator(r"^\+?\d[\d\- ]{5,18}\d$")


def typed(text: str, most: int = 200) -> str:
    """Text from an address: at most `most` characters, without the NUL that PostgreSQL does not take."""
    return text.replace("\x00", "")[:most]


def ids_in(texts: Sequence[str], most: int = 50) -> list[UUID]:
    """The ids among texts that a browser sent, at most `most`."""
    found: list[UUID] = []
    for text in texts[:most]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def pictures_in(request: HttpRequest) -> list[bytes]:
    """The pictures that came with a form, unread where they are too many or too large.

    Raises TooManyPictures, InvalidPicture.
    """
    files = [file for file in request.FILES.getlist("picture") if file.size]
    if len(files) > MOST:
        raise TooManyPictures(most=MOST)
    if any((file.size or 0) > MOST_BYTES for file in files):
        raise InvalidPicture
    return [file.read() for file in files]


def contact_or_none(text: str) -> str | None:
    """An e-mail address, or a telephone number without spaces; None for what is neither."""
    contact = text.strip()
    try:
        if "@" in contact:
            _email(contact)
            return contact
        _phone(contact)
    except forms.ValidationError:
        return None
    return contact.replace(" ", "").replace("-", "")


class CheckoutForm(forms.Form):
    """Contact, payment method and, where the shop offers invoices, a title; `methods` are the (code, label) pairs.

    `saved` are the contacts of whoever is signed in: `use` picks one of them where nothing is typed.
    """

    contact = forms.CharField(required=False, max_length=120)
    use = forms.CharField(required=False, max_length=40)
    save = forms.BooleanField(required=False)
    method = forms.ChoiceField(error_messages={"required": _("请选择支付方式"), "invalid_choice": _("请选择支付方式")})

    invoice_title = forms.CharField(required=False, max_length=100)
    invoice_tax = forms.CharField(required=False, max_length=24)
    invoice_email = forms.CharField(required=False, max_length=120)
    invite = forms.CharField(required=False, max_length=40)

    def __init__(
        self, *args: Any, methods: list[tuple[str, str]], invoices: bool = False, saved: Any = None,
        invites: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.saved = saved
        self.fields["method"].choices = methods  # type: ignore[attr-defined]
        self.invoices = invoices
        self.invites = invites

    def clean(self) -> dict[str, Any]:
        """An invoice needs a title; a tax number has 15 to 20 capitals and digits; what is not offered is dropped."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("save") and self.saved is not None and self.saved.full and cleaned.get("contact"):
            self.add_error("save", _("最多保存 20 个账号。不勾选就能继续，或先到“我的”里删掉不用的"))
        title, tax, mail = (str(cleaned.get(f"invoice_{name}", "")).strip() for name in ("title", "tax", "email"))
        if not self.invoices:
            return {**cleaned, "invoice_title": "", "invoice_tax": "", "invoice_email": ""}
        if (tax or mail) and not title:
            self.add_error("invoice_title", _("请填写发票抬头"))
        if tax and not _TAX.fullmatch(tax.upper()):
            self.add_error("invoice_tax", _("税号是 15 到 20 位字母和数字"))
        if mail:
            try:
                _email(mail)
            except forms.ValidationError:
                self.add_error("invoice_email", _("请填写收发票的邮箱，或留空"))
        return {**cleaned, "invoice_title": title, "invoice_tax": tax.upper(), "invoice_email": mail}

    @property
    def invoice(self) -> Invoice | None:
        """The title asked for, after `is_valid`."""
        title = self.cleaned_data.get("invoice_title", "")
        if not title:
            return None
        return Invoice(title, self.cleaned_data["invoice_tax"], self.cleaned_data["invoice_email"])

    def clean_contact(self) -> str:
        """Nothing, an e-mail address, or a telephone number without spaces."""
        typed_in = str(self.cleaned_data["contact"]).strip()
        contact = contact_or_none(typed_in) if typed_in else ""
        if contact is None:
            raise forms.ValidationError(_("请填写邮箱或手机号，或留空"))
        return contact

    def clean_use(self) -> str:
        """Nothing, or one of the buyer's own contacts; somebody else's is as unknown as none."""
        key = str(self.cleaned_data["use"])
        if key and (self.saved is None or self.saved.of(key) is None):
            raise forms.ValidationError(_("没有这个已保存的账号，请重新选择或填写"))
        return key

    @property
    def chosen_contact(self) -> str:
        """The contact that goes with the order, after `is_valid`: what is typed, else what is picked."""
        picked = self.saved.of(self.cleaned_data["use"]) if self.saved and self.cleaned_data["use"] else None
        return str(self.cleaned_data["contact"] or (picked.value if picked else ""))

    @property
    def to_save(self) -> str:
        """The typed contact that the buyer asked to keep, after `is_valid`; empty for none and for what is known."""
        wanted = self.saved is not None and self.saved.signed_in and self.cleaned_data["save"]
        contact = self.chosen_contact
        return contact if wanted and contact and not self.saved.knows(contact) else ""


class QuantityForm(forms.Form):
    """How many; 10,000 at most in one order."""

    quantity = forms.IntegerField(min_value=1, max_value=10_000)


class LookupForm(forms.Form):
    """Order number and secret: both, always."""

    number = forms.RegexField(
        r"^[0-9A-Za-z\-]{6,40}$", error_messages={"required": _("请填写订单号"), "invalid": _("订单号只有字母和数字")}
    )
    secret = forms.CharField(max_length=200, error_messages={"required": _("请填写查单密钥")})

    def clean_number(self) -> str:
        """As it is kept: capitals, no gaps."""
        return str(self.cleaned_data["number"]).upper().replace("-", "")


class ProofForm(forms.Form):
    """The order's secret again."""

    secret = forms.CharField(max_length=200, error_messages={"required": _("请填写查单密钥")})
