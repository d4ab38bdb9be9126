"""A patch policy as Terraform: from one policy file to everything that patches a fleet."""
