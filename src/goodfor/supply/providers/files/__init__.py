"""A supplier without an interface: a person who is mailed a sheet of orders and mails back a sheet of codes."""
