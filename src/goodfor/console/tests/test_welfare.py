"""The shop's pages of companies: made, changed, prepaid once by who may, invoices written."""

from dataclasses import replace

import pytest
from django.urls import reverse

from goodfor.catalog.operations import set_on_sale
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, proved
from goodfor.identity.operations.revoke_api_client import revoke_api_client
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.welfare import queries as welfare
from goodfor.welfare.operations.ask_invoice import ask_invoice

pytestmark = pytest.mark.django_db(transaction=True)
COMPANY = {
    "code": "acme", "name": "甲公司", "contact": "王女士 13800138000", "domains": "acme.example", "markup": "2.5",
    "skus": "kw-50", "on": "on",
}  # fmt: skip


def test_from_a_company_to_its_invoice(shop: Shop) -> None:
    one = proved(shop.id, Role.OWNER)
    new = reverse("desk:welfare-company-new")
    assert one.get(reverse("desk:welfare")).status_code == one.get(new).status_code == 200
    for wrong in ({"code": "A B"}, {"markup": "60"}, {"domains": "qq.com"}, {"skus": "none"}, {"name": ""}):
        assert one.post(new, {**COMPANY, **wrong}).status_code == 422, wrong
    here = one.post(new, COMPANY)["Location"]
    assert one.post(new, COMPANY).status_code == 409
    [company] = welfare.companies(shop.id)
    assert (company.markup_bp, len(company.skus), company.domains) == (250, 1, ("acme.example",))
    page = one.get(here).content.decode()
    assert "王女士" in page
    assert "2026-01" in one.get(here, {"month": "2026-01"}).content.decode()
    edit, act = reverse("desk:welfare-company-edit", args=[company.id]), f"{here}act"
    assert one.get(edit).status_code == 200
    assert one.post(edit, {**COMPANY, "name": "乙公司"}).status_code == 302
    person = {"act": "person", "name": "主管", "mail": "boss@acme.example", "role": "manager"}
    assert one.post(act, {**person, "mail": "x"}).status_code == 422
    assert one.post(act, person).status_code == 302
    assert "boss@acme.example" in one.get(here).content.decode()
    paid = {"act": "prepay", "amount": "1000.00", "bank": "manual", "reference": "B-1", "paid_on": "2026-11-01"}
    for bad in ({"amount": "0"}, {"bank": "a b"}, {"reference": ""}, {"paid_on": ""}):
        assert one.post(act, {**paid, **bad}).status_code == 422, bad
    assert one.post(act, paid).status_code == one.post(act, paid).status_code == 302
    assert one.post(act, {**paid, "amount": "1"}).status_code == 409
    assert welfare.budget(shop.id, company.id).free_minor == 1_000_00
    [prepaid] = welfare.prepayments(shop.id, company.id)
    wish = ask_invoice(
        shop_id=shop.id, company_id=company.id, prepayment_id=prepaid.id, title="乙公司",
        tax_number="91310000MA1K000001", actor="welfare:t", now=utc_now(),
    )  # fmt: skip
    assert "等待开票" in one.get(reverse("desk:welfare")).content.decode()
    assert one.post(act, {"act": "invoice", "invoice": str(wish.id)}).status_code == 422
    assert one.post(act, {"act": "invoice", "invoice": str(wish.id), "number": "2531"}).status_code == 302
    assert welfare.invoices_asked(shop.id) == []
    [boss] = welfare.people(shop.id, company.id)
    assert one.post(act, {"act": "gone", "person": str(boss.id)}).status_code == 302
    assert welfare.people(shop.id, company.id) == []
    assert one.post(act, {"act": "x"}).status_code == 422


def test_saving_removes_nothing_that_was_not_taken_out(shop: Shop) -> None:
    """A SKU off sale and a client that is revoked stay with the company until somebody takes them out."""
    one, now = proved(shop.id, Role.OWNER), utc_now()
    client_id = shop.demo.client_id
    one.post(reverse("desk:welfare-company-new"), {**COMPANY, "client": str(client_id)})
    [company] = welfare.companies(shop.id)
    assert (company.client_id, company.skus) == (client_id, (shop.demo.skus["kw-50"],))
    set_on_sale(shop_id=shop.id, sku_id=company.skus[0], on_sale=False, actor="staff:1", now=now)
    revoke_api_client(shop_id=shop.id, client_id=client_id, actor="staff:1", now=now)
    edit = reverse("desk:welfare-company-edit", args=[company.id])
    form = one.get(edit).context["form"]
    shown = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    assert dict(form.fields["client"].choices)[str(client_id)].endswith("已停用")
    assert one.post(edit, {**shown, "name": "乙公司"}).status_code == 302
    assert welfare.company(shop.id, company.id) == replace(company, name="乙公司")
    assert one.post(edit, {**shown, "client": "", "skus": ""}).status_code == 302
    assert (welfare.company(shop.id, company.id).client_id, welfare.company(shop.id, company.id).skus) == (None, ())
    assert one.post(edit, {**shown, "skus": ""}).status_code == 422


def test_who_may_what(shop: Shop) -> None:
    """Operators make companies, finance enters money, others look; money wants a fresh proof."""
    operator, finance, viewer = (proved(shop.id, role) for role in (Role.OPERATOR, Role.FINANCE, Role.VIEWER))
    here = operator.post(reverse("desk:welfare-company-new"), COMPANY)["Location"]
    paid = {"act": "prepay", "amount": "10", "bank": "manual", "reference": "B-1", "paid_on": "2026-11-01"}
    assert operator.post(f"{here}act", paid).status_code == 403
    assert finance.post(reverse("desk:welfare-company-new"), COMPANY).status_code == 403
    assert viewer.get(here).status_code == 200
    assert viewer.post(f"{here}act", {"act": "person", "mail": "a@b.example"}).status_code == 403
    stale = inside(shop.id, Role.FINANCE)
    assert stale.post(f"{here}act", paid)["Location"] != here
    [company] = welfare.companies(shop.id)
    assert welfare.budget(shop.id, company.id).booked_minor == 0
    for path in (reverse("desk:welfare-company-new"), reverse("desk:welfare-company-edit", args=[company.id])):
        stale = inside(shop.id, Role.OPERATOR)
        for answer in (stale.get(path), stale.post(path, {**COMPANY, "code": "other", "markup": "0"})):
            assert answer["Location"].startswith("/console/prove"), path
    assert welfare.companies(shop.id) == [company]
    assert finance.post(f"{here}act", paid).status_code == 302
    assert welfare.budget(shop.id, company.id).booked_minor == 10_00
