"""Plain Terraform: a policy as a directory of HCL or JSON that needs neither Python nor CDKTF."""
