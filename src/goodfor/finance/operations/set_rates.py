"""Set rates from a time on: VAT of a class, the class of a SKU, what a channel account keeps."""

import re
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.catalog import queries as catalog
from goodfor.finance import states
from goodfor.finance.errors import InvalidRate
from goodfor.finance.models import CODE, FeeRate, SkuTax, TaxRate
from goodfor.kernel import audit
from goodfor.kernel.locks import advisory_xact_lock


def set_tax_rate(
    *, shop_id: UUID, tax_class: str, rate_bp: int, valid_from: datetime, actor: str, now: datetime
) -> None:
    """The VAT rate of a class, in ten thousandths of the price without tax. What was booked stays.

    The same time again with another rate is refused. Raises InvalidRate.
    """
    if not re.fullmatch(CODE, tax_class) or not 0 <= rate_bp <= states.WHOLE:
        raise InvalidRate(tax_class=tax_class[:32])
    with transaction.atomic():
        advisory_xact_lock(("finance", shop_id))
        known = TaxRate.objects.filter(shop_id=shop_id, tax_class=tax_class, valid_from=valid_from).first()
        if known is not None:
            if known.rate_bp != rate_bp:
                raise InvalidRate(tax_class=tax_class, known_bp=known.rate_bp)
            return
        TaxRate.objects.create(
            shop_id=shop_id,
            tax_class=tax_class,
            rate_bp=rate_bp,
            valid_from=valid_from,
            made_at=now,
            made_by=actor[:80],
        )
        data = {"rate_bp": rate_bp, "valid_from": valid_from.isoformat()}
        _note(shop_id, "finance.tax_rate_set", ("finance.tax_rate", tax_class), data, actor, now)


def set_sku_tax(
    *, shop_id: UUID, sku_id: UUID, tax_class: str, valid_from: datetime, actor: str, now: datetime,
    card_sale: bool = False,
) -> None:  # fmt: skip
    """The class of a SKU; `card_sale`: a card that is taxed when it is redeemed, not when it is sold.

    Raises InvalidRate: no such SKU, not a class, or the same time again with something else.
    """
    if not re.fullmatch(CODE, tax_class) or not catalog.desk_skus(shop_id, [sku_id]):
        raise InvalidRate(tax_class=tax_class[:32], sku_id=str(sku_id))
    with transaction.atomic():
        advisory_xact_lock(("finance", shop_id))
        known = SkuTax.objects.filter(shop_id=shop_id, sku_id=sku_id, valid_from=valid_from).first()
        if known is not None:
            if (known.tax_class, known.card_sale) != (tax_class, card_sale):
                raise InvalidRate(tax_class=known.tax_class, sku_id=str(sku_id))
            return
        SkuTax.objects.create(
            shop_id=shop_id, sku_id=sku_id, tax_class=tax_class, card_sale=card_sale, valid_from=valid_from,
            made_at=now, made_by=actor[:80],
        )  # fmt: skip
        data = {"tax_class": tax_class, "card_sale": card_sale, "valid_from": valid_from.isoformat()}
        _note(shop_id, "finance.sku_tax_set", ("catalog.sku", sku_id), data, actor, now)


def set_fee_rate(
    *, shop_id: UUID, provider: str, account_code: str, millionths: int, valid_from: datetime, actor: str,
    now: datetime,
) -> None:  # fmt: skip
    """What a channel account keeps, in millionths of the amount (0.6 %: 6,000); an empty code: all of the provider's.

    Only estimates use it: bills say what was kept. Raises InvalidRate.
    """
    if not provider or len(provider) > 32 or len(account_code) > 32 or not 0 <= millionths <= 1_000_000:
        raise InvalidRate(provider=provider[:32])
    key = {"shop_id": shop_id, "provider": provider, "account_code": account_code, "valid_from": valid_from}
    with transaction.atomic():
        advisory_xact_lock(("finance", shop_id))
        known = FeeRate.objects.filter(**key).first()
        if known is not None:
            if known.millionths != millionths:
                raise InvalidRate(provider=provider, known=known.millionths)
            return
        FeeRate.objects.create(**key, millionths=millionths, made_at=now, made_by=actor[:80])
        data = {"millionths": millionths, "account": account_code, "valid_from": valid_from.isoformat()}
        _note(shop_id, "finance.fee_rate_set", ("payments.provider", provider), data, actor, now)


def _note(
    shop_id: UUID, action: str, subject: tuple[str, UUID | str], data: dict[str, object], actor: str, now: datetime
) -> None:
    audit.record(shop_id=shop_id, actor=actor, action=action, subject=subject, data=data, now=now)
