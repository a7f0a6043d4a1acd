"""One thin file for each command: options in, one call, exit code out."""
