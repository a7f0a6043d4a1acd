"""What a buyer may type, cleaned."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import EmailValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

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


class CheckoutForm(forms.Form):
    """Contact, payment method and, where the shop offers invoices, a title; `methods` are the (code, label) pairs."""

    contact = forms.CharField(required=False, max_length=120)
    method = forms.ChoiceField(error_messages={"required": _("请选择支付方式"), "invalid_choice": _("请选择支付方式")})

    invoice_title = forms.CharField(required=False, max_length=100)
    invoice_tax = forms.CharField(required=False, max_length=24)
    invoice_email = forms.CharField(required=False, max_length=120)

    def __init__(self, *args: Any, methods: list[tuple[str, str]], invoices: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["method"].choices = methods  # type: ignore[attr-defined]
        self.invoices = invoices

    def clean(self) -> dict[str, Any]:
        """An invoice needs a title; a tax number has 15 to 20 capitals and digits; what is not offered is dropped."""
        cleaned: dict[str, Any] = super().clean() or {}
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
        contact = str(self.cleaned_data["contact"]).strip()
        if not contact:
            return ""
        try:
            if "@" in contact:
                _email(contact)
                return contact
            _phone(contact)
        except forms.ValidationError as error:
            raise forms.ValidationError(_("请填写邮箱或手机号，或留空")) from error
        return contact.replace(" ", "").replace("-", "")


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
