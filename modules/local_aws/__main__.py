"""`python -m modules.local_aws [--port N] [--fleet FILE]`: an embedded AWS as a process.

Prints its URL on one line when it is ready, and stops on SIGTERM or SIGINT. Exit status 2: a fleet
file or an address that it does not take.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from modules.local_aws import LocalAws
from modules.local_aws.fleet import EMPTY, FleetFileError, load_fleet
from modules.local_aws.server import LOOPBACK


def main() -> int:
    """Run until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m modules.local_aws", description=__doc__)
    parser.add_argument("--host", default=LOOPBACK, help="a loopback address")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--fleet", type=Path, help="a fleet file (see examples/fleet.yaml)")
    given = parser.parse_args()
    stops = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)  # inherited by the server's threads
    try:
        fleet = load_fleet(given.fleet) if given.fleet else EMPTY
        aws = LocalAws.start(fleet, host=given.host, port=given.port)
    except (FleetFileError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    with aws:
        sys.stdout.write(f"{aws.url}\n")
        sys.stdout.flush()
        signal.sigwait(stops)
    return 0


if __name__ == "__main__":
    sys.exit(main())
