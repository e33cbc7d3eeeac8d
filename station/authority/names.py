"""The names and addresses by which other devices reach the station's computer."""

import fcntl
import ipaddress
import re
import socket
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SIOCGIFADDR = 0x8915
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
LOOPBACK = ("localhost", "127.0.0.1")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Names:
    """What a certificate is made for.

    ``given`` it must hold: the configuration says so, or this computer's own programs use it. ``found`` this computer
    has by itself, and it may change: it is in the certificate if the authority may speak for it. ``public`` is the one
    to tell another device.
    """

    given: tuple[str, ...]
    found: tuple[str, ...] = ()
    public: str = LOOPBACK[1]

    @property
    def every(self) -> tuple[str, ...]:
        """Return all of them, each once."""
        return tuple(dict.fromkeys((*self.given, *self.found)))


def station_names(host: str, names: Sequence[str]) -> Names:
    """Return the names of a station that listens on ``host`` and is reached by ``names`` (``[lan]``)."""
    everywhere = is_wildcard(host)
    named = (*(name.lower() for name in names), *(() if everywhere else (host,)))
    own = socket.gethostname().lower()
    found = (*(local_addresses() if everywhere else ()), *((own,) if is_dns_name(own) else ()))
    return Names(tuple(dict.fromkeys((*named, *LOOPBACK))), found, next(iter((*named, *found)), LOOPBACK[1]))


def is_wildcard(host: str) -> bool:
    """Return whether a program that listens on ``host`` is reached by every address of this computer."""
    address = as_address(host)
    return address is not None and address.is_unspecified


def as_address(name: str) -> Address | None:
    """Return an IP address, None for a DNS name."""
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def is_dns_name(name: str) -> bool:
    """Return whether a name can stand in a certificate as a DNS name; no wildcard."""
    return len(name) <= 253 and all(LABEL.fullmatch(label) for label in name.lower().split("."))


def local_addresses() -> tuple[str, ...]:
    """Return the IPv4 addresses of this computer's interfaces but loopback (Linux)."""
    return tuple(address for address in _interfaces() if not ipaddress.ip_address(address).is_loopback)


def _interfaces() -> Iterator[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for _, interface in socket.if_nameindex():
            try:
                found = fcntl.ioctl(asked, SIOCGIFADDR, struct.pack("256s", interface.encode()[:15]))
            except OSError:  # an interface without an address
                continue
            yield socket.inet_ntoa(found[20:24])
