"""Demo data: fills a shop with an invented trade, and takes it away again."""
