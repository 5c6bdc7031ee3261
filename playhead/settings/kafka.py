"""The Kafka cluster: its address, how its topics are created, and how clients log in."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Literal, Self

from pydantic import Field, FilePath, HttpUrl, SecretStr, model_validator

from playhead.settings.base import Settings

SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "AWS_MSK_IAM"]

_PASSWORD = ("kafka_sasl_username", "kafka_sasl_password")
_OAUTH = ("kafka_oauth_token_url", "kafka_oauth_client_id", "kafka_oauth_client_secret")
_IAM = ("kafka_aws_region",)
_NEEDED = {"OAUTHBEARER": _OAUTH, "AWS_MSK_IAM": _IAM}
_OF_SASL = ("kafka_sasl_mechanism", *_PASSWORD, *_OAUTH, "kafka_oauth_scope", *_IAM)
_OF_TLS = ("kafka_ssl_ca", "kafka_ssl_certificate", "kafka_ssl_key", "kafka_ssl_key_password")


class KafkaSettings(Settings):
    """The Kafka cluster, how clients log in, and how the topics are created."""

    kafka_servers: str = "127.0.0.1:9092"
    """Comma-separated `host:port`."""
    kafka_security_protocol: SecurityProtocol = "PLAINTEXT"
    """What the listener at these addresses speaks: `SSL` and `SASL_SSL` are encrypted, and the `SASL_` ones
    ask for a login."""
    kafka_sasl_mechanism: SaslMechanism | None = None
    """How clients log in, with a `SASL_` protocol."""
    kafka_sasl_username: str | None = None
    """The user, for PLAIN and SCRAM."""
    kafka_sasl_password: SecretStr | None = None
    """The user's password."""
    kafka_oauth_token_url: HttpUrl | None = Field(default=None, repr=False)
    """For OAUTHBEARER: where tokens are issued for client credentials."""
    kafka_oauth_client_id: str | None = None
    """For OAUTHBEARER: the client."""
    kafka_oauth_client_secret: SecretStr | None = None
    """For OAUTHBEARER: the client's secret."""
    kafka_oauth_scope: str | None = None
    """For OAUTHBEARER: the scope to ask for; none by default."""
    kafka_aws_region: str | None = Field(default=None, pattern=r"^[a-z0-9-]+$")
    """For AWS_MSK_IAM: the region of the brokers, as `eu-central-1`. The credentials are those that Amazon's
    libraries find: of the pod's or the machine's role, or `AWS_ACCESS_KEY_ID` and its like."""
    kafka_ssl_ca: FilePath | None = None
    """PEM file of the authorities that sign the brokers' certificates; by default those of the system."""
    kafka_ssl_certificate: FilePath | None = None
    """PEM file of the client's own certificate, with the authorities between it and the root, where brokers
    ask for one."""
    kafka_ssl_key: FilePath | None = None
    """PEM file of the certificate's key."""
    kafka_ssl_key_password: SecretStr | None = None
    """The password of that file, if it is encrypted."""
    kafka_client_rack: str | None = None
    """The availability zone of this process: consumers read from a replica there, where brokers permit."""
    kafka_instance_id: str | None = None
    """A name of this process that it keeps when it restarts, different for each: its partitions then wait for
    it for a session timeout, and are not given to others."""
    kafka_partitions: int = Field(default=12, ge=1, le=1000)
    """Partitions of each topic at creation; the maximum number of processors, and of sinks, that share the
    work."""
    kafka_replication: int = Field(default=1, ge=1, le=9)
    """Replicas of each topic at creation; 3 in production."""
    kafka_min_in_sync_replicas: int | None = Field(default=None, ge=1, le=9)
    """Replicas of each topic that must have a record before it is acknowledged, at creation; by default half
    of the replicas, rounded up: 2 of 3. With one broker fewer, saves are answered 503."""
    kafka_prefix: str = Field(default="", pattern=r"^[A-Za-z0-9._-]*$")
    """Prefix of the names of all topics and consumer groups, for several Playheads on one cluster."""

    @property
    def min_in_sync_replicas(self) -> int:
        """Replicas that must have a record before it is acknowledged."""
        return self.kafka_min_in_sync_replicas or (self.kafka_replication + 1) // 2

    @property
    def kafka_is_encrypted(self) -> bool:
        """Whether the connections are by TLS."""
        return self.kafka_security_protocol.endswith("SSL")

    @property
    def kafka_asks_for_login(self) -> bool:
        """Whether the brokers ask for a login by SASL."""
        return self.kafka_security_protocol.startswith("SASL")

    @model_validator(mode="after")
    def _refuse_more_in_sync_than_there_are(self) -> Self:
        if self.min_in_sync_replicas > self.kafka_replication:
            raise ValueError(
                f"PLAYHEAD_KAFKA_MIN_IN_SYNC_REPLICAS is {self.min_in_sync_replicas}, and there are only "
                f"{self.kafka_replication} replicas (PLAYHEAD_KAFKA_REPLICATION): no record could be written"
            )
        return self

    @model_validator(mode="after")
    def _refuse_half_a_login(self) -> Self:
        if problems := list(self._problems()):
            raise ValueError("; ".join(problems))
        return self

    def _problems(self) -> Iterator[str]:
        protocol = f"PLAYHEAD_KAFKA_SECURITY_PROTOCOL is {self.kafka_security_protocol}"
        if not self.kafka_asks_for_login and (given := self._given(_OF_SASL)):
            yield f"{_variable(given[0])} has no effect, as {protocol}"
        if not self.kafka_is_encrypted and (given := self._given(_OF_TLS)):
            yield f"{_variable(given[0])} has no effect, as {protocol}"
        if self.kafka_oauth_token_url is not None and self.kafka_oauth_token_url.username is not None:
            yield (
                "PLAYHEAD_KAFKA_OAUTH_TOKEN_URL names a user, which is PLAYHEAD_KAFKA_OAUTH_CLIENT_ID's and "
                "PLAYHEAD_KAFKA_OAUTH_CLIENT_SECRET's part"
            )
        if len(self._given(("kafka_ssl_certificate", "kafka_ssl_key"))) == 1:
            yield "PLAYHEAD_KAFKA_SSL_CERTIFICATE and PLAYHEAD_KAFKA_SSL_KEY are set together or not at all"
        if self.kafka_asks_for_login:
            if self.kafka_sasl_mechanism is None:
                yield f"PLAYHEAD_KAFKA_SASL_MECHANISM is not set, and {protocol}"
                return
            for name in _NEEDED.get(self.kafka_sasl_mechanism, _PASSWORD):
                if getattr(self, name) is None:
                    yield f"{_variable(name)} is not set, which {self.kafka_sasl_mechanism} needs"
            if self.kafka_sasl_mechanism == "AWS_MSK_IAM" and not has_msk_signer():
                yield (
                    "PLAYHEAD_KAFKA_SASL_MECHANISM is AWS_MSK_IAM, which needs Amazon's library: "
                    "pip install 'playhead[msk]'"
                )

    def _given(self, names: tuple[str, ...]) -> list[str]:
        return [name for name in names if getattr(self, name) is not None]


def has_msk_signer() -> bool:
    """Whether the extra `msk` is installed, which signs tokens for Amazon MSK."""
    return find_spec("aws_msk_iam_sasl_signer") is not None


def _variable(name: str) -> str:
    return f"PLAYHEAD_{name.upper()}"
