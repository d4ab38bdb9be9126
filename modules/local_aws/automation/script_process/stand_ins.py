"""What stands in the place of network, time and signatures in a script's process."""

from __future__ import annotations

import os
import time
from typing import Any

import boto3
from botocore.auth import SigV4Auth
from botocore.httpsession import URLLib3Session

from .clients import Clients
from .starter import Starter


def stand_in(starter: Starter, clients: Clients) -> None:
    """Put what is here in the place of network and time; not in processes that a script forks."""
    stand_ins = (
        (URLLib3Session, "send", starter.send),
        (boto3, "client", clients.client),
        (time, "sleep", starter.sleep),
        (time, "time", starter.now),
        (time, "monotonic", starter.monotonic),
        # Of a signature the embedded AWS looks at the key, the region and the service alone.
        (SigV4Auth, "canonical_request", lambda _auth, _request: ""),
        (SigV4Auth, "string_to_sign", lambda _auth, _request, _canonical: ""),
        (SigV4Auth, "signature", lambda _auth, _text, _request: "0"),
    )
    originals = [(holder, name, getattr(holder, name)) for holder, name, _ in stand_ins]

    def put(each: list[tuple[Any, str, Any]]) -> None:
        for holder, name, value in each:
            setattr(holder, name, value)

    put(list(stand_ins))
    os.register_at_fork(after_in_child=lambda: put(originals))
