"""What the app costs beside others that write the same resources: `make bench`."""
