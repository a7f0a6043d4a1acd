"""咔咔云 Kakayun, dockapi v3: the software of many supplier sites, cards and top-ups."""
