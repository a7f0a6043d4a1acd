"""星权益 (Xingquanyi), which 京兆云 speaks as well: top-ups, cards and tickets."""
