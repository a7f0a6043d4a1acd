"""Who brought whom, what that earns, and that nobody earns by bringing himself."""
