"""The pages of cards: made, let out by two people, made good, extended and revoked; a code on no page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goodfor.cards import queries as cards
from goodfor.cards import states
from goodfor.cards.models import Card
from goodfor.cards.operations.make_batch import write_cards
from goodfor.cards.tests.conftest import SKIN
from goodfor.console.tests.card_things import batch_of
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, proved
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now

pytestmark = pytest.mark.django_db(transaction=True)
PROGRAM = {
    "name": "春节卡", "face": "value", "skus": "", "value": "100.00", "brand": SKIN.brand, "ink": SKIN.ink,
    "paper": SKIN.paper, "words": "",
}  # fmt: skip
BATCH = {"name": "首批", "size": "3", "price": "90.00", "activation": "sale", "valid_until": "", "valid_days": "365"}


def test_from_a_program_to_good_cards(shop: Shop) -> None:
    one, other = proved(shop.id, Role.OPERATOR), proved(shop.id, Role.OPERATOR)
    new = reverse("desk:card-program-new")
    for wrong in ({"value": "0"}, {"face": "product"}, {"face": "product", "skus": "nothing"}, {"ink": SKIN.paper}):
        assert one.post(new, {**PROGRAM, **wrong}).status_code == 422, wrong
    assert one.post(new, {**PROGRAM, "face": "product", "skus": "kw-50"}).status_code == 302
    answer = one.post(new, PROGRAM)
    assert answer.status_code == 302
    page = one.get(answer["Location"]).content.decode()
    assert "还没有做过卡" in page
    [program] = [one for one in cards.programs(shop.id) if one.face == states.VALUE]
    assert one.post(reverse("desk:card-program-edit", args=[program.id]), {**PROGRAM, "name": "新"}).status_code == 302
    make = reverse("desk:card-batch-new", args=[program.id])
    for wrong in ({"size": "0"}, {"price": "x"}, {"valid_until": "2020-01-01T00:00"}, {"valid_days": "0"}):
        assert one.post(make, {**BATCH, **wrong}).status_code == 422, wrong
    here = one.post(make, BATCH)["Location"]
    while write_cards(now=utc_now()):
        pass
    [batch] = cards.batches(shop.id, program.id)
    assert one.post(f"{here}act", {"act": "activate", "first": "9", "last": "1"}).status_code == 422
    assert one.post(f"{here}act", {"act": "activate", "first": "1", "last": "2"}).status_code == 302
    assert cards.counts(shop.id, batch)[states.ACTIVE] == 2
    assert one.post(f"{here}act", {"act": "ask"}).status_code == 302
    assert b"1" in other.get(reverse("desk:cards")).content
    assert one.post(f"{here}act", {"act": "allow"}).status_code == 403
    assert other.post(f"{here}act", {"act": "allow"}).status_code == 302
    file = one.post(f"{here}act", {"act": "take"})
    lines = b"".join(file).decode().splitlines()  # type: ignore[call-overload]
    assert (lines[0], len(lines)) == ("serial,code", 4)
    assert one.post(f"{here}act", {"act": "take"}).status_code == 409
    codes = [line.partition(",")[2] for line in lines[1:]]
    assert cards.card_by_code(shop.id, str(cards.normal_code(codes[0])), utc_now()).serial == 1
    seen = "".join(one.get(path).content.decode() for path in (here, reverse("desk:card") + "?n=1"))
    assert not [code for code in codes if code in seen or code.replace("-", "") in seen]


def test_one_card(shop: Shop) -> None:
    batch = batch_of(shop, active=True)
    client, page, act = proved(shop.id, Role.OPERATOR), reverse("desk:card"), reverse("desk:card-act")
    assert client.get(page)["Location"] == reverse("desk:cards")
    assert client.get(page, {"n": "99"}).status_code == client.get(page, {"n": "x"}).status_code == 404
    later = (timezone.localtime(utc_now()) + timedelta(days=200)).strftime("%Y-%m-%dT%H:%M")
    asked = {"act": "extend", "n": "1", "until": later, "reason": "来电"}
    for wrong in ({"until": "2020-01-01T00:00"}, {"until": ""}, {"reason": ""}):
        assert client.post(act, {**asked, **wrong}).status_code == 422
    assert client.post(act, asked).status_code == 302
    assert client.post(act, {"act": "revoke", "n": "2", "reason": "丢失"}).status_code == 302
    assert "已作废" in client.get(page, {"n": "2"}).content.decode()
    assert cards.counts(shop.id, batch)[states.REVOKED] == 1


def test_a_batch_is_revoked_by_another_than_who_asked(shop: Shop) -> None:
    batch = batch_of(shop, active=True)
    act = reverse("desk:card-batch-act", args=[batch.id])
    one, other = proved(shop.id, Role.OPERATOR), proved(shop.id, Role.OPERATOR)
    assert one.post(act, {"act": "revoke", "reason": ""}).status_code == 422
    assert one.post(act, {"act": "revoke", "reason": "泄密"}).status_code == 302
    [walk] = cards.walks(shop.id, batch.id)[:1]
    assert one.post(act, {"act": "revoke-allow", "walk": walk.id}).status_code == 403
    assert "同意作废" in other.get(reverse("desk:card-batch", args=[batch.id])).content.decode()
    assert other.post(act, {"act": "revoke-drop", "walk": walk.id}).status_code == 302
    assert other.post(act, {"act": "revoke-allow", "walk": walk.id}).status_code == 409
    assert one.post(act, {"act": "revoke", "reason": "泄密", "kept": "1"}).status_code == 302
    walk = cards.walks(shop.id, batch.id)[0]
    assert other.post(act, {"act": "revoke-allow", "walk": walk.id}).status_code == 302
    assert cards.counts(shop.id, batch)[states.REVOKED] == 3


def test_who_may(shop: Shop) -> None:
    batch = batch_of(shop)
    viewer, operator = inside(shop.id, Role.VIEWER), inside(shop.id, Role.OPERATOR)
    act = reverse("desk:card-batch-act", args=[batch.id])
    for path in ("desk:cards", "desk:card-program", "desk:card-batch"):
        ids = {"desk:card-program": [batch.program_id], "desk:card-batch": [batch.id]}.get(path, [])
        assert viewer.get(reverse(path, args=ids)).status_code == 200
    assert viewer.post(act, {"act": "activate"}).status_code == 403
    assert "/prove" in operator.post(act, {"act": "activate"})["Location"]
    assert Card.objects.filter(shop_id=shop.id, state=states.ACTIVE).count() == 0
    assert Client().get(reverse("desk:cards")).status_code == 302
