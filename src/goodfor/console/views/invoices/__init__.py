"""Pages of invoices: one of the register, the VAT summary, who issues."""
