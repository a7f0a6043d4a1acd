"""卡速售 Kasushou 2.0: the software of many supplier sites, cards and top-ups."""
