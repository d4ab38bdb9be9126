"""Loading beside, with a kernel whose Node answers when the test lets it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from threading import Event

import pytest

from modules.provider.loading import NodeError, load_beside


class Node:
    """Stands for jsii's way to Node: notes what it is asked, in order."""

    def __init__(self, answer: Callable[[], None]) -> None:
        self.asked: list[str] = []
        self._answer = answer

    def load(self, request: str) -> None:
        self.asked.append(request)
        self._answer()

    def create(self, request: str) -> str:
        self.asked.append(request)
        return f"{request} is there"


class Kernel:
    """Stands for jsii's kernel."""

    def __init__(self, answer: Callable[[], None]) -> None:
        self.node = Node(answer)
        self.provider = self.node
        load_beside(self, (LookupError,))


@pytest.fixture(autouse=True)
def python_as_it_was() -> Iterator[None]:
    hook, seconds = sys.unraisablehook, sys.getswitchinterval()
    yield
    sys.unraisablehook = hook
    sys.setswitchinterval(seconds)


def failing(error: Exception) -> Kernel:
    def fail() -> None:
        raise error

    return Kernel(fail)


def test_who_loads_does_not_wait_and_who_asks_for_something_else_does() -> None:
    ready = Event()

    def answer() -> None:
        if not ready.wait(10):
            raise LookupError("somebody waited")

    kernel = Kernel(answer)
    kernel.provider.load("constructs")
    kernel.provider.load("cdktf")
    ready.set()
    assert kernel.provider.create("app") == "app is there"
    assert kernel.node.asked == ["constructs", "cdktf", "app"]


def test_what_comes_later_goes_to_node_directly_and_python_is_as_before() -> None:
    before = sys.getswitchinterval()
    kernel = Kernel(lambda: None)
    kernel.provider.load("constructs")
    kernel.provider.create("app")
    assert kernel.provider is kernel.node
    assert sys.getswitchinterval() == before


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (FileNotFoundError(2, "No such file or directory"), "(No such file or directory)"),
        (ValueError("Expecting value"), "(it does not answer as jsii expects)"),
    ],
    ids=["missing", "another program"],
)
def test_a_node_that_does_not_start_is_named_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, error: Exception, found: str
) -> None:
    monkeypatch.setenv("JSII_NODE", "/opt/node")
    kernel = failing(error)
    kernel.provider.load("constructs")
    with pytest.raises(NodeError) as caught:
        kernel.provider.create("app")
    assert str(caught.value).startswith(f"/opt/node cannot be started as Node {found}")
    assert "make install" in str(caught.value)


def test_a_node_that_did_not_start_is_not_started_again() -> None:
    kernel = failing(FileNotFoundError(2, "No such file or directory"))
    kernel.provider.load("constructs")
    kernel.provider.load("cdktf")
    for _ in range(2):
        with pytest.raises(NodeError):
            kernel.provider.create("app")
    assert kernel.node.asked == ["constructs"]


def test_what_node_itself_says_stays_as_it_is() -> None:
    kernel = failing(LookupError("Cannot use the package cache"))
    kernel.provider.load("constructs")
    with pytest.raises(LookupError, match="Cannot use the package cache"):
        kernel.provider.create("app")
