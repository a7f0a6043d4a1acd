"""The port to where rows come from. The house's own importers stand in `importers/`; tests and benches bring others."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from goodfor.recon.types import BalanceWord, Brought, RowIn, Scope


class Missing(Exception):
    """A file that should be there is not, or was refused. `what` is stable and safe to store."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)


class Sources(Protocol):
    """Rows of one area. Each method reads and changes nothing; it may be called within a transaction."""

    def theirs(self, scope: Scope) -> Brought:
        """What the other side says of the day. Raises Missing."""
        ...

    def funds(self, scope: Scope) -> Brought | None:
        """Every movement of the account there with its balance, in order; None: they give none. Raises Missing."""
        ...

    def balance(self, scope: Scope) -> BalanceWord | None:
        """What lies there at the end of the day by them and by us; None: nobody says."""
        ...

    def ours(self, scope: Scope) -> Iterable[RowIn]:
        """What we say happened on the day."""
        ...

    def ours_by_key(self, scope: Scope, keys: Sequence[tuple[str, str]]) -> Iterable[RowIn]:
        """Whatever we know about these (our number, their number), of any day, account and state."""
        ...

    def ours_by_posting(self, scope: Scope, refs: Sequence[str]) -> Iterable[RowIn]:
        """What we say happened that the books have under these references."""
        ...

    def books(self, scope: Scope) -> Iterable[RowIn]:
        """What the books moved on the account that day, under references that are to be compared (`key`)."""
        ...

    def books_by_reference(self, scope: Scope, refs: Sequence[str]) -> Iterable[RowIn]:
        """The same of these references, of any day."""
        ...
