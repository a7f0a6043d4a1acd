"""The console's lists, described."""
