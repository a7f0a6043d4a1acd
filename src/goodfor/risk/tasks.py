"""Periodic duties of risk control, by what they are about."""

from goodfor.risk import door_tasks as door_tasks
