"""Writes of delivery, one use case a file."""

from goodfor.delivery.operations.deliver_now import deliver_now
from goodfor.delivery.operations.deliver_reserved import deliver_reserved
from goodfor.delivery.operations.reveal import reveal

__all__ = ["deliver_now", "deliver_reserved", "reveal"]
