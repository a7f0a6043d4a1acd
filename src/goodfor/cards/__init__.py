"""Cards of one's own brand and with others: batches, activation, redeeming, and what of it is owed."""
