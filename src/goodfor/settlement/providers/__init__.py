"""Those who carry money to parties: a folder for each, the Protocol in base.py, the list in registry.py."""
