"""The settings of a shop, a page each."""
