"""A broker that asks for a login: by SASL over TLS on one port, by a client's certificate on another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from operations.local import ports
from operations.local.stores.kafka import Kafka
from operations.local.stores.kafka_node import KafkaNode
from operations.local.stores.store import StorePlace
from playhead.kafka.topics import ensure_topics
from playhead.settings import KafkaSettings
from tests.kafka_security.certificates import Authority

PASSWORD = "correct-horse"
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER")
Right = tuple[ResourceType, str, AclOperation]


class SecureKafka(Kafka):
    """Of anyone who logs in it permits only what `permit` names; the plain port, for the test, may do all."""

    def __init__(self, directory: Path, users: tuple[str, ...]) -> None:
        place = StorePlace.below(directory, "kafka")
        taken = {place.port}
        chosen = []
        for _ in range(3):
            chosen.append(ports.choose(taken=frozenset(taken)))
            taken.add(chosen[-1])
        controller, self._sasl, self._tls = chosen
        self._controller = controller
        super().__init__(place, KafkaNode.alone(controller))
        self._users = users
        self.authority = Authority(directory)
        self._certificate = self.authority.sign("broker")

    @property
    def sasl_servers(self) -> str:
        """Where clients log in by SASL over TLS."""
        return f"127.0.0.1:{self._sasl}"

    @property
    def tls_servers(self) -> str:
        """Where clients log in by their certificates."""
        return f"127.0.0.1:{self._tls}"

    def permit(self, principal: str, *rights: Right) -> None:
        """Allow the principal, as `User:ingest`, these operations."""
        bindings = [
            AclBinding(kind, name, _PATTERN, principal, "*", operation, AclPermissionType.ALLOW)
            for kind, name, operation in rights
        ]
        admin = AdminClient({"bootstrap.servers": self.servers})
        for future in admin.create_acls(bindings, request_timeout=20).values():
            future.result()

    def add_users(self) -> None:
        """Make the users known for SCRAM."""
        admin = AdminClient({"bootstrap.servers": self.servers})
        for mechanism in (ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512):
            how = ScramCredentialInfo(mechanism, 4096)
            wanted = [UserScramCredentialUpsertion(user, how, PASSWORD.encode()) for user in self._users]
            for future in admin.alter_user_scram_credentials(wanted, request_timeout=20).values():
                future.result()

    def change_password(self, user: str, password: str) -> None:
        """Give a user of SCRAM this password, for connections from now on."""
        how = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
        admin = AdminClient({"bootstrap.servers": self.servers})
        wanted = [UserScramCredentialUpsertion(user, how, password.encode())]
        for future in admin.alter_user_scram_credentials(wanted, request_timeout=20).values():
            future.result()

    def make_topics(self, prefix: str) -> None:
        """Create Playhead's topics, of one partition each."""
        ensure_topics(KafkaSettings(kafka_servers=self.servers, kafka_prefix=prefix, kafka_partitions=1))

    def restart(self) -> None:
        """Cut every connection. Call this in a thread that outlives the broker, as `start`."""
        self.stop()
        self.start()

    def _secure(self) -> str:
        plain, controller = f"127.0.0.1:{self.port}", f"127.0.0.1:{self._controller}"
        served = f"SASL_SSL://{self.sasl_servers},SSL://{self.tls_servers}"
        accounts = " ".join(f'user_{user}="{PASSWORD}"' for user in self._users)
        login = "sasl.jaas.config"
        module = "org.apache.kafka.common.security"
        unsecured = 'unsecuredLoginStringClaim_sub="broker"'
        lines = {
            "listeners": f"PLAINTEXT://{plain},CONTROLLER://{controller},{served}",
            "advertised.listeners": f"PLAINTEXT://{plain},{served}",
            "listener.security.protocol.map": (
                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL"
            ),
            "inter.broker.listener.name": "PLAINTEXT",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": self._certificate.both,
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": self.authority.path,
            "listener.name.ssl.ssl.client.auth": "required",
            "sasl.enabled.mechanisms": ",".join(MECHANISMS),
            f"listener.name.sasl_ssl.plain.{login}": (
                f"{module}.plain.PlainLoginModule required {accounts};"
            ),
            **{
                f"listener.name.sasl_ssl.{name}.{login}": f"{module}.scram.ScramLoginModule required;"
                for name in ("scram-sha-256", "scram-sha-512")
            },
            f"listener.name.sasl_ssl.oauthbearer.{login}": (
                f"{module}.oauthbearer.OAuthBearerLoginModule required {unsecured};"
            ),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
        }
        return "".join(f"{key}={value}\n" for key, value in lines.items())

    def _prepare(self) -> None:
        super()._prepare()
        properties = self.home / "server.properties"
        properties.write_text(properties.read_text(encoding="utf-8") + self._secure(), encoding="utf-8")


_PATTERN = ResourcePatternType.LITERAL


@contextmanager
def secure_kafka(directory: Path, *users: str) -> Iterator[SecureKafka]:
    """A running broker with these users, all of the same password."""
    kafka = SecureKafka(directory, users)
    kafka.start()
    try:
        kafka.add_users()
        yield kafka
    finally:
        kafka.stop()
