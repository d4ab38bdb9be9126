"""The process that those of scripts are forked off: each has Python and boto3 from the start.

It is asked over a socket, with four bytes each way. FORK comes with the ends of two pipes, and is
answered with the ID of a new process that reads jobs from one and writes to the other. Anything
else is the ID of such a process, which is to end. When nobody can ask any more all of them end,
whatever their scripts do.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import struct

from .clients import Clients
from .runs import serve
from .stand_ins import stand_in
from .starter import Starter

NUMBER = struct.Struct(">i")
FORK = 0


def main() -> None:
    """Fork off processes, and end them, until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started this process
    open_standard_streams()
    clients = Clients()
    clients.session.client("sts", region_name="us-east-1")  # reads what all clients need
    gc.freeze()  # what is here is shared with all processes, for as long as nobody writes to it
    forked: set[int] = set()
    with contextlib.suppress(ConnectionError):  # nobody waits for the last answer
        answer_questions(socket.socket(fileno=0), clients, forked)
    for process in forked:
        end(process)


def answer_questions(control: socket.socket, clients: Clients, forked: set[int]) -> None:
    """Until there are no more."""
    while True:
        message, pipes, _, _ = socket.recv_fds(control, NUMBER.size, 2)
        if len(message) < NUMBER.size:
            return
        (process,) = NUMBER.unpack(message)
        if process == FORK:
            process = fork(clients, pipes)
            forked.add(process)
        elif process in forked:
            end(process)
            forked.remove(process)
        control.sendall(NUMBER.pack(process))


def fork(clients: Clients, pipes: list[int]) -> int:
    """Fork off a process for two pipes; its ID."""
    process = os.fork()
    if not process:
        try:
            run_scripts(clients, *pipes)
        finally:
            os._exit(0)  # what follows in this process is not for that one
    os.setpgid(process, process)  # a group, so that a script's own processes end with it
    for pipe in pipes:
        os.close(pipe)
    return process


def end(process: int) -> None:
    """End a process with all that belongs to it."""
    ended, _ = os.waitpid(process, os.WNOHANG)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)
    if not ended:
        os.kill(process, signal.SIGKILL)  # a script may have left its group
        os.waitpid(process, 0)


def open_standard_streams() -> None:
    """Open those that whoever started this has closed: no pipe is to be taken for one of them."""
    for stream in (1, 2):
        try:
            os.fstat(stream)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # is the first that is free


def run_scripts(clients: Clients, incoming: int, outgoing: int) -> None:
    """Run jobs until there are no more. A script's own standard streams are empty."""
    starter = Starter(os.fdopen(incoming, "rb"), os.fdopen(outgoing, "wb"))
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    stand_in(starter, clients)
    while (job := starter.read()) is not None:
        serve(starter, clients, job)
