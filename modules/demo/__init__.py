"""The demonstration: a policy deployed into the embedded AWS, with the tools that a user has."""
