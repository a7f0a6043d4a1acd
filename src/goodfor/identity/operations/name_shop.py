"""Give a shop its names and the address where its buyers find help."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, JSONField, Value
from django.db.models.expressions import CombinedExpression
from django.utils.translation import gettext_lazy as _

from goodfor.identity.errors import InvalidIdentity, ShopNotFound
from goodfor.identity.models import Shop
from goodfor.kernel import audit

MAX_NAME, MAX_SUPPORT = 100, 200


@transaction.atomic
def name_shop(*, shop_id: UUID, name: str, name_en: str, support: str, actor: str, now: datetime) -> None:
    """Set the name, the English name (may be empty) and the contact; other settings stay. Raises InvalidIdentity.

    ShopNotFound where there is no such shop. The audit trail keeps the old and the new words.
    """
    words = {"name": name.strip(), "name_en": name_en.strip(), "support": support.strip()}
    if not words["name"] or len(words["name"]) > MAX_NAME or "\x00" in words["name"]:
        raise InvalidIdentity(_("店铺名称需要 1 到 100 个字"), field="name")
    if len(words["name_en"]) > MAX_NAME or "\x00" in words["name_en"]:
        raise InvalidIdentity(_("英文名称最长 100 个字"), field="name_en")
    if not words["support"] or len(words["support"]) > MAX_SUPPORT or "\x00" in words["support"]:
        raise InvalidIdentity(_("请填写买家找得到你的联系方式，最长 200 个字"), field="support")
    shops = Shop.objects.filter(pk=shop_id)
    before = shops.first()
    if before is None:
        raise ShopNotFound
    added = {"name_en": words["name_en"], "support": words["support"]}
    merged = CombinedExpression(F("settings"), "||", Value(added, JSONField()), output_field=JSONField())
    shops.update(name=words["name"], settings=merged)
    old = {"name": before.name, **{key: before.settings.get(key, "") for key in added}}
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="identity.shop_named",
        subject=("shop", shop_id),
        data={"old": old, "new": words},
        now=now,
    )
