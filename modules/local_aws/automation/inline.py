"""Executions that one execution starts run in its own thread, and in its own time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from modules.local_aws.automation.clock import Clock
from modules.local_aws.automation.executions import AutomationExecution


@dataclass(frozen=True)
class Parent:
    """The execution that starts others, and its clock."""

    execution: AutomationExecution
    clock: Clock
    depth: int  # 1 where nobody started it in turn


_parent: ContextVar[Parent | None] = ContextVar("parent execution", default=None)


@contextmanager
def inline(execution: AutomationExecution, clock: Clock) -> Iterator[None]:
    """Executions that are started in this block belong to this one."""
    outer = _parent.get()
    token = _parent.set(Parent(execution, clock, outer.depth + 1 if outer else 1))
    try:
        yield
    finally:
        _parent.reset(token)


def parent() -> Parent | None:
    """Whose step is starting an execution now; None for a caller from outside."""
    return _parent.get()
