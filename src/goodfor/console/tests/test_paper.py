"""The pages of suppliers who are written to, and of how suppliers did."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside
from goodfor.console.tests.things import paper_things
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.supply.operations.tally import tally_due
from goodfor.supply.purchase_models import Attempt


def test_a_sheet_goes_out_and_an_answer_is_looked_at_before_it_is_taken(shop: Shop) -> None:
    client, ids = inside(shop.id, Role.OPERATOR), paper_things(shop)
    at = reverse("desk:supply-paper", args=[ids["paper_id"]])
    assert "纸上供货" in client.get(reverse("desk:supply-files")).content.decode()
    page = client.get(at)
    assert page.status_code == 200
    sheet = client.post(reverse("desk:supply-sheet", args=[ids["paper_id"], ids["sheet_id"]]))
    attempt = Attempt.objects.get(shop_id=shop.id, supplier_id=ids["paper_id"])
    assert f"N{attempt.number}" in sheet.content.decode()
    assert sheet["Content-Disposition"].startswith('attachment; filename="paper-')
    assert client.post(reverse("desk:supply-put-out", args=[ids["paper_id"]])).status_code == 409
    text = f"我方单号,卡号,卡密,结果\nN{attempt.number},GF77,PAGE-AAAA-0001,\n12,,PAGE-AAAA-0002,\n"
    there = reverse("desk:supply-answers", args=[ids["paper_id"]])
    looked = client.post(there, {"file": SimpleUploadedFile("回执.csv", text.encode())})
    token = looked.context["token"]
    assert (looked.status_code, looked.context["takes"], len(looked.context["wrong"])) == (200, 1, 1)
    assert "PAGE-AAAA" not in looked.content.decode()
    attempt.refresh_from_db()
    assert attempt.state == "accepted"
    assert client.post(there, {"token": token}).status_code == 302
    attempt.refresh_from_db()
    assert attempt.state == "delivered"
    assert client.post(there, {"token": token}).status_code == 409
    assert client.post(there, {}).status_code == 422
    tally_due(now=utc_now())
    day = client.get(reverse("desk:supplier-health", args=[ids["supplier_id"]]))
    month = client.get(reverse("desk:supplier-health", args=[ids["supplier_id"]]) + "?span=30d")
    assert (day.context["health"].total.success, len(month.context["charts"][0][2]["rows"])) == (1, 30)
    assert "100.0%" in client.get(reverse("desk:supply-health")).content.decode()
    assert "成绩单" in client.get(reverse("desk:supplier-card", args=[ids["supplier_id"]])).content.decode()
    viewer = inside(shop.id, Role.VIEWER)
    assert {viewer.get(one).status_code for one in (at, reverse("desk:supply-health"))} == {403}
