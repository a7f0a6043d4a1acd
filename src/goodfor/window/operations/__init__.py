"""Writes of the window, one use case a file."""

from goodfor.window.operations.add_block import add_block
from goodfor.window.operations.arrange_blocks import arrange_blocks
from goodfor.window.operations.change_block import change_block
from goodfor.window.operations.order_blocks import move_block, order_blocks
from goodfor.window.operations.publish_blocks import publish_blocks
from goodfor.window.operations.remove_block import remove_block
from goodfor.window.operations.restore_published import restore_published
from goodfor.window.operations.write_page import remove_page, take_offline, write_page

__all__ = [
    "add_block",
    "arrange_blocks",
    "change_block",
    "move_block",
    "order_blocks",
    "publish_blocks",
    "remove_block",
    "remove_page",
    "restore_published",
    "take_offline",
    "write_page",
]
