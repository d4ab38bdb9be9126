"""Every AWS call of our runbooks and of the Lambda function, and what its faults lead to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from modules.local_aws import LocalAws
from modules.local_aws.faults import AFTER, Fault
from tests.simulation.runs import CallSite, Finished, call_sites, prepared, run, run_with_fault
from tests.simulation.scenarios import SCENARIOS, Scenario
from tests.simulation.tables import Table

TEXT = """\
Each AWS call of a run that succeeds fails once in each of these ways, and once for good.

- **right**: the run ends in the right state all the same.
- **fails**: the run ends in a Failed execution whose failed step and message name step and call.

In either case the next run, without the fault, ends in the right state, and the one after that
changes nothing: otherwise the cell would be empty. A lost answer is that of a call that was carried
out; where that was `PutObject`, the SDK's retry writes the same content a second time."""

RIGHT, FAILS = "right", "fails"
RIGHT_TWICE = "right, written twice"
Kind = Callable[[CallSite], Fault]

_THROTTLED = {"ec2": "RequestLimitExceeded", "s3": "SlowDown", "lambda": "TooManyRequestsException"}
_DENIED = {"ec2": "UnauthorizedOperation", "iam": "AccessDenied", "s3": "AccessDenied"}

# The function names a call by the permission that it takes, which S3 does not name like the call.
_PERMISSIONS = {
    "ListObjectVersions": "s3:ListBucketVersions",
    "DeleteObjects": "s3:DeleteObjectVersion",
}


def _fault(
    site: CallSite, code: str, status: int, *, times: int = 1, when: str = "before"
) -> Fault:
    return Fault(
        operation=site.operation,
        code=code,
        message="A fault was asked for.",
        status=status,
        times=times,
        when=when,
        skip=site.nth - 1,
    )


def _throttling(site: CallSite) -> Fault:
    status = 503 if site.service == "s3" else 400
    return _fault(site, _THROTTLED.get(site.service, "ThrottlingException"), status)


def _internal_error(site: CallSite) -> Fault:
    return _fault(site, "InternalError", 500)


def _lost_answer(site: CallSite) -> Fault:
    return _fault(site, "InternalError", 500, when=AFTER)


def _denied_once(site: CallSite) -> Fault:
    return _fault(site, _DENIED.get(site.service, "AccessDeniedException"), 403)


def _denied(site: CallSite) -> Fault:
    return _fault(site, _DENIED.get(site.service, "AccessDeniedException"), 403, times=10_000)


KINDS: Mapping[str, Kind] = {
    "throttling": _throttling,
    "internal error": _internal_error,
    "lost answer": _lost_answer,
    "denied once": _denied_once,
    "denied": _denied,
}
RETRIES_HELP = ("throttling", "internal error", "lost answer")


def sites(aws: LocalAws) -> dict[tuple[str, CallSite], Scenario]:
    """Every call by runbook, step and operation, with the first scenario that makes it."""
    found: dict[tuple[str, CallSite], Scenario] = {}
    for scenario in SCENARIOS:
        if scenario.status == "Success":
            world = prepared(aws, scenario)
            for site in call_sites(world, run(world, scenario)):
                found.setdefault((scenario.document, site), scenario)
    return found


def outcome(aws: LocalAws, scenario: Scenario, site: CallSite, kind: Kind) -> str:
    """`RIGHT`, `FAILS`, or nothing where neither can be said."""
    faulty, repaired, again = run_with_fault(aws, scenario, kind(site))
    if faulty.has_a_version_too_many(scenario) and not again.changed:
        return RIGHT_TWICE
    if not repaired.reached(scenario) or again.changed:
        return ""
    if faulty.is_as_expected(scenario):
        return RIGHT
    return FAILS if _names(faulty, site) else ""


def _names(faulty: Finished, site: CallSite) -> bool:
    """Whether a failed execution names its step and the call that failed."""
    execution = faulty.execution
    failed = [step for step in execution.steps if step.status == "Failed"]
    operation = site.operation.rpartition(".")[2]
    known_as = {operation, _PERMISSIONS.get(operation, operation)}
    named = any(name in execution.failure_message for name in known_as)
    return execution.status == "Failed" and len(failed) == 1 and named


def table(aws: LocalAws) -> Table:
    """A row for each call."""
    return Table(
        name="faults",
        title="Faults of AWS calls, and what they lead to",
        text=TEXT,
        columns=("runbook", "step", "call", *KINDS),
        rows=[
            (
                document,
                site.step,
                site.call,
                *(outcome(aws, scenario, site, kind) for kind in KINDS.values()),
            )
            for (document, site), scenario in sites(aws).items()
        ],
    )
