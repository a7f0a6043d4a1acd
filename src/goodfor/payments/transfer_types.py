"""What goes into paying somebody out of an account at a channel."""

from dataclasses import dataclass, field

from goodfor.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Transfer:
    """Paying somebody out of an account at a channel. `number` is the same on every try, and nobody else's ever."""

    number: str
    amount: Money
    payee_name: str = field(repr=False)
    payee_account: str = field(repr=False)
    payee_bank: str = field(repr=False)
    note: str = ""
