"""Money as integer minor units with a currency; never a float."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

EXPONENTS = {"CNY": 2, "USD": 2, "EUR": 2, "HKD": 2, "GBP": 2, "SGD": 2, "JPY": 0, "KRW": 0}
MAX_MINOR = 2**62


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount: `amount_minor` in minor units (fen, cents), `currency` as ISO 4217 code."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount_minor) is not int:
            raise TypeError("amount_minor must be an int")
        if self.currency not in EXPONENTS:
            raise ValueError(f"unknown currency {self.currency!r}")
        if abs(self.amount_minor) > MAX_MINOR:
            raise ValueError("amount out of range")

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Nothing, in a currency."""
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read "9.90" exactly. Raises ValueError for anything but plain digits with at most the currency's decimals."""
        exponent = EXPONENTS.get(currency)
        if exponent is None:
            raise ValueError(f"unknown currency {currency!r}")
        plain = text[1:] if text[:1] == "-" else text
        if not plain.isascii() or not plain.replace(".", "", 1).isdigit():
            raise ValueError("not an amount")
        try:
            minor = Decimal(text).scaleb(exponent)
        except InvalidOperation as error:
            raise ValueError("not an amount") from error
        if minor != minor.to_integral_value():
            raise ValueError("too many decimals")
        return cls(int(minor), currency)

    def as_decimal_string(self) -> str:
        """Write "9.90": exact, without separators, as payment channels want it."""
        exponent = EXPONENTS[self.currency]
        sign, digits = ("-" if self.amount_minor < 0 else ""), str(abs(self.amount_minor))
        if exponent == 0:
            return sign + digits
        digits = digits.rjust(exponent + 1, "0")
        return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}"

    @property
    def is_negative(self) -> bool:
        """True below zero."""
        return self.amount_minor < 0

    def __str__(self) -> str:
        return f"{self.as_decimal_string()} {self.currency}"

    def _same(self, other: "Money") -> int:
        if not isinstance(other, Money):
            raise TypeError("money meets only money")
        if other.currency != self.currency:
            raise ValueError(f"currencies differ: {self.currency} and {other.currency}")
        return other.amount_minor

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount_minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount_minor, self.currency)

    def __mul__(self, factor: int) -> "Money":
        if type(factor) is not int:
            raise TypeError("money is multiplied by whole numbers; use allocate() to share it")
        return Money(self.amount_minor * factor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount_minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount_minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount_minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount_minor >= self._same(other)

    def allocate(self, weights: Sequence[int]) -> "list[Money]":
        """Share by largest remainder: parts keep the order of `weights` and always add up to the whole.

        Ties go to the earlier share. Raises ValueError for no weights, negative ones, or all zero.
        """
        total = sum(weights)
        if not weights or total <= 0 or min(weights) < 0:
            raise ValueError("weights must be non-negative and not all zero")
        sign = -1 if self.amount_minor < 0 else 1
        whole = abs(self.amount_minor)
        parts = [whole * weight // total for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(whole * weights[i] % total), i))
        for index in by_remainder[: whole - sum(parts)]:
            parts[index] += 1
        return [Money(sign * part, self.currency) for part in parts]
