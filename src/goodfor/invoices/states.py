"""The states of an invoice, and its kinds and classes. Pure."""

from typing import Final

from goodfor.kernel.statemachine import Machine

REQUESTED: Final = "requested"
ISSUING: Final = "issuing"
UNKNOWN: Final = "unknown"
ISSUED: Final = "issued"
FAILED: Final = "failed"
WITHDRAWN: Final = "withdrawn"
RED_LETTERED: Final = "red_lettered"

#: `issuing -> requested` only when the call certainly never left this machine. An unknown one is asked about, and sent
#: again only after the issuer said that it does not know the number. `red_lettered`: all of it was taken back.
INVOICE: Final = Machine(
    "invoices.invoice",
    REQUESTED,
    {
        REQUESTED: frozenset({ISSUING, ISSUED, FAILED, WITHDRAWN}),
        ISSUING: frozenset({REQUESTED, ISSUED, FAILED, UNKNOWN}),
        UNKNOWN: frozenset({ISSUING, ISSUED, FAILED}),
        ISSUED: frozenset({RED_LETTERED}),
        FAILED: frozenset(),
        WITHDRAWN: frozenset(),
        RED_LETTERED: frozenset(),
    },
)

#: Its end is still to come.
UNFINISHED: Final = frozenset({REQUESTED, ISSUING, UNKNOWN})
#: An order has one of these a class, at most.
STANDING: Final = UNFINISHED | {ISSUED}

BLUE: Final = "blue"
RED: Final = "red"
KINDS: Final = (BLUE, RED)

#: `card`: 未发生销售行为的不征税项目, for cards that are taxed when they are redeemed; never on one paper with goods.
VAT: Final = "vat"
CARD: Final = "card"
CLASSES: Final = (VAT, CARD)

PERSONAL: Final = "personal"
COMPANY: Final = "company"
TITLES: Final = (PERSONAL, COMPANY)

#: Why a red letter is written after a refund, as it stands on the paper.
REFUND_REASON: Final = "销售退款"
