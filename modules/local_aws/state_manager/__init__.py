"""State Manager: runs associations when they are due, and keeps what came of it.

`run_until` does everything that is due up to a moment, in order; see `engine`.
"""

from modules.local_aws.state_manager.engine import Listener, run_until

__all__ = ["Listener", "run_until"]
