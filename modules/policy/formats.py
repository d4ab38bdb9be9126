"""Rules for single texts that a JSON Schema pattern cannot say: the schema's `format`s.

Each takes a text and says what is wrong and what is expected, or None.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType

from modules.policy.problems import quote
from modules.policy.schedule import check_schedule

_TAG_PUNCTUATION = "_.:/=+-@"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_IP_ADDRESS = re.compile(r"[0-9]+(\.[0-9]+){3}")
_RESERVED_BUCKET_STARTS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_BUCKET_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")


def check_tag_characters(text: str) -> str | None:
    """The characters that IAM and SSM allow in tags: `[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]`.

    EC2 allows more, but the same text goes to all three. Braces are not among them, so that no
    text is taken for one of SSM's own `{{ placeholders }}`.
    """
    for character in text:
        if character not in _TAG_PUNCTUATION and unicodedata.category(character)[0] not in "LZN":
            return (
                f"found {quote(text)} with the character {quote(character)}; expected letters,"
                f" digits, spaces and {' '.join(_TAG_PUNCTUATION)}"
            )
    return None


def check_tag_text(text: str) -> str | None:
    """A tag's key or value that we set: `aws:` is AWS's own prefix (IAM User Guide, "Tags")."""
    if text.lower().startswith("aws:"):
        return f"found {quote(text)}; expected text that does not begin with aws:, AWS's own prefix"
    return check_tag_characters(text)


def check_bucket_name(text: str) -> str | None:
    """A general purpose bucket's name (S3 User Guide, "Bucket naming rules")."""
    if (
        _BUCKET.fullmatch(text)
        and ".." not in text
        and not _IP_ADDRESS.fullmatch(text)
        and not text.startswith(_RESERVED_BUCKET_STARTS)
        and not text.endswith(_RESERVED_BUCKET_ENDS)
    ):
        return None
    return (
        f"found {quote(text)}; expected a bucket's name: 3 to 63 lower-case letters, digits,"
        " dots and hyphens, that S3 allows"
    )


FORMATS: Mapping[str, Callable[[str], str | None]] = MappingProxyType(
    {
        "tag-characters": check_tag_characters,
        "tag-text": check_tag_text,
        "s3-bucket-name": check_bucket_name,
        "state-manager-schedule": check_schedule,
    }
)
