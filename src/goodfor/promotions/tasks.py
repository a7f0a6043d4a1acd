"""Periodic duties of promotions."""

from goodfor.promotions import group_tasks as group_tasks
