"""Automation: scripts, which run in processes of their own."""

from __future__ import annotations

import pytest

from modules.local_aws.faults import Fault
from tests.local_aws.runbooks import TRUST, Runbooks, policy, script
from tests.local_aws.scripts import returned, run


@pytest.fixture(autouse=True)
def _role(runbooks: Runbooks) -> None:
    runbooks.role()


def test_a_script_returns_json_and_its_output_is_the_log(runbooks: Runbooks) -> None:
    execution = run(runbooks, "print('hello')\nreturn {'n': [1, None, 'x']}")
    assert returned(execution) == {"n": [1, None, "x"]}
    assert execution.steps[0].response == "hello\n"


def test_a_script_is_told_where_it_runs(runbooks: Runbooks) -> None:
    execution = run(runbooks, "return c")
    assert returned(execution)["global:REGION"] == "us-east-1"
    assert returned(execution)["automation:EXECUTION_ID"] == execution.id


def test_a_script_calls_aws_as_the_role(runbooks: Runbooks) -> None:
    execution = run(runbooks, "return boto3.client('sts').get_caller_identity()['Arn']")
    assert returned(execution).endswith(f"assumed-role/Runbooks/Automation-{execution.id}")
    again = run(runbooks, "return boto3.client('sts').get_caller_identity()['Arn']")
    assert returned(again).endswith(again.id), "clients made beforehand have the next one's keys"
    resource = run(runbooks, "return [r.name for r in boto3.resource('iam').roles.all()]")
    assert returned(resource) == ["Runbooks"]
    session = run(runbooks, "return boto3.Session().client('sts').get_caller_identity()['Arn']")
    assert returned(session).endswith(session.id)


def test_a_script_without_a_role_has_no_permissions(runbooks: Runbooks) -> None:
    body = "import boto3\ndef handler(e, c):\n    return boto3.client('iam').list_roles()\n"
    execution = runbooks.run([script("script", body)])
    assert execution.status == "Failed"
    assert "NoCredentials" in execution.failure_message


def test_a_script_finds_nothing_of_the_one_before(runbooks: Runbooks) -> None:
    run(runbooks, "sys.modules['json'].left = 1\nos.environ['LEFT'] = 'x'\nglobals()['x'] = 1")
    found = run(
        runbooks,
        "import json\nreturn [hasattr(json, 'left'), 'LEFT' in os.environ, 'x' in globals()]",
    )
    assert returned(found) == [False, False, False]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("raise LookupError('nothing there')", "LookupError: nothing there"),
        ("return object()", "not JSON serializable"),
        ("os._exit(0)", "ended without an answer"),
        ("sys.exit(3)", "SystemExit: 3"),
        ("boto3.client('iam').get_role(RoleName='x')", "calling the GetRole operation"),
        ("return 'x' * 200000", "at most 100000"),
    ],
)
def test_a_script_that_fails_says_why(runbooks: Runbooks, body: str, message: str) -> None:
    execution = run(runbooks, body)
    assert execution.status == "Failed"
    assert message in execution.failure_message


def test_a_script_that_does_not_parse_fails(runbooks: Runbooks) -> None:
    execution = runbooks.run([script("script", "def handler(:\n")])
    assert "SyntaxError" in execution.failure_message


def test_waiting_in_a_script_takes_no_time(runbooks: Runbooks) -> None:
    body = "a = time.time(), time.monotonic()\ntime.sleep(300)\n"
    execution = run(runbooks, body + "return [time.time() - a[0], time.monotonic() - a[1]]")
    assert returned(execution) == pytest.approx([300, 300], abs=0.01)


def test_a_script_that_waits_too_long_is_ended(runbooks: Runbooks) -> None:
    """600 seconds, whatever the step says."""
    execution = run(runbooks, "time.sleep(601)", timeoutSeconds=7200)
    assert (execution.status, execution.steps[0].timeout_seconds) == ("TimedOut", 600)


def test_a_script_that_computes_too_long_is_ended(runbooks: Runbooks) -> None:
    execution = run(runbooks, "while True: pass", timeoutSeconds=1)
    assert execution.status == "TimedOut"
    assert returned(run(runbooks, "return 1")) == 1


def test_a_call_takes_the_time_that_the_switch_says(runbooks: Runbooks) -> None:
    runbooks.aws.state.switches.call_seconds = 20
    body = "iam = boto3.client('iam')\nfor _ in range(40): iam.get_account_summary()"
    execution = run(runbooks, body)
    assert (execution.status, execution.calls) == ("TimedOut", 31)


def test_retries_of_a_script_wait_on_the_executions_clock(runbooks: Runbooks) -> None:
    fault = Fault(operation="iam.ListRoles", code="Throttling", times=3)
    runbooks.aws.state.faults.pending.append(fault)
    body = (
        "from botocore.config import Config\n"
        "retries = Config(retries={'mode': 'standard', 'max_attempts': 6})\n"
        "return len(boto3.client('iam', config=retries).list_roles()['Roles'])"
    )
    execution = run(runbooks, body)
    assert (returned(execution), execution.calls) == (1, 4)


def test_threads_of_a_script_are_each_given_their_own_answer(runbooks: Runbooks) -> None:
    names = [f"Role{number}" for number in range(40)]
    for name in names:
        runbooks.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=policy(TRUST))
    body = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "iam = boto3.client('iam')\n"
        "def read(name):\n"
        "    time.sleep(1)\n"
        "    return iam.get_role(RoleName=name)['Role']['RoleName']\n"
        "with ThreadPoolExecutor(8) as pool:\n"
        "    return list(pool.map(read, e['names']))"
    )
    execution = run(runbooks, body, InputPayload={"names": names})
    assert returned(execution) == names
    assert execution.calls == len(names)


def test_attachments_are_refused_by_name(runbooks: Runbooks) -> None:
    attached = script("script", "", Attachment="script.py")
    del attached["inputs"]["Script"]
    assert "has no attachments" in runbooks.run([attached]).failure_message


def test_lists_are_cut_off(runbooks: Runbooks) -> None:
    """ "If you output a list, a maximum of 100 items is returned." """
    assert returned(run(runbooks, "return list(range(101))")) == list(range(100))


def test_rejects_a_runtime_that_aws_has_ended(runbooks: Runbooks) -> None:
    old = script("script", "def handler(e, c): return 1", Runtime="python3.8")
    assert "python3.11" in runbooks.run([old]).failure_message


@pytest.mark.parametrize("runtime", ["PowerShell 7.0", "python3.9", "python3.12", "python"])
def test_rejects_a_runtime_that_is_not_there(runtime: str, runbooks: Runbooks) -> None:
    other = script("script", "def handler(e, c): return 1", Runtime=runtime)
    assert f"not in {runtime}." in runbooks.run([other]).failure_message


def test_both_pythons_of_aws_run(runbooks: Runbooks) -> None:
    for runtime in ("python3.10", "python3.11"):
        one = script("script", "def handler(e, c): return 1", Runtime=runtime)
        assert runbooks.run([one]).status == "Success"
