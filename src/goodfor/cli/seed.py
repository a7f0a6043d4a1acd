"""The first shop of an installation, made once by `up`; each start gives a fresh one-time sign-in link."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import transaction

from goodfor.cli import mall_demo, plan_demo, stand_ins, supply_demo, welfare_demo, world
from goodfor.demo.operations.adopt_shop import adopt_shop
from goodfor.demo.operations.dress_shop import dress_shop
from goodfor.demo.types import ABROAD, OFFERS, SUPPLIED
from goodfor.identity import queries as identity
from goodfor.identity.errors import ShopNotFound
from goodfor.identity.operations.add_staff import add_staff
from goodfor.identity.operations.create_shop import create_shop
from goodfor.identity.operations.create_user import create_user
from goodfor.identity.operations.issue_signin_link import issue_signin_link
from goodfor.identity.types import ShopView, StaffView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.locks import advisory_xact_lock

CODES_PER_SKU = 200
KEY_FILE = "demo-api-key"
#: The demo's stand-in for mail takes what the staff are told.
MAILBOX = "owner@shop.example"


@dataclass(frozen=True, slots=True)
class SeedInfo:
    """Where to go first. `api_key` is the demo client's, kept in a 0600 file of the data folder.

    `webhooks`: where the channels' stand-ins send their events.
    """

    storefront_url: str
    console_link: str
    api_key: str = field(repr=False)
    webhooks: dict[str, str] = field(default_factory=dict)


def run(data_dir: Path, empty: bool = False) -> SeedInfo:
    """Make the demo shop (or, with `empty`, a bare one) if there is none; harmless when repeated."""
    base = os.environ.get("GOODFOR_PUBLIC_URL", "http://127.0.0.1:8000")
    key_file = data_dir / KEY_FILE
    shop = _existing()
    if shop is None:
        shop = _make_bare() if empty else _make_demo(key_file)
    if not empty:
        world.open_letters(shop.id, utc_now())
    hooks: dict[str, str] = {}
    if channels := os.environ.get("GOODFOR_CHANNELS_URL"):
        stand_ins.renew_channels(shop.id, channels, utc_now())
        hooks = stand_ins.webhooks(shop.id, os.environ.get("GOODFOR_WEB_URL", base), utc_now())
    if suppliers := os.environ.get("GOODFOR_SUPPLIERS_URL"):
        supply_demo.renew_suppliers(shop.id, suppliers, utc_now())
    mailbox = "" if empty else MAILBOX
    api_key = key_file.read_text(encoding="ascii").strip() if key_file.exists() else ""
    return SeedInfo(f"{base}/", f"{base}/console/signin?token={_signin_token(shop, mailbox)}", api_key, hooks)


def _existing() -> ShopView | None:
    try:
        return identity.shop_by_code("demo")
    except ShopNotFound:
        return None


def _make_bare() -> ShopView:
    return create_shop(code="demo", name="我的商店", currency="CNY", actor=world.ACTOR, now=utc_now())


def _make_demo(key_file: Path) -> ShopView:
    now = utc_now()
    with transaction.atomic():
        advisory_xact_lock(("seed",))
        suppliers = os.environ.get("GOODFOR_SUPPLIERS_URL", "")
        made = world.make_shop(now, offers=(*OFFERS, *(SUPPLIED if suppliers else ()), *ABROAD))
        if gateway := os.environ.get("GOODFOR_SANDBOX_URL"):
            world.open_epay(made.shop_id, gateway, now)
        if channels := os.environ.get("GOODFOR_CHANNELS_URL"):
            stand_ins.open_channels(made.shop_id, channels, now)
        if suppliers:
            supply_demo.open_suppliers(made.shop_id, made.skus, suppliers, now)
    descriptor = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(made.api_key)
    currencies = {code: offer.currency for offer in ABROAD for code, *_rest in offer.skus}
    for code, sku_id in made.skus.items():
        if code in supply_demo.SOLD:
            continue
        codes, currency = world.random_codes(CODES_PER_SKU), currencies.get(code, "CNY")
        world.load_codes(made.shop_id, sku_id, codes, utc_now(), cost_minor=800, currency=currency)
    adopt_shop(shop_id=made.shop_id, actor=world.ACTOR, now=utc_now())
    dress_shop(shop_id=made.shop_id, actor=world.ACTOR, now=utc_now())
    shop = identity.shop_by_code("demo")
    mall_demo.open_mall(shop_id=shop.id, skus=made.skus, actor=_owner(shop, MAILBOX).actor, now=utc_now())
    plan_demo.offer_plan(shop=shop, skus=made.skus, actor=_owner(shop, MAILBOX).actor, now=utc_now())
    welfare_demo.open_welfare(shop_id=shop.id, actor=_owner(shop, MAILBOX).actor, now=utc_now())
    return shop


def _signin_token(shop: ShopView, mailbox: str) -> str:
    """A fresh link for the owner."""
    owner = _owner(shop, mailbox)
    return issue_signin_link(shop_id=shop.id, staff_id=owner.id, actor=world.ACTOR, now=utc_now()).token


def _owner(shop: ShopView, mailbox: str) -> StaffView:
    """Made with the first start."""
    staff = [member for member in identity.staff_of_shop(shop.id) if member.role == "owner" and member.active]
    if staff:
        return staff[0]
    users = get_user_model().objects.filter(username="owner")
    user_id = users[0].pk if users else create_user(username="owner", email=mailbox)
    return add_staff(shop_id=shop.id, user_id=user_id, role="owner", actor=world.ACTOR, now=utc_now())
