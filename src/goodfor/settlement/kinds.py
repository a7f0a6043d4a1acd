"""What kind of item a posting is on a statement, told by its kind and reference in the ledger. Pure."""

from typing import Final

SALE: Final = "sale"
REFUND: Final = "refund"
RECOURSE: Final = "recourse"
FEE: Final = "fee"
TAX: Final = "tax"
PURCHASE: Final = "purchase"
HOLD_BACK: Final = "hold_back"
RESHARED: Final = "reshared"
BY_SPLIT: Final = "by_split"
ADJUSTMENT: Final = "adjustment"
KINDS: Final = (SALE, REFUND, RECOURSE, FEE, TAX, PURCHASE, HOLD_BACK, RESHARED, BY_SPLIT, ADJUSTMENT)

#: Settlement's own movements of accrued accounts: lists of them would list themselves.
OWN: Final = "settlement.statement"
RELEASE: Final = "settlement.release"
#: How references or kinds begin; the first that fits counts.
_BEGINNINGS: Final = (
    (RELEASE, HOLD_BACK),
    ("unshare", REFUND),
    # An agreement that was made anew and dated back: the difference to what was shared before.
    ("reshare", RESHARED),
    # What the channel itself has paid of it.
    ("bysplit", BY_SPLIT),
    ("share", SALE),
    ("deliver", SALE),
    ("refund", REFUND),
    ("takeback", REFUND),
    ("comp", RECOURSE),
    ("recover", RECOURSE),
    ("recourse", RECOURSE),
    ("claim", RECOURSE),
    ("fee", FEE),
    ("channel_fee", FEE),
    ("vat", TAX),
    ("tax", TAX),
    ("sup", PURCHASE),
    ("purchase", PURCHASE),
)


def kind_of(kind: str, reference: str) -> str:
    """One of KINDS. What undoes another transaction keeps its kind; what nobody foresaw is an adjustment."""
    for text in (kind, reference):
        for beginning, what in _BEGINNINGS:
            if text.startswith(beginning):
                return what
    return ADJUSTMENT
