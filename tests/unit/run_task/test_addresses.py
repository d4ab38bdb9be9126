"""Which addresses are HCP Terraform's, and who can reach an address."""

from __future__ import annotations

import ipaddress

import pytest

from modules.run_task.addresses import Reach, parse_origin, reach


@pytest.mark.parametrize(
    ("url", "covered"),
    [
        ("https://app.terraform.io/api/v2/x", True),
        ("https://app.terraform.io:443/api/v2/x?a=b%20c", True),
        ("https://app.terraform.io:8443/x", False),
        ("https://app.terraform.io.evil.example/x", False),
        ("https://app.terraform.iox/x", False),
        ("https://app-terraform.io/x", False),
        ("https://app.terraform.io", False),
        ("https://app.terraform.io@evil.example/x", False),
        ("https://app.terraform.io:443@evil.example/x", False),
        ("http://app.terraform.io/x", False),
        ("https://app.terraform.io/x y", False),
        ("https://app.terraform.io/\u2028", False),
        ("https://ap\u0440.terraform.io/x", False),
        ("", False),
    ],
)
def test_an_origin_covers_what_begins_with_it(url: str, covered: bool) -> None:
    assert parse_origin("https://app.terraform.io").covers(url) is covered


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://app.terraform.io", "https://app.terraform.io"),
        ("https://tfe.example:8443/", "https://tfe.example:8443"),
        ("https://[2001:db8::1]:443", "https://[2001:db8::1]"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_an_origin_is_written_in_one_way(text: str, origin: str) -> None:
    assert str(parse_origin(text)) == origin


@pytest.mark.parametrize("text", ["http://10.0.0.1", "http://localhost.evil.example", "ftp://x"])
def test_rejects_an_origin_without_tls_but_on_this_machine(text: str) -> None:
    with pytest.raises(ValueError, match="expected https"):
        parse_origin(text)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", Reach.PUBLIC),
        ("2606:4700::1111", Reach.PUBLIC),
        ("10.1.2.3", Reach.PRIVATE),
        ("100.64.0.1", Reach.PRIVATE),
        ("fd00::1", Reach.PRIVATE),
        ("127.8.8.8", Reach.LOOPBACK),
        ("::1", Reach.LOOPBACK),
        ("::ffff:127.0.0.1", Reach.LOOPBACK),
        ("::ffff:10.0.0.1", Reach.PRIVATE),
        ("169.254.169.254", Reach.NEVER),
        ("::ffff:169.254.169.254", Reach.NEVER),
        ("2002:a9fe:a9fe::", Reach.NEVER),
        ("64:ff9b::a9fe:a9fe", Reach.NEVER),
        ("64:ff9b::10.0.0.1", Reach.PRIVATE),
        ("64:ff9b::8.8.8.8", Reach.PUBLIC),
        ("fe80::1", Reach.NEVER),
        ("fd00:ec2::254", Reach.NEVER),
        ("0.0.0.0", Reach.NEVER),  # noqa: S104 - nothing binds to it
        ("::", Reach.NEVER),
        ("224.0.0.1", Reach.NEVER),
    ],
)
def test_who_can_reach_an_address(address: str, expected: Reach) -> None:
    assert reach(ipaddress.ip_address(address)) is expected
