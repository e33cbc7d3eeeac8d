"""From a rig's address to the link that it names."""

from urllib.parse import parse_qsl, urlsplit

from devices.profile_words import profile_error, words
from devices.serial_link import SerialLink
from devices.stream import Link
from devices.tcp_link import TcpLink

SERIAL_FORM = "serial:///dev/ttyUSB0?baud=9600&parity=N&bits=8&stop=1"
URL_FORMS = words("or", one="tcp://host:port", other=SERIAL_FORM)
RTU_FORMS = words("or", one=SERIAL_FORM, other="rtu+tcp://host:port")
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
        raise profile_error("address", url=url, forms=f"{scheme}://host:port")
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
    raise profile_error("address", url=url, forms=URL_FORMS)


def open_rtu_link(url: str) -> Link:
    """Return the link of a Modbus RTU line: a serial port, or a serial server that passes the same bytes on.

    Raises:
        ProfileError: the address is neither; the text says what is expected.
    """
    if url.startswith(f"{RTU_SCHEME}://"):
        return TcpLink(url, *split_tcp(url, RTU_SCHEME))
    if url.startswith("serial://"):
        return _serial_link(url)
    raise profile_error("rtu_address", url=url, forms=RTU_FORMS)


def _serial_link(url: str) -> SerialLink:
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    if not parts.path or parts.netloc:
        raise profile_error("no_path", url=url, forms=SERIAL_FORM)
    baud, bits = _choice(url, given, "baud", "9600", BAUDS), _choice(url, given, "bits", "8", ("7", "8"))
    parity, stop = _choice(url, given, "parity", "N", ("N", "E", "O")), _choice(url, given, "stop", "1", ("1", "2"))
    if given:
        raise profile_error("strange", url=url, names=", ".join(given), forms=SERIAL_FORM)
    return SerialLink(url, parts.path, int(baud), int(bits), parity, int(stop))


def _choice(url: str, given: dict[str, str], key: str, default: str, choices: tuple[str, ...]) -> str:
    value = given.pop(key, default)
    if value not in choices:
        raise profile_error("choice", url=url, key=key, value=value, choices=", ".join(choices))
    return value
