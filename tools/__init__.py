"""What maintaining this project takes, beside the product."""
