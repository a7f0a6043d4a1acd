"""Change what a shop is called, where it is, and how it works."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.identity.errors import InvalidIdentity, ShopNotFound
from goodfor.identity.hours import hours_of
from goodfor.identity.locks import lock_shop
from goodfor.identity.models import Shop
from goodfor.identity.queries import shop_view
from goodfor.identity.refund_limits import NO_BOUND, REFUND_DEFAULTS, raised_limits
from goodfor.identity.types import ShopView
from goodfor.kernel import audit
from goodfor.kernel.zones import zones

LOCALES: Final = ("zh-hans", "en")


def _text(limit: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and 0 < len(value) <= limit and value.isprintable()


def _number(most: int, least: int = 0) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _hours(value: Any) -> bool:
    return isinstance(value, str) and hours_of(value) is not None


#: Every setting that a shop may have, and what fits; others are refused. Amounts are minor units.
SETTINGS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "name_en": _text(100),
    "support": _text(200),
    "invoices": lambda value: isinstance(value, bool),
    "low_stock": _number(1_000_000),
    "staff_hours": _hours,
    **dict.fromkeys(REFUND_DEFAULTS, _number(1_000_000_00, NO_BOUND)),
}


def change_shop(
    *,
    shop_id: UUID,
    name: str,
    locale: str,
    timezone: str,
    settings: Mapping[str, Any],
    actor: str,
    now: datetime,
) -> ShopView:
    """Set name, language, time zone and the settings given; a setting of None goes back to its default.

    Settings that are not named stay as they are. What changed is audited, old and new; what did not is not. Limits of
    refunds that were raised are audited once more, by a line of their own.
    Raises ShopNotFound, InvalidIdentity with the name of the wrong field.
    """
    name = name.strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise InvalidIdentity(_("店铺名称需要 1 到 100 个字"), field="name")
    if locale not in LOCALES:
        raise InvalidIdentity(_("不支持的语言"), field="locale")
    if timezone not in zones():
        raise InvalidIdentity(_("不认识的时区"), field="timezone")
    for key, value in settings.items():
        if key not in SETTINGS or (value is not None and not SETTINGS[key](value)):
            raise InvalidIdentity(_("这一项的内容不合要求"), field=key)
    with transaction.atomic():
        if not lock_shop(shop_id):
            raise ShopNotFound
        shop = Shop.objects.get(pk=shop_id)
        before = {"name": shop.name, "locale": shop.locale, "timezone": shop.timezone, **_known(shop.settings)}
        kept = {key: value for key, value in {**shop.settings, **settings}.items() if value is not None}
        after = {"name": name, "locale": locale, "timezone": timezone, **_known(kept)}
        changed = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
        if changed:
            shop.name, shop.locale, shop.timezone, shop.settings = name, locale, timezone, kept
            shop.save(update_fields=["name", "locale", "timezone", "settings"])
            audit.record(
                shop_id=shop_id,
                actor=actor,
                action="identity.shop_changed",
                subject=("shop", shop_id),
                data={
                    "before": {key: before.get(key) for key in changed},
                    "after": {key: after.get(key) for key in changed},
                },
                now=now,
            )
            _note_raised(shop_id, before, after, actor, now)
    return shop_view(shop)


def _note_raised(shop_id: UUID, before: Mapping[str, Any], after: Mapping[str, Any], actor: str, now: datetime) -> None:
    raised = raised_limits(before, after)
    if raised:
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="identity.refund_limits_raised",
            subject=("shop", shop_id),
            data={
                "before": {key: before.get(key) for key in raised},
                "after": {key: after.get(key) for key in raised},
            },
            now=now,
        )


def _known(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {key: settings[key] for key in SETTINGS if key in settings}
