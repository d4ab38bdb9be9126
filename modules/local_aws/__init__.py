"""The embedded AWS: moto's server on loopback, and what moto lacks of a patch policy.

`python -m modules.local_aws` runs it as a process; `LocalAws.start()` runs it in this one.
"""

from modules.local_aws.fleet import Fleet, FleetFileError, load_fleet
from modules.local_aws.server import LocalAws, environment

__all__ = ["Fleet", "FleetFileError", "LocalAws", "environment", "load_fleet"]
