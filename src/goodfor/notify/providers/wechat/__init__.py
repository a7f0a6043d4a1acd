"""Messages of WeChat official accounts and mini-programs."""
