"""From a rig's address to the link that it names."""

from urllib.parse import parse_qsl, urlsplit

from devices.errors import ProfileError
from devices.serial_link import SerialLink
from devices.stream import Link
from devices.tcp_link import TcpLink

SERIAL_FORM = "serial:///dev/ttyUSB0?baud=9600&parity=N&bits=8&stop=1"
URL_FORMS = f"tcp://host:port or {SERIAL_FORM}"
RTU_FORMS = f"{SERIAL_FORM} or rtu+tcp://host:port"
BAUDS = ("1200", "2400", "4800", "9600", "19200", "38400", "57600", "115200")
RTU_SCHEME = "rtu+tcp"


def split_tcp(url: str, scheme: str = "tcp") -> tuple[str, int]:
    """Return host and port of an address ``tcp://host:port``, or of another scheme.

    Raises:
        ProfileError: it is none.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not url.startswith(f"{scheme}://") or not host or port is None:
        raise ProfileError(f"{url}: not a rig's address: expected {scheme}://host:port")
    return host, port


def open_link(url: str) -> Link:
    """Return the link of plain bytes that an address names, not yet open.

    Raises:
        ProfileError: the address is none that we know; the text says what is expected.
    """
    if url.startswith("tcp://"):
        return TcpLink(url, *split_tcp(url))
    if url.startswith("serial://"):
        return _serial_link(url)
    raise ProfileError(f"{url}: not a rig's address: expected {URL_FORMS}")


def open_rtu_link(url: str) -> Link:
    """Return the link of a Modbus RTU line: a serial port, or a serial server that passes the same bytes on.

    Raises:
        ProfileError: the address is neither; the text says what is expected.
    """
    if url.startswith(f"{RTU_SCHEME}://"):
        return TcpLink(url, *split_tcp(url, RTU_SCHEME))
    if url.startswith("serial://"):
        return _serial_link(url)
    raise ProfileError(f"{url}: not the address of a Modbus RTU line: expected {RTU_FORMS}")


def _serial_link(url: str) -> SerialLink:
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    if not parts.path or parts.netloc:
        raise ProfileError(f"{url}: the port's path is missing: expected {SERIAL_FORM}")
    baud, bits = _choice(url, given, "baud", "9600", BAUDS), _choice(url, given, "bits", "8", ("7", "8"))
    parity, stop = _choice(url, given, "parity", "N", ("N", "E", "O")), _choice(url, given, "stop", "1", ("1", "2"))
    if given:
        raise ProfileError(f"{url}: {', '.join(given)} is not understood: expected {SERIAL_FORM}")
    return SerialLink(url, parts.path, int(baud), int(bits), parity, int(stop))


def _choice(url: str, given: dict[str, str], key: str, default: str, choices: tuple[str, ...]) -> str:
    value = given.pop(key, default)
    if value not in choices:
        raise ProfileError(f"{url}: {key}={value}: expected one of {', '.join(choices)}")
    return value
