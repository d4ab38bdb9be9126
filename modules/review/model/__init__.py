"""What a plan means for patching: associations, documents, permissions, baselines."""
