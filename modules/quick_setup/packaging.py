"""The Lambda function as a zip file that is a pure function of its sources.

Another zip is another hash, and another hash is a deployment; so nothing of the machine gets in: no
time, no file mode, no order of a folder, no line ending, and no compression, as the output of zlib
differs between its versions.
"""

from __future__ import annotations

import base64
import hashlib
import io
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2] / "lambda_src" / "baseline_overrides"

_EARLIEST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
# Readable for all: Lambda runs the code as another user than the owner of the files.
_FILE_MODE = stat.S_IFREG | 0o644


@dataclass(frozen=True, kw_only=True)
class LambdaPackage:
    """What Terraform needs to deploy the function."""

    file_name: str
    handler: str
    runtime: str
    content: bytes

    @property
    def source_code_hash(self) -> str:
        """The content's SHA-256 in base64, as Lambda reports it and `source_code_hash` wants it."""
        return base64.b64encode(hashlib.sha256(self.content).digest()).decode()


def lambda_package(sources: Path = SOURCES) -> LambdaPackage:
    """The package as it is deployed, from the folder of the same name as the Python package.

    Raises:
        FileNotFoundError: where the folder holds no Python file.
    """
    return LambdaPackage(
        file_name=f"{sources.name}.zip",
        handler=f"{sources.name}.handler.lambda_handler",
        runtime="python3.13",
        content=_zipped(sources),
    )


def _zipped(sources: Path) -> bytes:
    names = sorted(path.relative_to(sources.parent).as_posix() for path in sources.rglob("*.py"))
    if not names:
        raise FileNotFoundError(
            f"{sources} holds no Python file; the function's sources are expected there."
        )
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        for name in names:
            package.writestr(_entry(name), _with_unix_line_endings(sources.parent / name))
    return archive.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EARLIEST_ZIP_DATE)
    entry.compress_type = zipfile.ZIP_STORED
    entry.create_system = _UNIX
    entry.external_attr = _FILE_MODE << 16
    return entry


def _with_unix_line_endings(path: Path) -> bytes:
    """The file as git stores it, also where a checkout on Windows changed it."""
    return path.read_bytes().replace(b"\r\n", b"\n")
