"""What the runbooks of a patch policy left on nodes and roles, found and undone."""
