"""Another shop of this installation as a supplier: the interface of a Goodfor elsewhere, without a network."""
