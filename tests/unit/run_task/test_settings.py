"""Settings come from the environment, and are refused before the service starts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from modules.run_task.settings import PREFIX, SettingsError, read_settings
from modules.run_task.variables import VARIABLES

PAGE = Path(__file__).parents[3] / "docs" / "hcp-terraform.md"


def environment(**values: str) -> dict[str, str]:
    return {PREFIX + name: value for name, value in ({"HMAC_KEY": "secret"} | values).items()}


def problems(**values: str) -> list[str]:
    with pytest.raises(SettingsError) as error:
        read_settings(environment(**values))
    return str(error.value).splitlines()


def test_the_key_alone_is_enough() -> None:
    settings = read_settings(environment())
    assert str(settings.hcp_address) == "https://app.terraform.io"
    assert settings.listen == ("127.0.0.1", 8080)
    assert settings.hmac_key == b"secret"
    assert settings.fail_on == "critical"


def test_the_key_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("from a file\n", encoding="utf-8")
    assert read_settings(environment(HMAC_KEY="", HMAC_KEY_FILE=str(file))).hmac_key == (
        b"from a file"
    )


def test_the_key_is_in_no_representation() -> None:
    assert "secret" not in repr(read_settings(environment()))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("HMAC_KEY", "", "expected one of them"),
        ("HMAC_KEY", " ", "found white space"),
        ("HMAC_KEY_FILE", "/dev/null", "expected one of them"),
        ("HCP_ADDRESS", "http://app.terraform.io", "expected https"),
        ("HCP_ADDRESS", "https://app.terraform.io/app", "expected https://HOST"),
        ("HCP_ADDRESS", "https://user@app.terraform.io", "expected https://HOST"),
        ("HCP_ADDRESS", "https://APP.terraform.io", "in lower case"),
        ("HCP_ADDRESS", "https://app.terraform.io:0", "expected https://HOST"),
        ("HCP_ADDRESS", "", "expected https://HOST"),
        ("CA_FILE", "/does/not/exist", "expected a file"),
        ("CA_FILE", __file__, "expected certificates in PEM"),
        ("LISTEN", "8080", "expected HOST:PORT"),
        ("LISTEN", "0.0.0.0:99999", "expected HOST:PORT"),
        ("TLS_KEY", "/etc/hostname", "expected both or neither"),
        ("FAIL_ON", "high", "expected one of critical, warning, notice, info, never"),
        ("ALLOW", "install-begins", "expected RULE=REASON"),
        ("ALLOW", "no-such-rule=x", "expected RULE=REASON"),
        ("TIMEZONE", "Tokyo", "expected a time zone"),
        ("TIMEZONE", "../../etc/passwd", "expected a time zone"),
        ("FLEET", "/dev/null", "expected a file"),
        ("FLEET", __file__, "expected a fleet file"),
        ("MAX_PLAN_MB", "0", "expected a number from 1 to 2048"),
        ("REVIEWS", "two", "expected a number"),
        ("REVIEWS", "٢", "expected a number"),
        ("LOG_LEVEL", "DEBUG", "expected one of INFO"),
    ],
)
def test_rejects_what_does_not_do(name: str, value: str, expected: str) -> None:
    (problem,) = problems(**{name: value})
    assert problem.startswith(PREFIX)
    assert expected in problem


def test_rejects_an_unknown_name_and_names_the_nearest() -> None:
    assert problems(MAX_PLAN="1") == [
        f"{PREFIX}MAX_PLAN: found a setting that there is not; the nearest is {PREFIX}MAX_PLAN_MB"
    ]


def test_all_problems_are_told_at_once() -> None:
    assert len(problems(FAIL_ON="x", TIMEZONE="x", REVIEWS="x", HMAC_KEY="")) == 4


def test_messages_never_quote_the_key(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("another", encoding="utf-8")
    said = problems(HMAC_KEY="the-key-itself", HMAC_KEY_FILE=str(file))
    assert "the-key-itself" not in str(said)


def test_every_setting_is_documented_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", PAGE.read_text(encoding="utf-8"), re.M)
    documented = {name: (default, meaning) for name, default, meaning in rows}
    for each in VARIABLES:
        default = f"`{each.default}`" if each.default else "none"
        assert documented[PREFIX + each.name] == (default, each.meaning)
    assert {PREFIX + "HMAC_KEY", PREFIX + "HMAC_KEY_FILE"} <= documented.keys()
