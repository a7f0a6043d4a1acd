"""The transaction id column type of PostgreSQL, which Django does not know."""

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _IntField = models.Field[int, int]
else:
    _IntField = models.Field


class Xid8Field(_IntField):
    """A 64-bit transaction id (`xid8`); never wraps around."""

    description = "PostgreSQL xid8"

    def db_type(self, connection: Any) -> str:  # noqa: ARG002
        """The column type."""
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:  # noqa: ARG002
        """As an int: the driver hands it over as text."""
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> str | None:
        """As text: PostgreSQL has no cast from bigint."""
        return None if value is None else str(value)
