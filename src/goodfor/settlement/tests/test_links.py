"""A party's way in: signed, ending, taken back, and to its own statements alone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import signing

from goodfor.kernel.errors import InvalidInput
from goodfor.ledger.tests.factories import sql
from goodfor.settlement import queries
from goodfor.settlement.errors import LinkInvalid, PartyNotFound, StatementNotFound
from goodfor.settlement.links import SALT
from goodfor.settlement.operations import make_link, revoke_links
from goodfor.settlement.tests.factories import ANN, NOW, SHOP, People, party, share, stated

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_link_opens_the_statements_of_its_party(people: People) -> None:
    acme, bolt = people.add(party()), people.add(party(code="bolt"))
    share(acme, 10_00)
    share(bolt, 20_00)
    own, other = stated(acme), stated(bolt)
    link, token = make_link(shop_id=SHOP, party_id=acme.id, actor=ANN, now=NOW, days=30)
    opened = queries.open_link(token, NOW + timedelta(days=29))
    assert (opened, opened.party_id) == (link, acme.id)
    assert queries.statement(SHOP, own.id, party_id=opened.party_id).number == "supplier-acme-1"
    with pytest.raises(StatementNotFound):
        queries.statement(SHOP, other.id, party_id=opened.party_id)
    assert [one.id for one in queries.statements(SHOP, party_id=opened.party_id)] == [own.id]
    assert queries.links_of(SHOP, acme.id, NOW) == [link]


def test_a_link_ends(people: People) -> None:
    acme = people.add(party())
    _link, token = make_link(shop_id=SHOP, party_id=acme.id, actor=ANN, now=NOW, days=1)
    with pytest.raises(LinkInvalid):
        queries.open_link(token, NOW + timedelta(days=1))
    _link, token = make_link(shop_id=SHOP, party_id=acme.id, actor=ANN, now=NOW)
    assert revoke_links(shop_id=SHOP, party_id=acme.id, actor=ANN, now=NOW) == 2
    assert revoke_links(shop_id=SHOP, party_id=acme.id, actor=ANN, now=NOW) == 0
    with pytest.raises(LinkInvalid):
        queries.open_link(token, NOW)
    assert sql("SELECT count(*) FROM kernel_audit WHERE action = 'settlement.links_revoked'") == [(1,)]


def test_nothing_else_opens(people: People) -> None:
    acme = people.add(party())
    link, token = make_link(shop_id=SHOP, party_id=acme.id, actor=ANN, now=NOW)
    forged = [
        "",
        "x",
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        token.upper(),
        "9" * 5_000,
        signing.dumps([SHOP.hex, link.id.hex], salt="other"),
        signing.dumps([uuid4().hex, link.id.hex], salt=SALT),
        signing.dumps([SHOP.hex, uuid4().hex], salt=SALT),
        signing.dumps([SHOP.hex], salt=SALT),
        signing.dumps({"a": 1}, salt=SALT),
        signing.dumps([1, 2], salt=SALT),
    ]
    for one in forged:
        with pytest.raises(LinkInvalid):
            queries.open_link(one, NOW)
    for days in (0, 181):
        with pytest.raises(InvalidInput):
            make_link(shop_id=SHOP, party_id=acme.id, actor=ANN, now=NOW, days=days)
    with pytest.raises(PartyNotFound):
        make_link(shop_id=SHOP, party_id=uuid4(), actor=ANN, now=NOW)
    assert sql("SELECT count(*) FROM settlement_link") == [(1,)]
