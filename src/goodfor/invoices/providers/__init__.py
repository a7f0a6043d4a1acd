"""Those who write invoices for a shop: a folder for each, the Protocol in base.py, the list in registry.py."""
