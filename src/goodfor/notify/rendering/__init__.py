"""From a template and values to what a channel sends."""
