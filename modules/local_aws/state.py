"""Everything that one embedded AWS holds beside moto's own backends."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from modules.local_aws.associations import Associations
from modules.local_aws.attempts import Attempts
from modules.local_aws.automation.executions import Executions
from modules.local_aws.baselines import Baselines
from modules.local_aws.bucket_policies import BucketPolicies
from modules.local_aws.call_log import CallLog
from modules.local_aws.clock import Clock
from modules.local_aws.faults import Faults
from modules.local_aws.fleet import Fleet
from modules.local_aws.managed_nodes import ManagedNodes
from modules.local_aws.patching.reports import Patching
from modules.local_aws.principals import Sessions
from modules.local_aws.service_settings import ServiceSettings
from modules.local_aws.tags import Tags

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def _not_running(_environment: WSGIEnvironment, _start: StartResponse) -> Iterable[bytes]:
    raise RuntimeError("This embedded AWS does not listen.")


@dataclass
class Switches:
    """Behaviour of AWS that is not always wanted, or not the same in every account."""

    role_delay_seconds: float = 0  # how long a new role cannot be assumed; in AWS 10 to 30 s
    refuse_quick_setup_documents: bool = False  # document names with the prefix AWSQuickSetup
    call_seconds: float = 0.1  # how long an AWS call takes on an execution's own clock
    missing_outputs_fail: bool = False  # whether a selector that finds nothing fails its step
    failed_functions_fail_steps: bool = True  # whether a Lambda function's error does
    associations_run_by_themselves: bool = False  # otherwise when the clock is moved forward
    automations_wait_really: bool = False  # waiting takes time, so that it can be stopped


@dataclass
class State:
    """The state of one embedded AWS; `lock` guards it and moto's backends."""

    fleet: Fleet
    url: str = ""
    application: WSGIApplication = _not_running
    clock: Clock = field(default_factory=Clock)
    switches: Switches = field(default_factory=Switches)
    sessions: Sessions = field(default_factory=Sessions)
    faults: Faults = field(default_factory=Faults)
    attempts: Attempts = field(default_factory=Attempts)
    calls: CallLog = field(default_factory=CallLog)
    tags: Tags = field(default_factory=Tags)
    automation: Executions = field(default_factory=Executions)
    associations: Associations = field(default_factory=Associations)
    baselines: Baselines = field(default_factory=Baselines)
    bucket_policies: BucketPolicies = field(default_factory=BucketPolicies)
    nodes: ManagedNodes = field(default_factory=ManagedNodes)
    patching: Patching = field(default_factory=Patching)
    settings: ServiceSettings = field(default_factory=ServiceSettings)
    role_births: dict[str, datetime] = field(default_factory=dict)  # by ARN, on this clock
    seen_changes: int = -1  # how far State Manager has looked for new nodes: see CallLog.changes
    lock: threading.RLock = field(default_factory=threading.RLock)
    engine: threading.Lock = field(default_factory=threading.Lock)  # who runs associations

    def now(self) -> datetime:
        """The time by which everything is dated."""
        return self.clock.now()
