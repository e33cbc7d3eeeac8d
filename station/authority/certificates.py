"""The station's certificates: an authority that can speak for this station only, and what it issues; pure."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from station.authority.names import LOOPBACK, Names, as_address

AUTHORITY_DAYS = 3652
SERVER_DAYS = 397
"""Browsers refuse a server's certificate that holds for longer."""
EARLIER = timedelta(days=1)
"""Certificates hold from a day ago, for phones whose clock is slow."""
# Addresses that exist inside of a network only: a station's router may give it another one without every device
# having to trust a new authority, and an authority for them says nothing about any public site.
PRIVATE = tuple(
    ipaddress.ip_network(network)
    for network in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7", "fe80::/10")
)
_SIGNS = {"key_cert_sign": True, "crl_sign": True, "digital_signature": False}
_SERVES = {"key_cert_sign": False, "crl_sign": False, "digital_signature": True}
_NEVER = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")


@dataclass(frozen=True)
class Issued:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def make_authority(station: str, names: Names, now: datetime) -> Issued:
    """Return a new authority of a station: EC P-256, ten years, constrained to the names and to private addresses."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = _named(f"Cloud Inspection {station} CA {now:%Y-%m-%d}")
    builder = _builder(own, own, key, now, now + timedelta(days=AUTHORITY_DAYS))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(_SIGNS), critical=True)
    builder = builder.add_extension(x509.NameConstraints(_permitted(names.every), None), critical=True)
    return Issued(builder.sign(key, hashes.SHA256()), key)


def make_server(authority: Issued, names: Sequence[str], now: datetime) -> Issued:
    """Return a certificate for page and broker; it holds 397 days, and never longer than the authority's own."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate
    # No name of a host in the subject: names are looked for in the extension, and constraints hold there.
    builder = _builder(_named("Cloud Inspection station"), issuer.subject, key, now, server_end(issuer, now))
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(_SERVES), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    builder = builder.add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = builder.add_extension(by, critical=False)
    return Issued(builder.sign(authority.key, hashes.SHA256()), key)


def server_end(authority: x509.Certificate, now: datetime) -> datetime:
    """Return until when a server's certificate that is made now would hold."""
    return min(now + timedelta(days=SERVER_DAYS) - EARLIER, authority.not_valid_after_utc)


def names_of(server: x509.Certificate) -> frozenset[str]:
    """Return the names and addresses that a server's certificate holds."""
    try:
        found = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    addresses = found.get_values_for_type(x509.IPAddress)
    return frozenset((*found.get_values_for_type(x509.DNSName), *(str(address) for address in addresses)))


def permits(authority: x509.Certificate, name: str) -> bool:
    """Return whether an authority may speak for a name or address."""
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    address = as_address(name)
    if address is not None:
        networks = [ipaddress.ip_network(limit.value) for limit in limits if isinstance(limit, x509.IPAddress)]
        return any(address in network for network in networks)
    domains = [limit.value for limit in limits if isinstance(limit, x509.DNSName)]
    return any(name == domain or name.endswith(f".{domain}") for domain in domains)


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate, in pairs of hexadecimal digits as devices show it."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, end: datetime
) -> x509.CertificateBuilder:
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(end)
        .add_extension(identifier, critical=False)
    )


def _usage(allowed: dict[str, bool]) -> x509.KeyUsage:
    return x509.KeyUsage(**allowed, **dict.fromkeys(_NEVER, False), encipher_only=False, decipher_only=False)


def _named(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _permitted(names: Sequence[str]) -> list[x509.GeneralName]:
    """Return what an authority may speak for: the names, what lies below them, and the addresses.

    Both kinds are always there: a kind without any entry would not be constrained at all.
    """
    every = dict.fromkeys((*LOOPBACK, *names))
    domains = [x509.DNSName(name) for name in every if as_address(name) is None]
    addresses = [address for name in every if (address := as_address(name)) is not None]
    strangers = [address for address in addresses if not any(address in network for network in PRIVATE)]
    networks = (*PRIVATE, *(ipaddress.ip_network(address) for address in strangers))
    return [*domains, *(x509.IPAddress(network) for network in networks)]


def _general(name: str) -> x509.GeneralName:
    address = as_address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)
