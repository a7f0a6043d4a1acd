"""Open a shop."""

import re
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from goodfor.identity.errors import InvalidIdentity, ShopExists
from goodfor.identity.models import Shop
from goodfor.identity.queries import normal_host, shop_view
from goodfor.identity.types import ShopView
from goodfor.kernel import audit
from goodfor.kernel.zones import zones

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}\Z")
_CURRENCY = re.compile(r"[A-Z]{3}\Z")


def create_shop(
    *,
    code: str,
    name: str,
    currency: str,
    locale: str = "zh-hans",
    timezone: str = "Asia/Shanghai",
    host: str | None = None,
    settings: dict[str, Any] | None = None,
    actor: str,
    now: datetime,
) -> ShopView:
    """Open a shop; its currency (ISO 4217) and code never change. Raises InvalidIdentity, ShopExists."""
    name = name.strip()
    if not _CODE.match(code):
        raise InvalidIdentity(_("店铺代码由小写字母、数字和连字符组成，最长 32 位"), field="code")
    if not name or len(name) > 100:
        raise InvalidIdentity(_("店铺名称需要 1 到 100 个字"), field="name")
    if not _CURRENCY.match(currency):
        raise InvalidIdentity(_("币种是三个大写字母"), field="currency")
    if timezone not in zones():
        raise InvalidIdentity(_("不认识的时区"), field="timezone")
    try:
        with transaction.atomic():
            shop = Shop.objects.create(
                code=code,
                name=name,
                currency=currency,
                locale=locale,
                timezone=timezone,
                host=normal_host(host) if host else None,
                settings=settings or {},
                created_at=now,
            )
            audit.record(
                shop_id=shop.id,
                actor=actor,
                action="identity.shop_created",
                subject=("shop", shop.id),
                data={"code": code, "currency": currency, "host": shop.host},
                now=now,
            )
    except IntegrityError as error:
        raise ShopExists from error
    return shop_view(shop)
