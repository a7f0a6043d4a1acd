"""The `goodfor` command: starts, checks, measures and tests everything on one machine."""
