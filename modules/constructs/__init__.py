"""Terraform resources, one capability a file. What to draw is decided in `quick_setup`."""
