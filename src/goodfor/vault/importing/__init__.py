"""From a file to staged codes: sources of chunks, workers that seal them, and the run that ties them together."""
