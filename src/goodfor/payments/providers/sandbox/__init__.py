"""A channel inside this very installation, for the demo and the tests: a local page, a signed callback, its own books."""
