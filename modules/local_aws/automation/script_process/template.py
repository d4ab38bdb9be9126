"""The process that those of scripts are forked off: each has Python and boto3 from the start.

It is asked over a socket, with four bytes each way. A zero comes with the ends of two pipes, and is
answered with the ID of a new process that reads jobs from one and writes to the other. Anything
else is the ID of such a process, which is to end; one of another template stays. When nobody can
ask any more all of them end, whatever their scripts do.
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


def main() -> None:
    """Fork off processes, and end them, until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started this process
    clients = Clients()
    clients.session.client("sts", region_name="us-east-1")  # reads what all clients need
    control = socket.socket(fileno=0)
    gc.freeze()  # what is here is shared with all processes, for as long as nobody writes to it
    forked: set[int] = set()
    while True:
        message, pipes, _, _ = socket.recv_fds(control, NUMBER.size, 2)
        if len(message) < NUMBER.size:
            break
        (process,) = NUMBER.unpack(message)
        if process in forked:
            end(process)
            forked.remove(process)
        elif not process:
            process = os.fork()
            if not process:
                control.detach()
                run_scripts(clients, *pipes)
                return
            os.setpgid(process, process)  # a group, so that a script's own processes end with it
            forked.add(process)
            for pipe in pipes:
                os.close(pipe)
        control.sendall(NUMBER.pack(process))
    for process in forked:
        end(process)


def end(process: int) -> None:
    """End a process with all that belongs to it."""
    ended, _ = os.waitpid(process, os.WNOHANG)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)
    if not ended:
        os.waitpid(process, 0)


def run_scripts(clients: Clients, incoming: int, outgoing: int) -> None:
    """Run jobs until there are no more. A script's own standard streams are empty."""
    starter = Starter(os.fdopen(incoming, "rb"), os.fdopen(outgoing, "wb"))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    stand_in(starter, clients)
    while (job := starter.read()) is not None:
        serve(starter, clients, job)
