"""What a patch policy is, as plain data: names, associations, permissions, documents, Lambda."""
