"""dujiao-next, upstream protocol 1.0: shops that sell to shops, cards and what people ship by hand."""
