"""The forms ask for what the adapters want, and for nothing else."""

import pytest

from goodfor.payments.providers.forms import ProviderForm
from goodfor.payments.providers.paypal.form import FORM as PAYPAL
from goodfor.payments.providers.paypal.settings import Settings as PaypalSettings
from goodfor.payments.providers.paypal.tests import books as paypal
from goodfor.payments.providers.stripe.form import FORM as STRIPE
from goodfor.payments.providers.stripe.settings import Settings as StripeSettings
from goodfor.payments.providers.stripe.tests import books as stripe


@pytest.mark.parametrize(("form", "secrets"), [(STRIPE, stripe.account()), (PAYPAL, paypal.account())])
def test_secrets_are_the_adapters(form: ProviderForm, secrets: object) -> None:
    assert {field.key for field in form.fields if field.secret} == set(getattr(secrets, "secrets"))  # noqa: B009
    for field in form.fields:
        assert str(field.label)
        assert str(field.hint) or not field.required


def test_required_fields_are_enough() -> None:
    for form, settings, account in (
        (STRIPE, StripeSettings, stripe.account()),
        (PAYPAL, PaypalSettings, paypal.account()),
    ):
        needed = {field.key for field in form.fields if field.required and not field.secret} | {"base_url"}
        config = {key: value for key, value in account.config.items() if key in needed}
        settings.of(type(account)(**{**{n: getattr(account, n) for n in account.__slots__}, "config": config}))
