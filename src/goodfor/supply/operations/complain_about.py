"""Have complaints about bad codes sent to the suppliers that sold them: one for each purchase."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from goodfor.supply.operations.put_inquiries import Wish, bought_codes, put_inquiries

#: Of the 500 letters that they take, the rest names codes by their own numbers.
_WORDS = 300


def complain_about(
    *, shop_id: UUID, subject: UUID, code_ids: Iterable[UUID], text: str, now: datetime, anew: bool = False
) -> int:  # fmt: skip
    """How many complaints are new; `ComplaintEnded` tells what came of each that was heard, else `SupplierAnswered`.

    `text` goes to the supplier: no codes, no names. `anew` as with `ask_about`.
    """
    refs: dict[tuple[UUID, UUID], list[str]] = {}
    for one in bought_codes(shop_id, code_ids):
        refs.setdefault((one.attempt_id, one.supplier_id), []).append(one.code_ref)
    wishes = [
        Wish(attempt_id, supplier_id, text=_words(text, [ref for ref in found if ref]))
        for (attempt_id, supplier_id), found in sorted(refs.items())
    ]
    return put_inquiries(shop_id=shop_id, subject=subject, kind="complain", wishes=wishes, anew=anew, now=now)


def _words(text: str, refs: list[str]) -> str:
    named = text.strip()[:_WORDS]
    for ref in refs:
        if len(named) + len(ref) + 1 > 500:
            break
        named = f"{named} {ref}"
    return named
