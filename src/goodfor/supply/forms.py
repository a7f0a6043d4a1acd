"""Which form a top-up asks for now, and how it was topped up. Reads, for `queries`."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import F

from goodfor.kernel.money import EXPONENTS
from goodfor.supply import entries, states
from goodfor.supply.asked import common_form, form_in, judged
from goodfor.supply.errors import FormInvalid
from goodfor.supply.models import Offer, Supplier
from goodfor.supply.providers.values import FormField
from goodfor.supply.purchase_models import Attempt
from goodfor.supply.types import AskedField, ToppedUp


def direct_offers(shop_id: UUID, sku_id: UUID) -> list[Offer]:
    """Open offers of top-ups with their items, in the order of who would be asked first by contract and cost."""
    rows = (
        Offer.objects.filter(shop_id=shop_id, sku_id=sku_id, enabled=True, item__shop_id=shop_id, item__kind="direct")
        .exclude(item__state__in=("deleted", "banned"))
        .select_related("item")
    )
    open_ones = Supplier.objects.filter(shop_id=shop_id, id__in=[row.supplier_id for row in rows], enabled=True)
    known = {row.id: row for row in open_ones}
    found = [row for row in rows if row.supplier_id in known]

    def rank(row: Offer) -> tuple[object, ...]:
        supplier = known[row.supplier_id]
        cost = row.item.cost * supplier.rate
        return (row.item.state != "on", not row.item.whole, row.priority, supplier.priority, cost, row.id)

    return sorted(found, key=rank)


def _form(shop_id: UUID, sku_id: UUID) -> tuple[FormField, ...]:
    offers = direct_offers(shop_id, sku_id)
    return common_form(form_in(offers[0].item.terms)) if offers else ()


def form_of(shop_id: UUID, sku_id: UUID) -> tuple[AskedField, ...]:
    """What is asked of whoever buys this top-up: the form of whom it is bought from first, in common names."""
    return tuple(
        AskedField(
            one.key, one.label, one.type, one.required, one.hint, one.format or "any", tuple(o[1] for o in one.options)
        )
        for one in _form(shop_id, sku_id)
    )


def checked_form(shop_id: UUID, sku_id: UUID, filled: Mapping[str, str]) -> dict[str, str]:
    """What was filled in, as it is kept. Raises FormInvalid: something is missing, wrong, or not asked for."""
    form = _form(shop_id, sku_id)
    kept, problems = judged(form, filled)
    if problems:
        raise FormInvalid(problems=problems)
    return kept


def topped_up(shop_id: UUID, line_id: UUID) -> list[ToppedUp]:
    """The purchases that topped up what a line ordered, oldest first. Nothing of what came late, for nobody."""
    done = Attempt.objects.filter(
        shop_id=shop_id, want__shop_id=shop_id, want__line_id=line_id, want__kind="direct",
        state__in=(states.DELIVERED, states.PARTIAL),
    )  # fmt: skip
    rows = list(done.annotate(money=F("want__currency")).order_by("ended_at", "id"))
    suppliers = {
        row.id: row for row in Supplier.objects.filter(shop_id=shop_id, id__in=[one.supplier_id for one in rows])
    }
    return [
        ToppedUp(
            row.number, suppliers[row.supplier_id].name, row.ref, row.got,
            entries.minor(row.charged or row.max_cost, suppliers[row.supplier_id].rate, EXPONENTS[row.money]),
            row.word, row.ended_at or row.sent_at,
        )
        for row in rows
    ]  # fmt: skip
