"""MaxResults and NextToken, as the Systems Manager operations have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modules.local_aws.call import Parameters, Result
from modules.local_aws.errors import AwsError


def page(key: str, items: Sequence[Any], parameters: Parameters, *, default: int = 50) -> Result:
    """One page of `items` under `key`, with NextToken where there are more.

    Raises InvalidNextToken for a token that was not handed out.
    """
    token = parameters.get("NextToken", "0")
    if not token.isdigit() or int(token) > len(items):
        raise AwsError("InvalidNextToken", "The specified token isn't valid.")
    start = int(token)
    end = start + int(parameters.get("MaxResults", default))
    return {key: list(items[start:end])} | ({"NextToken": str(end)} if end < len(items) else {})
