"""The demo shop, made through the rooms' own operations: for `up`, the demo, benches and soaks. Brands are invented."""

import os
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from goodfor.catalog import operations as catalog
from goodfor.demo.types import CATEGORIES, FEW, Offer
from goodfor.identity.operations.create_api_client import create_api_client
from goodfor.identity.operations.create_shop import create_shop
from goodfor.identity.types import Scope
from goodfor.kernel.money import Money
from goodfor.notify import queries as notify
from goodfor.notify.operations.open_channel_account import open_channel_account
from goodfor.notify.operations.save_template import save_template
from goodfor.orders.operations.top_up_wallet import top_up_wallet
from goodfor.payments.operations.open_account import open_account
from goodfor.sandbox.demo import demo_merchant
from goodfor.sandbox.notify import demo as letters
from goodfor.vault.operations.import_file import import_file
from goodfor.vault.types import ImportOptions

ACTOR = "system:demo"
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
WALLET_MINOR = 100_000_000_00


@dataclass(frozen=True, slots=True)
class DemoShop:
    """What was made: SKU ids by their code, the API key (shown once) and the wallet behind it."""

    shop_id: UUID
    skus: dict[str, UUID]
    api_key: str = field(repr=False)
    client_id: UUID
    wallet_account: str


def random_codes(count: int) -> list[tuple[str, str]]:
    """`count` different pairs of a card number and a 16-character secret."""
    start = secrets.randbelow(10**9)
    return [(f"GF{start + i:014d}", "".join(secrets.choice(_ALPHABET) for _ in range(16))) for i in range(count)]


def load_codes(
    shop_id: UUID,
    sku_id: UUID,
    codes: Sequence[tuple[str, str]],
    now: datetime,
    cost_minor: int = 0,
    currency: str = "CNY",
) -> int:
    """Import pairs through a real CSV file; returns how many were accepted."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{sku_id}.csv"
        path.write_text("卡号,卡密\n" + "".join(f"{n},{s}\n" for n, s in codes), encoding="utf-8")
        done = import_file(
            shop_id=shop_id,
            sku_id=sku_id,
            path=path,
            options=ImportOptions(currency=currency, unit_cost_minor=cost_minor),
            actor=ACTOR,
            now=now,
        )
    return done.batch.counts.accepted


def make_shop(now: datetime, code: str = "demo", name: str = "好码小店", offers: Sequence[Offer] = FEW) -> DemoShop:
    """A shop with its shelves, products, an API client with a funded wallet, and payment by balance; no codes yet."""
    shop = create_shop(
        code=code, name=name, currency="CNY", settings={"support": "support@shop.example"}, actor=ACTOR, now=now
    )
    shelves = {
        slug: catalog.create_category(shop_id=shop.id, slug=slug, name=label, position=i, actor=ACTOR, now=now)
        for i, (slug, label) in enumerate(CATEGORIES)
    }
    skus: dict[str, UUID] = {}
    for position, offer in enumerate(offers):
        product_id = catalog.create_product(
            shop_id=shop.id,
            category_id=shelves[offer.category],
            slug=offer.slug,
            name=offer.name,
            summary=offer.summary,
            how_to_use=offer.how_to_use,
            validity_text=offer.validity,
            scenes=offer.scenes,
            position=position,
            actor=ACTOR,
            now=now,
        )
        for i, (sku_code, sku_name, label, price, list_price) in enumerate(offer.skus):
            skus[sku_code] = catalog.create_sku(
                shop_id=shop.id,
                product_id=product_id,
                code=sku_code,
                name=sku_name,
                face_value_label=label,
                price=Money(price, offer.currency),
                list_price=Money(list_price, offer.currency),
                position=i,
                actor=ACTOR,
                now=now,
            )
    open_account(
        shop_id=shop.id, provider="balance", code="balance", name="余额", currency="CNY", config={}, secrets={},
        methods=("balance",), enabled=True, actor=ACTOR, now=now,
    )  # fmt: skip
    key = create_api_client(
        shop_id=shop.id, name="演示客户", scopes=[str(s) for s in Scope], rate_per_minute=600_000, actor=ACTOR, now=now
    )
    top_up_wallet(
        shop_id=shop.id,
        client_id=key.client.id,
        wallet_account=key.client.wallet_account,
        amount=Money(WALLET_MINOR, "CNY"),
        reference=f"demo-{key.client.id}",
        actor=ACTOR,
        now=now,
    )
    return DemoShop(shop.id, skus, key.api_key, key.client.id, key.client.wallet_account)


def open_epay(shop_id: UUID, gateway: str, now: datetime, *, version: str = "v1", code: str = "epay") -> UUID:
    """An EPay account at a stand-in gateway, with the demo merchant's credentials; returns the account's id."""
    merchant = demo_merchant()
    config = {"gateway": gateway, "pid": merchant.pid, "version": version, "query_method": "POST"}
    secret = {"key": merchant.md5_key}
    if version == "v2":
        secret = {"private_key": merchant.merchant_private_pem}
        config["platform_key"] = merchant.platform_public_pem
    view = open_account(
        shop_id=shop_id,
        provider="epay",
        code=code,
        name="易支付" if version == "v1" else "易支付 V2",
        currency="CNY",
        config=config,
        secrets=secret,
        methods=("alipay", "wxpay"),
        enabled=True,
        actor=ACTOR,
        now=now,
    )
    return view.id


def open_letters(shop_id: UUID, now: datetime) -> None:
    """Mail, SMS, push and a group robot at the stand-ins that `up` started; renewed when their ports are others."""
    url, smtp_port = os.environ.get("GOODFOR_LETTERS_URL", ""), os.environ.get("GOODFOR_LETTERS_SMTP_PORT", "")
    if not url or not smtp_port:
        return
    sender = {"from_email": "shop@shop.example", "from_name": "好码小店"}
    smtp = {"host": "127.0.0.1", "port": int(smtp_port), "security": "none", "username": letters.SMTP_USER, **sender}
    sms = {"access_key_id": letters.ALIYUN_KEY_ID, "sign_name": letters.SIGN_NAME, "base_url": url}
    robot = {"token": letters.FEISHU_TOKEN, "secret": letters.FEISHU_SECRET}
    wanted: tuple[tuple[str, str, str, dict[str, Any], dict[str, str]], ...] = (
        ("email", "smtp", "邮件（替身）", smtp, {"password": letters.SMTP_PASSWORD}),
        ("sms", "aliyun", "短信（替身）", sms, {"access_key_secret": letters.ALIYUN_KEY_SECRET}),
        ("webpush", "webpush", "浏览器推送", {"subject": "mailto:shop@shop.example"}, {}),
        ("feishu", "feishu", "飞书群（替身）", {"base_url": url}, robot),
    )
    known = {account.channel: account for account in notify.accounts(shop_id)}
    for channel, provider, name, config, secret in wanted:
        before = known.get(channel)
        if before is not None and (before.provider != provider or config.items() <= before.config.items()):
            # As it is, or the operator's own by now.
            continue
        open_channel_account(
            shop_id=shop_id,
            channel=channel,
            provider=provider,
            name=name,
            config=config,
            secrets=secret,
            actor=ACTOR,
            now=now,
        )
    if "sms" not in known:
        draft = notify.template(shop_id, "signin_code", "sms", "zh").draft
        for language in ("zh", "en"):
            save_template(
                shop_id=shop_id,
                scene="signin_code",
                channel="sms",
                language=language,
                draft=replace(draft, vendor_template="SMS_100000001"),
                actor=ACTOR,
                now=now,
            )
