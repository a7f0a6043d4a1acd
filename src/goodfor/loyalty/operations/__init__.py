"""One write use case a file."""
