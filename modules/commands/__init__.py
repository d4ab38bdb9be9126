"""The verbs of the `patch-policy` command, one module each.

A module has `add_arguments(parser)` and `run(arguments)`, which returns the exit status. Only the
module of the chosen verb is imported.
"""
