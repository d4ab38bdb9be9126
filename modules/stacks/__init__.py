"""The stacks of an app, each made of constructs."""
