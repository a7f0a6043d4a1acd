"""Periodic duties of this room."""

from goodfor.aftersales import reserve_tasks as reserve_tasks
