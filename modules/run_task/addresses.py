"""Which addresses the service talks to: one origin, and what that redirects a download to."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from aiohttp.abc import AbstractResolver, ResolveResult

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_ORIGIN = re.compile(r"(https?)://([a-z0-9][a-z0-9.-]*|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?/?")
_PORTS = {"https": 443, "http": 80}
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
_LONGEST = 4096
_UNSAFE = re.compile(r"[^!-~]|[\\\"<>^`{|}#]")  # what no address of HCP Terraform has
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")  # to IPv4, by NAT64 (RFC 6052)
# Instance metadata of EC2 over IPv6, which is within the private addresses (EC2 User Guide).
_METADATA = ipaddress.ip_address("fd00:ec2::254")


class AddressError(Exception):
    """An address that the service does not talk to; the message names no part of a secret URL."""


class Reach(IntEnum):
    """Who can reach an address: everybody, a network, this machine, or it is no host's."""

    PUBLIC = 0
    PRIVATE = 1
    LOOPBACK = 2
    NEVER = 3


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Scheme, host and port, in lower case; an IPv6 host has its brackets."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        if self.port == _PORTS[self.scheme]:
            return f"{self.scheme}://{self.host}"
        return f"{self.scheme}://{self.host}:{self.port}"

    def covers(self, url: str) -> bool:
        """Whether a URL is of this origin, as text: no parser has to agree with another."""
        if len(url) > _LONGEST or _UNSAFE.search(url):
            return False
        return url.startswith((f"{self}/", f"{self.scheme}://{self.host}:{self.port}/"))


def parse_origin(text: str) -> Origin:
    """The origin of a base address; ValueError says what is expected.

    Plain http is for a mock on this machine alone.
    """
    match = _ORIGIN.fullmatch(text)
    if match is None or not 0 < int(match[3] or 1) < 65536:
        raise ValueError("expected https://HOST or https://HOST:PORT, in lower case")
    scheme, host = match[1], match[2]
    if scheme == "http" and host not in _LOOPBACK_NAMES:
        raise ValueError("expected https; http is for a mock on localhost")
    return Origin(scheme=scheme, host=host, port=int(match[3] or _PORTS[scheme]))


def reach(address: IpAddress) -> Reach:
    """Who can reach an address; one of IPv6 may stand for one of IPv4."""
    if isinstance(address, ipaddress.IPv6Address):
        within = address.ipv4_mapped or address.sixtofour
        if address in _TRANSLATED:
            within = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if within is not None:
            return reach(within)
    if address.is_loopback:
        return Reach.LOOPBACK
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return Reach.NEVER
    if address == _METADATA or (address.is_reserved and not address.is_global):
        return Reach.NEVER
    return Reach.PUBLIC if address.is_global else Reach.PRIVATE


async def resolve(host: str, port: int) -> Sequence[IpAddress]:
    """The addresses of a host; AddressError where it has none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError):
        raise AddressError("the host's name does not resolve") from None
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


def furthest(addresses: Sequence[IpAddress]) -> Reach:
    """The least public of a host's addresses: a name may resolve to several."""
    return max(reach(address) for address in addresses)


class Checked(AbstractResolver):
    """Answers with addresses that were checked: a name is not asked for a second time."""

    def __init__(self, addresses: Sequence[IpAddress]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses, whatever the name; TLS still checks that."""
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET6 if address.version == 6 else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""
