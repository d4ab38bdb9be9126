"""State Manager: runs associations when they are due, and keeps what came of it: see `engine`."""
