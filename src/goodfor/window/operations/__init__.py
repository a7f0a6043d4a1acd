"""Writes of the window, one use case a file."""

from goodfor.window.operations.arrange_blocks import arrange_blocks
from goodfor.window.operations.publish_blocks import publish_blocks

__all__ = ["arrange_blocks", "publish_blocks"]
