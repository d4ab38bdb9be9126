"""Terraform resources in Python: bindings generated from the AWS provider's schema, on CDKTF.

`types` lists the resource types, `make bindings` rewrites what follows from the list: the schema
subset (`schema`, readable without CDKTF) and one module a type in `aws` and `builtin`.
"""
