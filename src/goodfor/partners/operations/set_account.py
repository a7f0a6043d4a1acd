"""Make a partner, change it, and give it another secret."""

import ipaddress
import re
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from goodfor.identity import queries as identity
from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.kernel.outbound.http import is_safe_url
from goodfor.partners import states
from goodfor.partners.errors import InvalidPartner
from goodfor.partners.locks import lock_account
from goodfor.partners.mapping import account_view, seal_secret
from goodfor.partners.models import Account
from goodfor.partners.types import AccountView, AccountWish

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_KEY: Final = re.compile(r"[A-Za-z0-9_.-]{4,64}")
_ADDRESSES: Final = ("login_url", "deduct_url", "notice_url", "query_url")
LEAST_SECRET: Final = 16


def make_account(*, shop_id: UUID, code: str, role: str, wish: AccountWish, actor: str, now: datetime) -> AccountView:
    """`code` and `role` stay for ever. Raises InvalidPartner with `field`."""
    if not _CODE.fullmatch(code):
        raise InvalidPartner(_("代码用小写字母、数字和短横线，最多 32 个"), field="code")
    if role not in states.ROLES:
        raise InvalidPartner(field="role")
    if not wish.secret:
        raise InvalidPartner(_("请填写密钥"), field="secret")
    row = Account(
        id=uuid7(), shop_id=shop_id, code=code, role=role, currency=identity.shop_by_id(shop_id).currency, made_at=now
    )
    return _save(row, wish, actor, now, made=True)


def set_account(*, shop_id: UUID, account_id: UUID, wish: AccountWish, actor: str, now: datetime) -> AccountView:
    """From now on; without a secret the old one stays. Raises PartnerNotFound, InvalidPartner with `field`."""
    with transaction.atomic():
        return _save(lock_account(shop_id, account_id), wish, actor, now, made=False)


def _save(row: Account, wish: AccountWish, actor: str, now: datetime, *, made: bool) -> AccountView:
    _check(wish, row.role)
    for name in ("app_key", "signing", *_ADDRESSES, "value_centi", "call_most", "day_most", "add_call_most",
                 "add_day_most", "enabled"):  # fmt: skip
        setattr(row, name, getattr(wish, name))
    row.name, row.ips = wish.name.strip(), list(wish.ips)
    row.changed_at, row.changed_by = now, actor[:80]
    if wish.secret:
        seal_secret(row, wish.secret)
    try:
        with transaction.atomic():
            row.save(force_insert=made)
            audit.record(
                shop_id=row.shop_id, actor=actor, action="partners.made" if made else "partners.set",
                subject=("partner", row.id),
                data={"code": row.code, "role": row.role, "app_key": row.app_key, "secret": bool(wish.secret),
                      "enabled": row.enabled, "value_centi": row.value_centi, "call_most": row.call_most,
                      "day_most": row.day_most, "add_day_most": row.add_day_most},
                now=now,
            )  # fmt: skip
    except IntegrityError as error:
        field = "app_key" if "partners_account_key" in str(error) else "code"
        raise InvalidPartner(_("这个代码或应用标识已被另一个合作方使用"), field=field) from None
    return account_view(row)


def _check(wish: AccountWish, role: str) -> None:
    if not 1 <= len(wish.name.strip()) <= 80:
        raise InvalidPartner(field="name")
    if not _KEY.fullmatch(wish.app_key):
        raise InvalidPartner(field="app_key")
    if wish.secret and not LEAST_SECRET <= len(wish.secret) <= 200:
        raise InvalidPartner(_("密钥至少 16 个字符"), field="secret")
    if wish.signing not in states.SIGNINGS:
        raise InvalidPartner(field="signing")
    for name in _ADDRESSES:
        url = getattr(wish, name)
        # Parameters of its own would be signed on one side only.
        if url and (len(url) > 200 or "?" in url or not is_safe_url(url)):
            raise InvalidPartner(_("地址要以 https 开头，不能带参数"), field=name)
    if role == states.MALL and wish.enabled and not (wish.deduct_url and wish.notice_url):
        raise InvalidPartner(_("启用前请填写扣积分和通知地址"), field="deduct_url")
    try:
        _check_ips(wish.ips)
    except ValueError:
        raise InvalidPartner(_("请填写 IP 地址或网段，一行一个"), field="ips") from None
    _check_figures(wish, role)


def _check_ips(ips: tuple[str, ...]) -> None:
    if len(ips) > 50 or any(len(one) > 50 for one in ips):
        raise ValueError("too many")
    for one in ips:
        ipaddress.ip_network(one, strict=False)


def _check_figures(wish: AccountWish, role: str) -> None:
    bounds = {
        "value_centi": (1, 100_000), "call_most": (0, 10**9), "day_most": (0, 10**12), "add_call_most": (0, 10**9),
        "add_day_most": (0, 10**12),
    }  # fmt: skip
    for name, (least, most) in bounds.items():
        if not least <= getattr(wish, name) <= most:
            raise InvalidPartner(_("数值超出范围"), field=name)
    if role == states.MALL and (wish.add_call_most or wish.add_day_most):
        raise InvalidPartner(field="add_call_most")
