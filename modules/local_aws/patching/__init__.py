"""What Patch Manager does on a node, and what it knows of it afterwards."""
