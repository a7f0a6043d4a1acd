"""The console's lists, one file a room: read only."""
