"""The policy file: its schema, its frozen model, its loader, and State Manager's schedules."""
