"""An embedded AWS that listens on loopback."""

from __future__ import annotations

import ipaddress
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Self

from werkzeug.serving import BaseWSGIServer, make_server

from modules.local_aws import admin_actions
from modules.local_aws.fleet import EMPTY, Fleet
from modules.local_aws.principals import DEFAULT_ACCOUNT
from modules.local_aws.state import State
from modules.local_aws.state_manager.background import Background
from modules.local_aws.state_manager.engine import Listener, run_until

LOOPBACK = "127.0.0.1"


@dataclass
class LocalAws:
    """One embedded AWS. moto's backends belong to the process, so there is one at a time.

    >>> with LocalAws.start() as aws:
    ...     client = boto3.client("ssm", endpoint_url=aws.url)  # doctest: +SKIP
    """

    state: State
    server: BaseWSGIServer
    thread: threading.Thread
    background: Background

    @classmethod
    def start(cls, fleet: Fleet = EMPTY, *, host: str = LOOPBACK, port: int = 0) -> Self:
        """Listen on a port, by default a free one. ValueError: not an address of this machine."""
        if not ipaddress.ip_address(host).is_loopback:
            raise ValueError(
                f"{host} is not a loopback address: the embedded AWS stays on this machine"
            )
        from moto.moto_server.werkzeug_app import MotoRequestHandler  # noqa: PLC0415  # slow

        from modules.local_aws import moto_setup  # noqa: PLC0415  # imports moto
        from modules.local_aws.gateway import Gateway  # noqa: PLC0415  # imports moto

        class QuietHandler(MotoRequestHandler):
            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                """Nothing: the call log holds it."""

        moto_setup.set_up()
        state = State(fleet=fleet)
        state.application = Gateway(state)
        server = make_server(
            host, port, state.application, threaded=True, request_handler=QuietHandler
        )
        state.url = f"http://{host}:{server.server_port}"
        admin_actions.reset(state)
        thread = threading.Thread(
            target=server.serve_forever, args=(0.05,), daemon=True, name="local-aws"
        )
        thread.start()
        background = Background(state)
        background.start()
        return cls(state=state, server=server, thread=thread, background=background)

    def advance(self, duration: timedelta, tell: Listener = lambda *_run: None) -> int:
        """Move the clock forward; State Manager does everything that is due meanwhile, in order.

        Returns how many runs of associations there were, and tells of each when it is over.
        """
        return run_until(self.state, self.state.now() + duration, tell)

    @property
    def url(self) -> str:
        """The endpoint of every service."""
        return self.state.url

    def environment(
        self, account: str = DEFAULT_ACCOUNT, region: str = "us-east-1"
    ) -> Mapping[str, str]:
        """What lets boto3, the AWS CLI and Terraform talk to it, as an account's administrator.

        It replaces a process's environment: see `clean_environment`.
        """
        return environment(self.url, account, region)

    def reset(self) -> None:
        """Forget everything, and set up the fleet again."""
        with self.state.lock:
            admin_actions.reset(self.state)

    def stop(self) -> None:
        """Stop listening, when the association that runs is done."""
        self.background.stop()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def environment(url: str, account: str, region: str) -> dict[str, str]:
    """This process's environment, but with all that speaks of AWS pointing at an embedded AWS."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    return {
        **inherited,
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "not-checked",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "2",
        # A user's own profiles, with their endpoints and credentials, stay out of it.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
