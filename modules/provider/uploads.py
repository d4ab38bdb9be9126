"""What a run in HCP Terraform leaves at home of the folder that it uploads.

Terraform reads the file in the root of what it uploads, and leaves out `.git/` and `.terraform/`
besides. Files of variables stay: HCP Terraform reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_IGNORE: Final = b"""\
# What runs at the terminal leave here, and HCP Terraform has no use for: plans and states.
plan
plan.json
tfplan
*.tfplan
*.tfstate
*.tfstate.*
crash.log
.env*
"""

FILES: Final[Mapping[str, bytes]] = {".terraformignore": _IGNORE}
