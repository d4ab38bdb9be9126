"""Attempts: an SDK that got no answer asks again, and is given the answer that was on its way.

All attempts of one call have the same `amz-sdk-invocation-id` (botocore, AWS SDK for Go v2). A
connection that breaks on this machine is no doing of AWS's: carried out again, a call that creates
would create twice, or find what itself has created. An error is not kept, so that the call after it
is carried out; nor is an answer that a fault lets come too late.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from modules.local_aws.answer import Answer

if TYPE_CHECKING:
    from modules.local_aws.call import Call

KEPT = 1000
HEADER = "amz-sdk-invocation-id"
_READING = ("Describe", "Get", "Head", "List")

Key = tuple[str, str, str, str]
"""The SDK's ID of a call; whose it is, and what for."""


def key_of(given: str | None, call: Call) -> Key | None:
    """What attempts have in common; None for a call that changes nothing."""
    if given is None or call.operation.startswith(_READING):
        return None
    return given, call.principal.arn, call.region, call.name


@dataclass
class Attempts:
    """The last calls, under way or answered."""

    answers: OrderedDict[Key, Future[Answer]] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def carry_out_once(self, key: Key | None, carry_out: Callable[[], Answer]) -> Answer:
        """The answer, or the error, of the first attempt: this one carries out, others wait."""
        if key is None:
            return carry_out()
        with self.lock:
            first = self.answers.get(key)
            if first is None:
                mine = self.answers[key] = Future()
                if len(self.answers) > KEPT:
                    self.answers.popitem(last=False)
        if first is not None:
            return first.result()
        try:
            answer = carry_out()
        except BaseException as error:
            self.forget(key)
            mine.set_exception(error)
            raise
        if answer.status >= HTTPStatus.BAD_REQUEST:  # an error that moto answers
            self.forget(key)
        mine.set_result(answer)
        return answer

    def forget(self, key: Key | None) -> None:
        """Let the next attempt be carried out."""
        with self.lock:
            if key is not None:
                self.answers.pop(key, None)
