"""Partners in points of a shop, for the tests of the console."""

from typing import Any
from uuid import uuid4

from goodfor.console.tests.conftest import Shop
from goodfor.kernel.clock import utc_now
from goodfor.partners import states
from goodfor.partners.operations.set_account import make_account
from goodfor.partners.types import AccountView, AccountWish

SECRET = "console-partner-secret"


def partner_of(shop: Shop, role: str = states.DEVELOPER, url: str = "http://127.0.0.1:9") -> AccountView:
    """One that is on."""
    wish = AccountWish(
        "星河", f"key-{uuid4().hex[:8]}", SECRET, login_url=f"{url}/mall/autologin", deduct_url=f"{url}/app/deduct",
        notice_url=f"{url}/app/notice", enabled=True,
    )  # fmt: skip
    code = f"p{uuid4().hex[:8]}"
    return make_account(shop_id=shop.id, code=code, role=role, wish=wish, actor="staff:test", now=utc_now())


def partner_things(shop: Shop) -> dict[str, Any]:
    """By the names that addresses give to ids."""
    return {"points_partner_id": partner_of(shop).id}
