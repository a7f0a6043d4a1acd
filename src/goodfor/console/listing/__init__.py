"""The list standard as a kit: a list is described (`spec`), and pages, exports and batches follow from the description."""
