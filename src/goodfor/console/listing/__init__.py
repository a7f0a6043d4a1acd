"""The list standard as a kit: a list is described (`spec`); pages, exports and batches follow from the description."""
