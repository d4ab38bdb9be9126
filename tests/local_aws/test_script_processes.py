"""Automation: what scripts do to the processes that they run in, and what is left for the next run.

The same script runs in the same process again, where nothing of it is left at work.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from array import array
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from modules.local_aws.automation.script_pool import POOL, Pool
from tests.local_aws.runbooks import ACCOUNT, REGION, Runbooks, script
from tests.local_aws.scripts import returned, run

SOON = "threading.Event().wait(0.3)"  # the machine's own time: what is left behind comes to work
LEFT = f"""
import threading
def work():
    {SOON}
    boto3.client('iam').list_roles()
"""
_JOB = {
    "is_fresh": True,
    "handler": "handler",
    "events": {},
    "context": {},
    "environment": {},
    "started": 0,
    "elapsed": 0,
}


@pytest.fixture(autouse=True)
def _role(runbooks: Runbooks) -> None:
    runbooks.role()


@pytest.mark.parametrize("ending", ["return 1", "raise LookupError"])
def test_a_thread_that_is_left_behind_makes_no_calls_for_the_next_run(
    ending: str, runbooks: Runbooks
) -> None:
    body = f"""if e['first']:
    threading.Thread(target=work).start()
    {ending}
threading.Event().wait(0.6)
return 2"""
    run(runbooks, body, first=LEFT, InputPayload={"first": True})
    after = run(runbooks, body, first=LEFT, InputPayload={"first": False})
    assert (returned(after), after.calls) == (2, 0)


def test_a_process_that_is_left_behind_answers_for_nobody(runbooks: Runbooks) -> None:
    body = "return 'parent' if os.fork() else 'child'"
    assert returned(run(runbooks, body)) == "parent"
    assert returned(run(runbooks, body)) == "parent"
    waits = "child = os.fork()\nif child: os.waitpid(child, 0)\nreturn child > 0"
    assert returned(run(runbooks, waits)) is True


def test_processes_of_a_script_call_aws_and_wait(runbooks: Runbooks) -> None:
    first = (
        "import multiprocessing\n"
        "def count(queue):\n"
        "    time.sleep(0.01)\n"
        "    queue.put(len(boto3.client('iam').list_roles()['Roles']))\n"
        "def square(number): return number * number"
    )
    body = (
        "queue = multiprocessing.Queue()\n"
        "workers = [multiprocessing.Process(target=count, args=(queue,)) for _ in range(3)]\n"
        "for worker in workers: worker.start()\n"
        "counts = [queue.get(timeout=60) for _ in workers]\n"
        "for worker in workers: worker.join()\n"
        "with multiprocessing.Pool(2) as pool:\n"
        "    return counts + pool.map(square, [1, 2, 3])"
    )
    assert returned(run(runbooks, body, first=first, timeoutSeconds=60)) == [1, 1, 1, 1, 4, 9]


def test_a_process_that_is_killed_between_two_runs_is_replaced(runbooks: Runbooks) -> None:
    body = "return os.getpid()"
    before = returned(run(runbooks, body))
    assert returned(run(runbooks, body)) == before
    worker = next(each for _, each in POOL.idle if each.forked.id == before)
    os.kill(before, signal.SIGKILL)
    while not worker.is_gone:
        time.sleep(0.01)
    assert returned(run(runbooks, body)) != before


def test_where_the_process_that_they_are_forked_off_is_killed_there_is_another_one(
    runbooks: Runbooks,
) -> None:
    assert returned(run(runbooks, "return 1")) == 1
    template = POOL.template
    assert template
    template.process.kill()
    template.process.wait()
    assert returned(run(runbooks, "return 2")) == 2
    assert POOL.template is not template


@pytest.mark.parametrize("has_come", [True, False])
def test_an_answer_that_nobody_waited_for_is_not_taken_for_another_one(
    has_come: bool, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    pool = Pool()
    with pool.borrow("first"):
        pass
    with monkeypatch.context() as interrupted:
        interrupted.setattr(socket, "send_fds", partial(_sent_and_interrupted, has_come))
        with pytest.raises(KeyboardInterrupt), pool.borrow("second"):
            pass
    with pool.borrow("third") as worker:
        worker.write({**_JOB, "script": "import os\ndef handler(e, c): return os.getpid()"})
        message = worker.read(20)
    pool.close()
    assert message
    assert message["value"] == worker.forked.id
    assert capfd.readouterr().err == ""


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def _sent_and_interrupted(has_come: bool, control: socket.socket, *sent: Any) -> int:
    control.sendmsg(sent[0], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", sent[1]))])
    if has_come:
        select.select([control], [], [], 20)
    raise KeyboardInterrupt


def test_a_closed_pool_leaves_no_process_behind() -> None:
    pool = Pool()
    with pool.borrow("idle") as idle:
        pass
    with pytest.raises(LookupError), pool.borrow("at work") as working:
        raise LookupError
    pool.close()
    assert not any(is_there(worker.forked.id) for worker in (idle, working))


def test_the_profile_of_whoever_runs_scripts_is_nothing_to_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    pool = Pool()
    with pool.borrow("any") as worker:
        worker.write({**_JOB, "script": "def"})
        message = worker.read(20)
    pool.close()
    assert message
    assert "SyntaxError" in message["failure"]


def test_a_script_ends_when_whoever_runs_it_is_killed() -> None:
    endless = {**_JOB, "script": "def handler(e, c):\n    while True: pass"}
    program = (
        "from modules.local_aws.automation.script_pool import POOL\n"
        "with POOL.borrow('any') as worker:\n"
        f"    worker.write({endless})\n"
        "    print(worker.forked.id, flush=True)\n"
        "    worker.read(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as starter:
        assert starter.stdout
        process = int(starter.stdout.readline())
        assert is_there(process)
        starter.kill()
    assert is_gone_soon(process)


def is_gone_soon(process: int) -> bool:
    ends = time.monotonic() + 20
    while is_there(process) and time.monotonic() < ends:
        time.sleep(0.01)
    return not is_there(process)


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_scripts_run_where_the_standard_streams_are_closed() -> None:
    program = (
        "import os, sys\n"
        "from modules.local_aws.automation.script_pool import POOL\n"
        "kept = os.dup(1)\n"
        "for stream in (0, 1, 2): os.close(stream)\n"
        "with POOL.borrow('any') as worker:\n"
        f"    worker.write({_JOB | {'script': 'def handler(e, c): return 5'}})\n"
        "    os.write(kept, str(worker.read(20)['value']).encode())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout == b"5"


def test_a_script_that_leaves_its_group_ends_too(runbooks: Runbooks) -> None:
    body = "os.setpgid(0, os.getpgid(os.getppid()))\nwhile True: pass"
    execution = run(runbooks, body, timeoutSeconds=1)
    assert execution.steps[0].status == "TimedOut"
    assert returned(run(runbooks, "return 2")) == 2


def test_a_script_ends_though_what_it_was_forked_off_is_killed() -> None:
    pool = Pool()
    with contextlib.suppress(LookupError), pool.borrow("any") as worker:
        worker.write({**_JOB, "script": "def handler(e, c):\n    while True: pass"})
        assert pool.template
        pool.template.process.kill()
        pool.template.process.wait()
        raise LookupError
    pool.close()
    assert is_gone_soon(worker.forked.id)


def test_an_interruption_leaves_no_pipe_open(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool()
    with pool.borrow("first"):
        pass
    before = open_files()
    with monkeypatch.context() as interrupted:
        interrupted.setattr(socket, "send_fds", partial(_sent_and_interrupted, True))
        with pytest.raises(KeyboardInterrupt), pool.borrow("second"):
            pass
    assert open_files() < before  # as it is closed to the template
    pool.close()


def test_a_fork_of_whoever_runs_scripts_ends_none_of_them() -> None:
    program = (
        "import os, time\n"
        "from modules.local_aws.automation.script_pool import POOL\n"
        "with POOL.borrow('any') as worker: pass\n"
        "child = os.fork()\n"
        "if not child: raise SystemExit\n"
        "os.waitpid(child, 0)\n"
        "other = os.fork()\n"
        "if not other: time.sleep(60)\n"
        "with POOL.borrow('any') as again: print(again is worker, flush=True)\n"
        "POOL.close()\n"
        "os.kill(other, 9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, timeout=50
    )
    assert done.stdout == b"True\n"


def test_a_process_that_is_killed_in_a_run_fails_the_step(runbooks: Runbooks) -> None:
    execution = run(runbooks, "os.kill(os.getpid(), 9)")
    assert "ended without an answer" in execution.failure_message


def test_what_a_script_logs_is_in_the_log_of_each_run(runbooks: Runbooks) -> None:
    first = "import logging\nlogging.basicConfig(level=logging.INFO, format='%(message)s')"
    for _ in range(2):
        execution = run(runbooks, "logging.info('here')", first=first)
        assert execution.steps[0].response == "here\n"
    body = "root = logging.getLogger()\nbefore = root.level\nroot.setLevel(10)\nreturn before"
    for _ in range(2):
        assert returned(run(runbooks, body, first="import logging")) == 30


@pytest.mark.parametrize("ending", ["close", "detach"])
def test_what_a_script_prints_stays_when_it_closes_its_output(
    ending: str, runbooks: Runbooks
) -> None:
    execution = run(runbooks, f"print('here')\nsys.stdout.{ending}()\nreturn 1")
    assert (returned(execution), execution.steps[0].response) == (1, "here\n")


def test_a_script_is_a_module_with_types(runbooks: Runbooks) -> None:
    """Its annotations are what they would be in a file of its own."""
    first = "from dataclasses import dataclass\n@dataclass\nclass Point:\n    x: int = 1"
    body = "return [Point().x, Point.__annotations__['x'].__name__]"
    assert returned(run(runbooks, body, first=first)) == [1, "int"]
    late = f"from __future__ import annotations\n{first}\ndef handler(e, c): return Point().x"
    assert returned(runbooks.run([script("late", late)])) == 1


def test_half_a_surrogate_is_no_text(runbooks: Runbooks) -> None:
    text = r"'a\ud800b'"
    execution = run(runbooks, f"print({text})\nreturn {{{text}: {text}}}")
    assert (returned(execution), execution.steps[0].response) == ({"a?b": "a?b"}, "a?b\n")
    assert "LookupError: a?b" in run(runbooks, f"raise LookupError({text})").failure_message


def test_a_script_that_waits_without_sleeping_sees_time_pass(runbooks: Runbooks) -> None:
    first = "import asyncio\nasync def wait():\n    await asyncio.sleep(0.1)\n    return 5"
    execution = run(runbooks, "return asyncio.run(wait())", first=first, timeoutSeconds=30)
    assert returned(execution) == 5


@pytest.mark.parametrize("error", ["KeyboardInterrupt", "GeneratorExit", "SystemExit"])
def test_whatever_a_script_raises_is_its_failure(error: str, runbooks: Runbooks) -> None:
    assert error in run(runbooks, f"raise {error}").failure_message


def test_bodies_of_many_megabytes_go_both_ways(runbooks: Runbooks) -> None:
    first = "from concurrent.futures import ThreadPoolExecutor\ns3 = boto3.client('s3')"
    body = (
        "s3.create_bucket(Bucket='large')\n"
        "def both(key):\n"
        "    s3.put_object(Bucket='large', Key=key, Body=bytes(50_000_000))\n"
        "    return len(s3.get_object(Bucket='large', Key=key)['Body'].read())\n"
        "with ThreadPoolExecutor(2) as pool:\n"
        "    return list(pool.map(both, 'ab'))"
    )
    assert returned(run(runbooks, body, first=first)) == [50_000_000] * 2


@pytest.mark.parametrize("body", ["while True: pass", "raise LookupError"])
def test_an_execution_is_stopped_while_its_script_is_at_work(body: str, runbooks: Runbooks) -> None:
    """And between two of its attempts."""
    ended: list[str] = []

    def work() -> None:
        ended.append(run(runbooks, body, maxAttempts=9_999).status)

    thread = threading.Thread(target=work)
    thread.start()
    ssm, executions = runbooks.client("ssm"), runbooks.aws.state.automation
    while not (running := list(executions.at((ACCOUNT, REGION)).values())):
        thread.join(0.01)
    ssm.stop_automation_execution(AutomationExecutionId=running[0].id)
    thread.join(30)
    assert ended == ["Cancelled"]
