"""The addresses of one database, each with its password apart from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pydantic import SecretStr

Given = tuple[str, SecretStr | None]
"""An address, and the password that is given apart from it."""


class Dsn(str):
    """A DSN, as every caller passes it on, and the password that `playhead.postgres` adds when it connects.

    A DSN that contains the password would have the one that was valid when it was made; this one may be in a
    file, which is read for each connection. A text that is made of it has no password, which the server then
    refuses.
    """

    __slots__ = ("password",)

    password: SecretStr | None
    """None where the text has it, or none is needed."""

    @classmethod
    def of(cls, address: str, password: SecretStr | None) -> Dsn:
        """The address with this password.

        Raises:
            ValueError: it contains a password itself.
        """
        if password is not None and _has_password(address):
            raise ValueError("contains a password, and another is given apart from it: give one of them")
        made = cls(address)
        made.password = password
        return made


def password_of(dsn: str) -> str | None:
    """The present password of a DSN, where it is apart from it."""
    password = getattr(dsn, "password", None)
    return None if password is None else str(password.get_secret_value())


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """How to connect to one database; see `PostgresSettings` for each."""

    dsn: Dsn
    reader_dsn: Dsn
    admin_dsn: Dsn
    reports_dsn: Dsn | None = None

    @classmethod
    def of(
        cls,
        *,
        dsn: Given,
        reader_dsn: Given,
        admin_dsn: Given,
        reports_dsn: tuple[str | None, SecretStr | None] = (None, None),
        named: Callable[[str], str],
    ) -> Addresses:
        """Addresses, each with the password that is given apart from it.

        Args:
            dsn: Of the writer.
            reader_dsn: Of the reader.
            admin_dsn: Of the administrator.
            reports_dsn: Of the reader on a replica; its password is by default the reader's.
            named: How the operator gave an address, for messages.

        Raises:
            ValueError: an address contains a password, too.
        """

        def made(field: str, address: str, password: SecretStr | None) -> Dsn:
            try:
                return Dsn.of(address, password)
            except ValueError as error:
                raise ValueError(f"{named(field)} {error}") from None

        replica, password = reports_dsn
        if replica is not None and password is None and not _has_password(replica):
            password = reader_dsn[1]
        return cls(
            dsn=made("dsn", *dsn),
            reader_dsn=made("reader_dsn", *reader_dsn),
            admin_dsn=made("admin_dsn", *admin_dsn),
            reports_dsn=None if replica is None else made("reports_dsn", replica, password),
        )

    def __repr__(self) -> str:
        """Without the addresses, which contain passwords."""
        return "Addresses(...)"

    @property
    def reports(self) -> Dsn:
        """The address for reports."""
        return self.reports_dsn or self.reader_dsn

    def __iter__(self) -> Iterator[tuple[str, Dsn]]:
        """The addresses that are given, by their names."""
        for name in ("dsn", "reader_dsn", "admin_dsn", "reports_dsn"):
            value = getattr(self, name)
            if value is not None:
                yield name, value


def _has_password(address: str) -> bool:
    from psycopg.conninfo import conninfo_to_dict

    return bool(conninfo_to_dict(address).get("password"))
