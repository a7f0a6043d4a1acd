"""The kit: how everything looks and is written, on all pages of all faces."""
