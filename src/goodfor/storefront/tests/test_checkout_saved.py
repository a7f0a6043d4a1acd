"""Saved contacts at the checkout: offered to their owner alone, used, and saved only when asked."""

from uuid import uuid4

import pytest

from goodfor.identity import queries as identity
from goodfor.identity.buyer_models import SavedAccount
from goodfor.orders import queries as orders
from goodfor.orders.types import OrderSearch
from goodfor.storefront.tests.account_flow import Mailbox, browser, plain, sign_in
from goodfor.storefront.tests.test_account_pages import buy, pay
from goodfor.storefront.tests.test_pages import checkout
from goodfor.storefront.tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
MAIL, OTHER = "lin@example.com", "gift@example.com"


def contact_of(world: World, number: str) -> str:
    return orders.desk_order(world.shop_id, number).contact


def number_of(answer: object) -> str:
    return str(answer["Location"].split("/")[2])  # type: ignore[index]


def saved(world: World) -> list[str]:
    found = []
    for buyer_id in SavedAccount.objects.filter(shop_id=world.shop_id).values_list("buyer_id", flat=True).distinct():
        found += [account.value for account in identity.saved_accounts(world.shop_id, buyer_id)]
    return sorted(found)


def page_of(client: object, world: World) -> object:
    return client.get("/checkout", {"p": world.product_slug, "sku": str(world.sku_id), "qty": "1"})  # type: ignore[attr-defined]


def test_saved_contacts_are_offered_and_used_without_script(world: World, box: Mailbox) -> None:
    client = browser()
    sign_in(client, box, MAIL)
    client.post("/me/accounts", {"label": "送人", "value": OTHER})
    client.post("/me/accounts", {"label": "游戏号", "value": "player-777"})
    page = page_of(client, world)
    shown = plain(page)
    assert MAIL in shown
    assert OTHER in shown
    # A game account is no way to reach anybody.
    assert "player-777" not in shown
    row = next(a for a in identity.saved_accounts(world.shop_id, _buyer(world)) if a.value == OTHER)
    assert contact_of(world, number_of(checkout(client, world, use=str(row.id)))) == OTHER
    assert contact_of(world, number_of(checkout(client, world, use="email"))) == MAIL
    assert contact_of(world, number_of(checkout(client, world, use="email", contact="new@example.com"))) == (
        "new@example.com"
    )
    assert contact_of(world, number_of(checkout(client, world, use=""))) == ""


def _buyer(world: World) -> object:
    return SavedAccount.objects.filter(shop_id=world.shop_id).values_list("buyer_id", flat=True)[0]


def test_what_another_has_saved_is_unknown_and_places_nothing(world: World, box: Mailbox) -> None:
    owner, stranger = browser(), browser()
    sign_in(owner, box, MAIL)
    owner.post("/me/accounts", {"label": "送人", "value": OTHER})
    sign_in(stranger, box, "stranger@example.com")
    theirs = SavedAccount.objects.get(shop_id=world.shop_id).id
    assert OTHER not in plain(page_of(stranger, world))
    before = len(orders.search_orders(world.shop_id, OrderSearch()))
    for client in (stranger, browser()):
        for key in (str(theirs), str(uuid4()), "x"):
            answer = checkout(client, world, use=key)
            assert answer.status_code == 422
            assert OTHER not in answer.content.decode()
    assert len(orders.search_orders(world.shop_id, OrderSearch())) == before


def test_a_contact_is_saved_only_when_asked(world: World, box: Mailbox) -> None:
    client, guest = browser(), browser()
    sign_in(client, box, MAIL)
    assert 'name="save"' in page_of(client, world).content.decode()  # type: ignore[attr-defined]
    assert 'name="save"' not in page_of(guest, world).content.decode()  # type: ignore[attr-defined]
    checkout(client, world, contact=OTHER)
    assert saved(world) == []
    checkout(client, world, contact=OTHER, save="1")
    assert saved(world) == [OTHER]
    # Known already: not twice; and a guest has nowhere to keep it.
    checkout(client, world, contact=OTHER, save="1")
    checkout(client, world, contact=MAIL, save="1")
    checkout(guest, world, contact="guest@example.com", save="1")
    assert saved(world) == [OTHER]


def test_a_full_book_says_so_before_anything_is_placed(world: World, box: Mailbox) -> None:
    client = browser()
    sign_in(client, box, MAIL)
    for number in range(20):
        client.post("/me/accounts", {"label": "a", "value": f"player-{number}"})
    refused = checkout(client, world, contact=OTHER, save="1")
    assert refused.status_code == 422
    assert "最多保存 20 个账号" in plain(refused)
    assert checkout(client, world, contact=OTHER).status_code == 302


def test_a_guests_order_is_merged_later_and_claimed_by_the_account(world: World, box: Mailbox) -> None:
    """The whole way: bought as a guest with a contact, taken into the account, claimed there with its own proof."""
    guest, owner, stranger = browser(), browser(), browser()
    number = buy(guest, world, MAIL, "2")
    pay(world, number)
    sign_in(owner, box, MAIL)
    order = orders.order_by_number(world.shop_id, number)
    taken = owner.post("/me/claim", {"order": str(order.id)})
    assert taken.status_code == 302
    sign_in(stranger, box, "stranger@example.com")
    assert stranger.get(f"/o/{number}/claim")["Location"] == f"/lookup?number={number}&go=claim"
    assert stranger.post(f"/o/{number}/claim", {"reason": "changed_mind"})["Location"] == "/lookup"
    assert orders.claims_of_order(world.shop_id, order.id) == []
    page = plain(owner.get(f"/o/{number}/claim"))
    assert "立即按原路退回" in page
    one = orders.claim_offer(world.shop_id, order, order.lines[0].line_id).codes[0]
    sent = owner.post(f"/o/{number}/claim", {"reason": "changed_mind", "code": str(one)})
    [claim] = orders.claims_of_order(world.shop_id, order.id)
    assert sent["Location"] == f"/o/{number}/claim/{claim.id}"
    assert (claim.state, claim.refund and claim.refund.amount_minor) == (
        "refunded",
        order.lines[0].unit_price.amount_minor,
    )
    assert orders.order_view(world.shop_id, order.id).state == "delivered"
    assert "正按原支付方式退回" in plain(owner.get(f"/o/{number}"))
