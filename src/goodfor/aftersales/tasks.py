"""Periodic duties of this room."""

from goodfor.aftersales import picture_tasks as picture_tasks
