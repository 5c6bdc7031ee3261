"""An authority and the certificates that it signs, as PEM files."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_PEM = serialization.Encoding.PEM


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, each in a file and both in one."""

    certificate: Path
    key: Path

    @property
    def both(self) -> Path:
        """As Kafka reads a keystore of type PEM."""
        path = self.key.with_suffix(".store.pem")
        path.write_bytes(self.key.read_bytes() + self.certificate.read_bytes())
        return path


class Authority:
    """Signs certificates for 127.0.0.1, or for a host's name alone."""

    def __init__(self, directory: Path, name: str = "authority") -> None:
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        own = self._builder(self._name, self._key, days=30)
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.path = directory / f"{name}.pem"
        self.path.write_bytes(own.sign(self._key, hashes.SHA256()).public_bytes(_PEM))

    def sign(self, name: str, *, days: int = 30, host: str | None = None) -> Certificate:
        """A certificate of this common name, which expires in so many days; fewer than none: it has."""
        key = ec.generate_private_key(ec.SECP256R1())
        here = x509.IPAddress(ipaddress.ip_address("127.0.0.1")) if host is None else x509.DNSName(host)
        address = x509.SubjectAlternativeName([here])
        builder = self._builder(_named(name), key, days=days).add_extension(address, critical=False)
        made = Certificate(self._directory / f"{name}.crt.pem", self._directory / f"{name}.key.pem")
        made.certificate.write_bytes(builder.sign(self._key, hashes.SHA256()).public_bytes(_PEM))
        unencrypted = serialization.NoEncryption()
        made.key.write_bytes(key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, unencrypted))
        return made

    def _builder(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, *, days: int
    ) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=60))
            .not_valid_after(now + dt.timedelta(days=days))
        )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
