"""Gifts through the pages, without script: a link is made, looked at without taking, opened once, taken back."""

import re
from typing import Any

import pytest
from django.test import Client

from goodfor.gifts.models import Gift
from goodfor.orders.models import Given
from goodfor.storefront.tests.account_flow import Mailbox, browser, plain, prove, sign_in
from goodfor.storefront.tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def owner(world: World) -> tuple[Client, str]:
    """A browser that has proved the delivered order a moment ago."""
    client = browser()
    number, secret = world.orders["delivered"]
    assert client.get(f"/o/{number}?k={secret}").status_code == 302
    return client, number


def give(client: Client, number: str, **more: str) -> tuple[str, str]:
    """Number and path of the link of a gift of the order's codes."""
    form = client.get(f"/o/{number}/gift").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', form)
    assert key
    done = client.post(f"/o/{number}/gift", {"n": "1", "look": "dusk", "days": "7", "key": key[1], **more})
    assert done.status_code == 302, done.content.decode()
    page = client.get(done["Location"]).content.decode()
    link = re.search(r'value="http://[^/"]+(/gift/[^"]+)"', page)
    assert link
    return done["Location"].split("/")[2], link[1]


def codes_on(page: Any) -> list[str]:
    found = re.findall(r"<code>(.+?)</code>", page.content.decode())
    return [re.sub(r"<[^>]+>|\s", "", one) for one in found]


def test_a_guest_gives_and_a_guest_opens(world: World) -> None:
    giver, number = owner(world)
    gift, link = give(giver, number, message="生日快乐 <b>")
    assert "等朋友收下" in plain(giver.get(f"/o/{number}"))
    friend = browser()
    # A preview looks as often as it likes.
    for _ in range(3):
        page = friend.get(link)
        assert page.status_code == 200
        assert page["Cache-Control"] == "no-store"
    text = page.content.decode()
    assert "生日快乐 &lt;b&gt;" in text
    assert "noindex" in text
    assert Gift.objects.get().state == "made"

    taken = friend.post(link)
    assert taken.status_code == 302, taken.content.decode()
    got = taken["Location"]
    assert got == f"/gifts/got/{gift}"
    page = friend.get(got)
    key = re.search(r'key-text">([^<]+)<', page.content.decode())
    assert key
    shown = friend.post(f"{got}/reveal")
    [secret] = codes_on(shown)
    assert secret in [code.replace("-", "") for code in world.codes] + list(world.codes)
    assert codes_on(friend.get(got)) == []
    # Nobody else: not by the link, not by the number, and not the giver.
    for other in (browser(), giver):
        assert other.get(link).status_code == 404
        assert "领取密钥" in plain(other.get(got))
        assert other.post(f"{got}/reveal").status_code == 302
    page = giver.get(f"/o/{number}")
    assert "已送出" in plain(page)
    assert len(codes_on(giver.post(f"/o/{number}/reveal", {"code": [str(c) for c in openable(page)]}))) == 2
    given = Given.objects.get()
    assert giver.post(f"/o/{number}/reveal", {"code": str(given.code_id)}).status_code >= 400
    # Elsewhere by the key.
    again = browser()
    assert again.post(f"{got}/key", {"secret": "wrong"}).status_code == 404
    assert again.post(f"{got}/key", {"secret": key[1]})["Location"] == got
    assert codes_on(again.post(f"{got}/reveal")) == [secret]
    # And it does not work: the claim is theirs.
    assert "哪里不对" in plain(again.get(f"{got}/claim"))
    assert again.post(f"{got}/claim", {"reason": "invalid"})["Location"] == got
    assert "提示码无效" in plain(again.get(got))


def openable(page: Any) -> list[str]:
    return re.findall(r'<input type="hidden" name="code" value="([^"]+)">', page.content.decode())


def test_a_member_opens_it_into_the_account(world: World, box: Mailbox) -> None:
    giver, number = owner(world)
    gift, link = give(giver, number)
    friend = browser()
    sign_in(friend, box, "friend@example.com")
    assert "收进我的账号" in plain(friend.get(link))
    assert friend.post(link)["Location"] == f"/gifts/got/{gift}"
    assert friend.post(link)["Location"] == f"/gifts/got/{gift}"
    prove(friend, box)
    assert len(codes_on(friend.post(f"/gifts/got/{gift}/reveal"))) == 1
    assert gift in friend.get("/me/gifts?kind=got").content.decode()
    assert giver.post(link).status_code == 404


def test_taken_back_and_gone_are_told_alike(world: World) -> None:
    giver, number = owner(world)
    gift, link = give(giver, number, n="2")
    friend = browser()
    assert friend.post(f"/gifts/{gift}/back").status_code == 404
    assert giver.post(f"/gifts/{gift}/back").status_code == 302
    assert "已收回" in plain(giver.get(f"/gifts/{gift}"))
    pages = [friend.get(path) for path in (link, "/gift/" + "x" * 32)]
    pages += [friend.post(path) for path in (link, "/gift/" + "x" * 32)]
    assert {page.status_code for page in pages} == {404}
    bodies = {
        re.sub(r"(csrfmiddlewaretoken\" value=|next\" value=|href=)\"[^\"]*\"", "", p.content.decode()) for p in pages
    }
    assert len(bodies) == 1


def test_what_cannot_be_is_said_in_the_form(world: World) -> None:
    giver, number = owner(world)
    for wrong in ({"n": "9"}, {"n": "0"}, {"message": "http://x"}, {"look": "gold"}, {"days": "400"}):
        sent = {"n": "1", "look": "leaf", "days": "3", "key": "0123456789", **wrong}
        assert giver.post(f"/o/{number}/gift", sent).status_code == 422
    assert not Gift.objects.exists()
    assert browser().get(f"/o/{number}/gift").status_code == 302


def test_a_gift_is_its_givers_and_its_takers_alone(world: World, box: Mailbox) -> None:
    giver, number = owner(world)
    gift, link = give(giver, number)
    stranger = browser()
    sign_in(stranger, box, "stranger@example.com")
    for who in (stranger, browser()):
        assert who.get(f"/gifts/{gift}").status_code == 404
        assert who.post(f"/gifts/{gift}/back").status_code == 404
        assert who.get(f"/o/{number}/gift").status_code == 302
        # Before it was opened, it is nobody's to look at.
        assert "领取密钥" in plain(who.get(f"/gifts/got/{gift}"))
    friend = browser()
    assert friend.post(link).status_code == 302
    for who in (stranger, browser(), giver):
        for path in ("reveal", "claim"):
            answer = who.post(f"/gifts/got/{gift}/{path}", {"reason": "invalid"})
            assert codes_on(answer) == []
            assert "提示码无效" not in plain(answer)
        assert who.post(f"/gifts/got/{gift}/key", {"secret": link.removeprefix("/gift/")}).status_code == 404
    assert giver.post(f"/gifts/{gift}/back").status_code == 404


def test_who_guesses_is_stopped(world: World) -> None:
    guesser = browser(REMOTE_ADDR="198.51.100.99")
    answers = [guesser.post(f"/gift/{n:032d}").status_code for n in range(8)]
    assert answers[0] == 404
    assert answers[-1] != 404
