"""What a user has to change; the message is for the user, on one line."""


class ReviewError(Exception):
    """An input that cannot be reviewed: what was found, what is expected, what to do."""
