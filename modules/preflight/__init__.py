"""What already exists in AWS under the names that a deploy is about to make.

Most of Terraform's creates fail where something of that name exists. An association's does not:
State Manager accepts a second one of the same name, and both run. So this looks before the apply.
"""
