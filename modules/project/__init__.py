"""The project around the policies: the context in `cdktf.json`, and the states it left."""
