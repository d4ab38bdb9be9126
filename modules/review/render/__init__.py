"""The formats of a report; each renders the same report, and reads nothing else."""
