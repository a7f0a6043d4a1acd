"""Connect a supplier, or change how it is connected."""

import json
import re
import secrets as random_secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from goodfor.kernel import audit
from goodfor.kernel.crypto import DecryptFailed, keyring
from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import EXPONENTS
from goodfor.ledger import operations as ledger
from goodfor.supply import entries
from goodfor.supply.errors import SupplierInvalid
from goodfor.supply.locks import lock_supplier
from goodfor.supply.mapping import secret_aad, site_of, supplier_view
from goodfor.supply.models import CYCLES, Supplier
from goodfor.supply.providers.registry import connector_for
from goodfor.supply.providers.values import ConfigProblem, Site
from goodfor.supply.types import SupplierView

_CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")
#: The ledger's name for what is owed for codes from files.
_TAKEN: Final = frozenset({"stock"})


@dataclass(frozen=True, slots=True)
class Contract:
    """What was agreed with a supplier. `rate`: one of their currency in the shop's."""

    cycle: str = "prepaid"
    rate: Decimal = Decimal(1)
    credit: Decimal = Decimal(0)
    low_balance: Decimal | None = None
    priority: int = 100
    cutoff_minute: int = 0
    tax_class: str = ""
    refund_days: int | None = None
    replaceable: bool = False
    promise_seconds: int | None = None
    #: Whom to call: a name, a number, a chat.
    contact: str = ""
    #: What may be lost in a day, in the shop's minor units, to prices that rise between question and order, where the
    #: protocol has no guard; None or 0: nothing is bought there then.
    surprise_minor: int | None = None
    #: Bad codes within 7 days, in hundredths of a percent, from which it counts as dearer, is held back, is suspended;
    #: 0: never; and how many units there must be for that.
    bad_least_units: int = 50
    bad_weigh_points: int = 100
    bad_hold_points: int = 300
    bad_suspend_points: int = 1000

    def columns(self) -> dict[str, Any]:
        """By the names of the table."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Connection:
    """Protocol, address and keys. Secrets that are not given stay as they are."""

    protocol: str
    code: str
    name: str
    currency: str
    config: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


def connect_supplier(
    *, shop_id: UUID, wanted: Connection, contract: Contract, shop_currency: str, actor: str, now: datetime,
) -> SupplierView:  # fmt: skip
    """A new supplier, switched off until a call was tried. Raises SupplierInvalid with the name of the wrong field."""
    if not _CODE.fullmatch(wanted.code) or wanted.code in _TAKEN:
        raise SupplierInvalid(_("编码只能用字母、数字、下划线和短横线"), field="code")
    _check(wanted, contract, shop_currency)
    supplier_id = uuid7()
    _check_connector(
        wanted.protocol, Site(supplier_id, shop_id, wanted.code, wanted.currency, wanted.config, wanted.secrets)
    )
    sealed = keyring().seal(json.dumps(dict(wanted.secrets)).encode(), secret_aad(supplier_id, shop_id))
    try:
        with transaction.atomic():
            row = Supplier.objects.create(
                id=supplier_id, shop_id=shop_id, code=wanted.code, name=wanted.name, protocol=wanted.protocol,
                currency=wanted.currency, config=dict(wanted.config), secret_key_id=sealed.key_id,
                secret_blob=sealed.blob, hook=random_secrets.token_urlsafe(32), created_at=now,
                sweep_at=now, **contract.columns(),
            )  # fmt: skip
            if contract.cycle == "prepaid" and wanted.currency == shop_currency:
                floor = -entries.minor(contract.credit, Decimal(1), EXPONENTS[shop_currency])
                ledger.open_account(
                    shop_id=shop_id,
                    code=entries.prepaid(wanted.code),
                    currency=shop_currency,
                    floor_minor=floor,
                    now=now,
                )
            _note(row, "supply.supplier_connected", wanted, contract, actor, now)
    except IntegrityError as error:
        if "supply_supplier_code" in str(error):
            raise SupplierInvalid(_("该编码已用于另一个供应商"), field="code") from None
        raise
    return supplier_view(row)


@transaction.atomic(savepoint=False)
def reconnect_supplier(
    *, shop_id: UUID, supplier_id: UUID, wanted: Connection, contract: Contract, shop_currency: str, actor: str,
    now: datetime,
) -> SupplierView:  # fmt: skip
    """Other settings, keys or terms; protocol, code, currency and cycle stay, since books and purchases hang on them.

    Raises SupplierNotFound, SupplierInvalid.
    """
    row = lock_supplier(shop_id, supplier_id)
    if (wanted.protocol, wanted.code, wanted.currency, contract.cycle) != (
        row.protocol, row.code, row.currency, row.cycle,
    ):  # fmt: skip
        raise SupplierInvalid(field="protocol", reason="fixed")
    _check(wanted, contract, shop_currency)
    merged = {**_held(row), **{key: value for key, value in wanted.secrets.items() if value}}
    _check_connector(row.protocol, Site(row.id, shop_id, row.code, row.currency, wanted.config, merged))
    sealed = keyring().seal(json.dumps(merged).encode(), secret_aad(row.id, shop_id))
    columns = contract.columns() | {
        "name": wanted.name, "config": dict(wanted.config), "secret_key_id": sealed.key_id, "secret_blob": sealed.blob,
    }  # fmt: skip
    Supplier.objects.filter(shop_id=shop_id, id=row.id).update(**columns)
    _note(row, "supply.supplier_changed", wanted, contract, actor, now)
    row.refresh_from_db()
    return supplier_view(row)


@transaction.atomic(savepoint=False)
def switch_supplier(*, shop_id: UUID, supplier_id: UUID, enabled: bool, actor: str, now: datetime) -> None:
    """Buy from it, or no more; what is under way goes on. Raises SupplierNotFound."""
    row = lock_supplier(shop_id, supplier_id)
    if row.enabled == enabled:
        return
    Supplier.objects.filter(shop_id=shop_id, id=row.id).update(enabled=enabled)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="supply.supplier_switched",
        subject=("supply.supplier", row.id),
        data={"code": row.code, "enabled": enabled},
        now=now,
    )


def _held(row: Supplier) -> Mapping[str, str]:
    """The secrets that are there; none where no key of ours opens them any more: then all are given anew."""
    try:
        return site_of(row).secrets
    except DecryptFailed:
        return {}


def _check(wanted: Connection, contract: Contract, shop_currency: str) -> None:
    if not 0 < len(wanted.name) <= 100:
        raise SupplierInvalid(_("请填写名称"), field="name")
    if contract.cycle not in CYCLES:
        raise SupplierInvalid(field="cycle")
    if wanted.currency not in EXPONENTS:
        raise SupplierInvalid(_("不支持的币种"), field="currency")
    if contract.rate <= 0 or (wanted.currency == shop_currency and contract.rate != 1):
        raise SupplierInvalid(_("同币种的汇率是 1，其他币种请填写折算到店铺币种的汇率"), field="rate")
    if contract.credit < 0 or not 0 <= contract.cutoff_minute < 1440:
        raise SupplierInvalid(field="credit")
    if contract.surprise_minor is not None and not 0 <= contract.surprise_minor < 2**63:
        raise SupplierInvalid(field="surprise")
    if not 1 <= contract.bad_least_units < 2**31:
        raise SupplierInvalid(_("请写成整数"), field="bad_units")
    for name in ("weigh", "hold", "suspend"):
        if not 0 <= getattr(contract, f"bad_{name}_points") <= 10_000:
            raise SupplierInvalid(_("百分比请填 0 到 100"), field=f"bad_{name}")


def _check_connector(protocol: str, site: Site) -> None:
    connector = connector_for(protocol)
    if connector is None:
        raise SupplierInvalid(_("没有这种供货协议"), field="protocol")
    try:
        connector.catalogue.check(site)
    except ConfigProblem as problem:
        raise SupplierInvalid(field=problem.field_name, reason=problem.code) from None


def _note(row: Supplier, action: str, wanted: Connection, contract: Contract, actor: str, now: datetime) -> None:
    audit.record(
        shop_id=row.shop_id,
        actor=actor,
        action=action,
        subject=("supply.supplier", row.id),
        data={
            "protocol": row.protocol,
            "code": row.code,
            "secrets": sorted(filter(wanted.secrets.get, wanted.secrets)),
            # Where it may cost money that no rule allowed, who said so is written down.
            "surprise_minor": contract.surprise_minor,
            "bad_codes": [
                contract.bad_least_units,
                contract.bad_weigh_points,
                contract.bad_hold_points,
                contract.bad_suspend_points,
            ],
        },
        now=now,
    )
