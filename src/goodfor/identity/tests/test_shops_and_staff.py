"""Shops, staff, sign-in links, buyers' cookies."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from goodfor.identity.errors import (
    InvalidIdentity,
    InvalidSigninLink,
    LastOwner,
    ShopExists,
    ShopNotFound,
    StaffExists,
    StaffNotFound,
    UserExists,
)
from goodfor.identity.invariants import INVARIANTS
from goodfor.identity.models import Shop, SigninLink, Staff
from goodfor.identity.operations.add_staff import add_staff
from goodfor.identity.operations.change_role import change_role
from goodfor.identity.operations.create_user import create_user
from goodfor.identity.operations.issue_signin_link import issue_signin_link
from goodfor.identity.operations.use_signin_link import use_signin_link
from goodfor.identity.queries import (
    buyer_of_cookie,
    new_buyer_cookie,
    shop_by_code,
    shop_by_host,
    shop_by_id,
    staff_for_user,
    staff_of_shop,
)
from goodfor.identity.tests.factories import make_shop, make_staff
from goodfor.kernel.invariants import run
from goodfor.kernel.tenancy import platform_job

pytestmark = pytest.mark.django_db


def _in_threads(work: list[Callable[[], Any]]) -> list[Any]:
    """Results of all, an exception standing for itself; all start together."""
    barrier, results = threading.Barrier(len(work)), [None] * len(work)

    def call(index: int) -> None:
        barrier.wait()
        try:
            results[index] = work[index]()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=call, args=(i,)) for i in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_shop_by_host(now: datetime) -> None:
    with pytest.raises(ShopNotFound):
        shop_by_host("localhost:8000")
    with pytest.raises(ShopNotFound):
        shop_by_code()
    one = make_shop(now, host="One.Example.")
    assert one.host == "one.example"
    assert shop_by_host("localhost:8000") == one == shop_by_code() == shop_by_id(one.id)
    two = make_shop(now, host="two.example:8443")
    assert shop_by_host("ONE.example:443") == one
    assert shop_by_host("two.example:8443") == two
    for unknown in ("localhost", "", "\x00", "three.example"):
        with pytest.raises(ShopNotFound):
            shop_by_host(unknown)
    with pytest.raises(ShopNotFound):
        shop_by_code()
    assert shop_by_code(two.code) == two
    with pytest.raises(ShopNotFound):
        shop_by_id(uuid4())


def test_codes_and_hosts_are_unique(now: datetime) -> None:
    make_shop(now, code="main", host="a.example")
    for over in ({"code": "main"}, {"host": "A.example"}):
        with pytest.raises(ShopExists):
            make_shop(now, **over)
    assert Shop.objects.count() == 1


@pytest.mark.parametrize(
    "over",
    [
        {"code": "Main"},
        {"code": ""},
        {"code": "-a"},
        {"name": " "},
        {"currency": "cny"},
        {"timezone": "Mars/Base"},
    ],
)
def test_bad_shops(now: datetime, over: dict[str, str]) -> None:
    with pytest.raises(InvalidIdentity):
        make_shop(now, **over)
    assert Shop.objects.count() == 0


def test_currency_and_code_never_change(now: datetime) -> None:
    shop = make_shop(now)
    for over in ({"currency": "USD"}, {"code": "other"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Shop.objects.filter(pk=shop.id).update(**over)
    Shop.objects.filter(pk=shop.id).update(name="新名字")


def test_staff(now: datetime) -> None:
    shop, other = make_shop(now), make_shop(now)
    owner = make_staff(shop, now)
    assert owner.may("staff.manage")
    assert User.objects.get(pk=owner.user_id).is_staff
    assert staff_for_user(shop_id=shop.id, user_id=owner.user_id) == owner
    assert staff_for_user(shop_id=other.id, user_id=owner.user_id) is None
    with pytest.raises(StaffExists):
        add_staff(shop_id=shop.id, user_id=owner.user_id, role="viewer", actor="test", now=now)
    with pytest.raises(InvalidIdentity):
        add_staff(shop_id=shop.id, user_id=owner.user_id, role="root", actor="test", now=now)
    with pytest.raises(InvalidIdentity):
        add_staff(shop_id=shop.id, user_id=0, role="viewer", actor="test", now=now)
    assert staff_of_shop(shop.id) == [owner]
    with pytest.raises(UserExists):
        create_user(username=owner.username)
    with pytest.raises(InvalidIdentity):
        create_user(username="a\x00b")


def test_change_role(now: datetime) -> None:
    shop, other = make_shop(now), make_shop(now)
    owner, helper = make_staff(shop, now), make_staff(shop, now, "support")
    who = {"actor": owner.actor, "now": now}
    for role, active in (("viewer", True), ("owner", False)):
        with pytest.raises(LastOwner):
            change_role(shop_id=shop.id, staff_id=owner.id, role=role, active=active, **who)
    with pytest.raises(StaffNotFound):
        change_role(shop_id=other.id, staff_id=helper.id, role="owner", **who)
    with pytest.raises(InvalidIdentity):
        change_role(shop_id=shop.id, staff_id=helper.id, role="root", **who)
    assert staff_of_shop(shop.id) == [owner, helper]
    assert change_role(shop_id=shop.id, staff_id=helper.id, role="owner", **who).may("staff.manage")
    gone = change_role(shop_id=shop.id, staff_id=owner.id, role="owner", active=False, **who)
    assert not gone.may("catalog.view")


@pytest.mark.django_db(transaction=True)
def test_two_owners_cannot_both_leave(now: datetime) -> None:
    shop = make_shop(now)
    owners = [make_staff(shop, now) for _ in range(4)]
    results = _in_threads(
        [lambda o=o: change_role(shop_id=shop.id, staff_id=o.id, role="viewer", actor="test", now=now) for o in owners]
    )
    assert sum(isinstance(result, LastOwner) for result in results) == 1
    assert Staff.objects.filter(shop_id=shop.id, role="owner", active=True).count() == 1


def test_signin_link(now: datetime) -> None:
    shop = make_shop(now)
    staff = make_staff(shop, now, "support")
    link = issue_signin_link(shop_id=shop.id, staff_id=staff.id, actor="cli", now=now)
    for wrong in ("", link.token + "x", link.token[:-1], uuid4().hex + link.token[32:]):
        with pytest.raises(InvalidSigninLink):
            use_signin_link(token=wrong, now=now)
    assert SigninLink.objects.get(shop_id=shop.id).used_at is None
    entered = use_signin_link(token=link.token, now=now)
    assert (entered.staff_id, entered.user_id, entered.role) == (staff.id, staff.user_id, "support")
    with pytest.raises(InvalidSigninLink):
        use_signin_link(token=link.token, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        SigninLink.objects.filter(shop_id=shop.id).update(used_at=None)
    with pytest.raises(StaffNotFound):
        issue_signin_link(shop_id=make_shop(now).id, staff_id=staff.id, actor="cli", now=now)


def test_signin_link_ends(now: datetime) -> None:
    shop = make_shop(now)
    make_staff(shop, now)
    staff = make_staff(shop, now, "viewer")
    first, second, third = (
        issue_signin_link(shop_id=shop.id, staff_id=staff.id, actor="cli", now=now) for _ in range(3)
    )
    with pytest.raises(InvalidSigninLink):
        use_signin_link(token=first.token, now=now + timedelta(minutes=15))
    User.objects.filter(pk=staff.user_id).update(is_active=False)
    with pytest.raises(InvalidSigninLink):
        use_signin_link(token=second.token, now=now)
    User.objects.filter(pk=staff.user_id).update(is_active=True)
    change_role(shop_id=shop.id, staff_id=staff.id, role="viewer", active=False, actor="test", now=now)
    with pytest.raises(InvalidSigninLink):
        use_signin_link(token=third.token, now=now)


@pytest.mark.django_db(transaction=True)
def test_signin_link_lets_one_in(now: datetime) -> None:
    shop = make_shop(now)
    staff = make_staff(shop, now)
    link = issue_signin_link(shop_id=shop.id, staff_id=staff.id, actor="cli", now=now)
    results = _in_threads([lambda: use_signin_link(token=link.token, now=now)] * 8)
    assert sum(isinstance(result, InvalidSigninLink) for result in results) == 7


def test_buyer_cookie() -> None:
    ref, cookie = new_buyer_cookie()
    assert buyer_of_cookie(cookie) == ref
    assert buyer_of_cookie("") is None
    assert buyer_of_cookie(new_buyer_cookie()[0] + "." + cookie.partition(".")[2]) is None


def test_invariants_find_what_is_planted(now: datetime) -> None:
    shop, other = make_shop(now), make_shop(now)
    staff, stranger = make_staff(shop, now), make_staff(other, now)
    with platform_job("test"):
        assert [run(invariant, now).count for invariant in INVARIANTS[:2]] == [0, 0]
        SigninLink.objects.create(
            shop_id=shop.id,
            staff_id=stranger.id,
            token_hash=bytes(32),
            created_at=now,
            expires_at=now + timedelta(minutes=1),
        )
        Staff.objects.filter(shop_id=shop.id, pk=staff.id).update(role="viewer")
        found = [run(invariant, now) for invariant in INVARIANTS[:2]]
    assert [result.count for result in found] == [1, 1]
    assert found[1].violations[0][0] == str(shop.id)
