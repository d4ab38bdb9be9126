"""The clients that a script makes: they are there from its second run on."""

from __future__ import annotations

import os
import pickle
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import Credentials


class Clients:
    """The clients that a script makes, kept for its next run."""

    def __init__(self) -> None:
        self.credentials = Credentials("", "", "")
        self.create = boto3.client
        self.kept: dict[bytes, Any] = {}
        core = botocore.session.Session()
        vars(core)["_credentials"] = self.credentials
        # Otherwise botocore would put together at each call what nobody here looks at.
        core.set_default_client_config(Config(user_agent="embedded-aws"))
        self.session = boto3.Session(botocore_session=core)

    def begin(self, environment: dict[str, str]) -> None:
        """Take over a run's environment, its credentials among it."""
        os.environ.clear()
        os.environ.update(environment)
        self.credentials.access_key = environment.get("AWS_ACCESS_KEY_ID", "")
        self.credentials.secret_key = environment.get("AWS_SECRET_ACCESS_KEY", "")
        self.credentials.token = environment.get("AWS_SESSION_TOKEN", "")
        has_role = "AWS_ACCESS_KEY_ID" in environment
        boto3.DEFAULT_SESSION = self.session if has_role else None

    def client(self, *arguments: Any, **options: Any) -> Any:
        """In the place of boto3.client: one that is there, or a new one."""
        place = os.environ.get("AWS_REGION"), os.environ.get("AWS_ENDPOINT_URL")
        with_role = boto3.DEFAULT_SESSION is self.session
        try:
            key = pickle.dumps((arguments, sorted(options.items()), place))
        except (pickle.PicklingError, AttributeError, TypeError):
            return self.create(*arguments, **options)
        if not with_role:
            return self.create(*arguments, **options)
        if key not in self.kept:
            self.kept[key] = self.create(*arguments, **options)
        return self.kept[key]
