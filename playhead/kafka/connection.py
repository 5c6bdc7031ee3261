"""How every client connects to Kafka: the only place that knows the addresses and the login.

`client_properties` is for librdkafka's clients, `tls_context` and `oauth_tokens` for aiokafka's. librdkafka
reports a refused login only as a lost connection, again and again; `refusal` asks once more and says which
setting is wrong.
"""

from __future__ import annotations

import logging
import ssl
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient
from cryptography import x509
from prometheus_client import Gauge

from playhead.kafka.tokens import TokenSource, TokenUnavailableError, client_credentials, iam_tokens

if TYPE_CHECKING:
    from playhead.settings import KafkaSettings

REFUSAL_SECONDS = 5.0
"""For a connection to be refused; librdkafka waits a second between attempts."""
_POLL_SECONDS = 0.1
_LOGIN = "PLAYHEAD_KAFKA_SASL_USERNAME, PLAYHEAD_KAFKA_SASL_PASSWORD, PLAYHEAD_KAFKA_SASL_MECHANISM"
_WHO = "PLAYHEAD_KAFKA_SASL_USERNAME, or the name in PLAYHEAD_KAFKA_SSL_CERTIFICATE"
_REFUSED: Final = {
    KafkaError._AUTHENTICATION: f"the brokers refuse the login ({_LOGIN})",
    KafkaError._SSL: "no encrypted connection (PLAYHEAD_KAFKA_SSL_CA, PLAYHEAD_KAFKA_SSL_CERTIFICATE)",
    KafkaError.SASL_AUTHENTICATION_FAILED: f"the brokers refuse the login ({_LOGIN})",
    KafkaError.TOPIC_AUTHORIZATION_FAILED: f"the login lacks a right to the topic ({_WHO})",
    KafkaError.GROUP_AUTHORIZATION_FAILED: f"the login lacks the right to the consumer group ({_WHO})",
    KafkaError.CLUSTER_AUTHORIZATION_FAILED: f"the login lacks a right to the cluster ({_WHO})",
}
_DENIED: Final = frozenset(
    {
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    }
)

CERTIFICATE_EXPIRY = Gauge(
    "playhead_kafka_certificate_expiry_timestamp_seconds",
    "When the client's certificate for Kafka expires; 0 if there is none.",
    multiprocess_mode="livemin",
)

_log = logging.getLogger(__name__)


def client_properties(settings: KafkaSettings, client_id: str) -> dict[str, Any]:
    """The librdkafka properties that say where Kafka is and how to log in.

    Raises:
        KafkaException: there are no credentials to sign a token with (AWS_MSK_IAM).
    """
    properties: dict[str, Any] = {
        "bootstrap.servers": settings.kafka_servers,
        "client.id": client_id,
        "security.protocol": settings.kafka_security_protocol,
    }
    if settings.kafka_is_encrypted:
        properties |= _tls_properties(settings)
    if settings.kafka_sasl_mechanism == "OAUTHBEARER":
        properties |= _oauth_properties(settings)
    elif settings.kafka_sasl_mechanism == "AWS_MSK_IAM":
        properties |= _iam_properties(settings)
    elif settings.kafka_asks_for_login:
        properties |= {
            "sasl.mechanisms": settings.kafka_sasl_mechanism,
            "sasl.username": settings.kafka_sasl_username,
            "sasl.password": _revealed(settings.kafka_sasl_password),
        }
    return properties


def consumer_properties(settings: KafkaSettings, client_id: str) -> dict[str, Any]:
    """`client_properties`, and which replica a consumer reads from and how its group knows it again."""
    named = {"client.rack": settings.kafka_client_rack, "group.instance.id": settings.kafka_instance_id}
    return client_properties(settings, client_id) | {name: value for name, value in named.items() if value}


def admin_client(settings: KafkaSettings, client_id: str) -> AdminClient:
    """A client for administrative requests, which logs nothing itself."""
    return AdminClient(client_properties(settings, client_id) | {"log_level": 0})


def tls_context(settings: KafkaSettings) -> ssl.SSLContext | None:
    """The context for aiokafka; None without TLS."""
    if not settings.kafka_is_encrypted:
        return None
    context = ssl.create_default_context(cafile=settings.kafka_ssl_ca)
    if settings.kafka_ssl_certificate is not None:
        password = _revealed(settings.kafka_ssl_key_password)
        context.load_cert_chain(settings.kafka_ssl_certificate, settings.kafka_ssl_key, password)
    return context


def oauth_tokens(settings: KafkaSettings) -> TokenSource | None:
    """Where tokens come from; None unless the login is by OAUTHBEARER or AWS_MSK_IAM."""
    if settings.kafka_sasl_mechanism == "AWS_MSK_IAM":
        return iam_tokens(settings.kafka_aws_region or "")
    if settings.kafka_sasl_mechanism != "OAUTHBEARER":
        return None
    return client_credentials(
        str(settings.kafka_oauth_token_url),
        settings.kafka_oauth_client_id or "",
        lambda: _revealed(settings.kafka_oauth_client_secret) or "",
        settings.kafka_oauth_scope,
    )


def refusal(settings: KafkaSettings, seconds: float = REFUSAL_SECONDS) -> str | None:
    """Why the brokers refuse connections with these settings; None if they do not, or do not answer at all.

    Blocks until they have refused one, or for `seconds`.
    """
    if (own := expired_certificate(settings) or _without_token(settings)) is not None:
        return own
    errors: list[KafkaError] = []
    properties = client_properties(settings, "playhead-witness")
    try:
        client = AdminClient(properties | {"log_level": 0, "error_cb": errors.append})
    except KafkaException as failure:  # no token that can be used
        return explained(failure.args[0])
    over = time.monotonic() + seconds
    while time.monotonic() < over:
        try:
            client.list_topics(timeout=_POLL_SECONDS)
        except KafkaException:
            client.poll(0)  # calls `error_cb`
        else:
            return None
        for error in errors:
            if (said := explained(error)) is not None:
                return said
    return None


def explained(error: KafkaError) -> str | None:
    """What to change if the brokers refuse this login or its rights; None for every other error.

    The text of the brokers and of TLS is included: it names the user or the certificate, and no secret.
    """
    meaning = _REFUSED.get(error.code())
    return None if meaning is None else f"{meaning}: {error.str()}"


def missing_right(error: KafkaError, needed: str) -> str | None:
    """That the login lacks a right such as `Read on topic progress.states`; None for every other error."""
    if error.code() not in _DENIED:
        return None
    return f"the login lacks the right {needed} ({_WHO}): see docs/operations/kafka.md"


def log_refusal(error: KafkaError) -> str | None:
    """Log what `explained` says, and return it; an `error_cb` for clients that have none of their own."""
    said = explained(error)
    if said is not None:
        _log.error("%s", said)
    return said


def expired_certificate(settings: KafkaSettings) -> str | None:
    """Whether our own certificate has expired: brokers then close the connection without a word."""
    until = _certificate_expiry(settings)
    if until is None or until > datetime.now(UTC):
        return None
    return f"PLAYHEAD_KAFKA_SSL_CERTIFICATE expired on {until:%Y-%m-%d}"


def show_certificate(settings: KafkaSettings) -> None:
    """Show in the metrics when our own certificate expires, if there is one."""
    try:
        until = _certificate_expiry(settings)
    except (OSError, ValueError) as error:
        _log.warning("PLAYHEAD_KAFKA_SSL_CERTIFICATE cannot be read: %s", error)
        return
    if until is not None:
        CERTIFICATE_EXPIRY.set(until.timestamp())


def _certificate_expiry(settings: KafkaSettings) -> datetime | None:
    if settings.kafka_ssl_certificate is None:
        return None
    return x509.load_pem_x509_certificate(settings.kafka_ssl_certificate.read_bytes()).not_valid_after_utc


def _oauth_properties(settings: KafkaSettings) -> dict[str, Any]:
    """By librdkafka's own threads: `oauth_cb` would wait for a poll, which a client at rest does not make."""
    found = {
        "sasl.mechanisms": "OAUTHBEARER",
        "sasl.oauthbearer.method": "oidc",
        "sasl.oauthbearer.token.endpoint.url": str(settings.kafka_oauth_token_url),
        "sasl.oauthbearer.client.id": settings.kafka_oauth_client_id,
        "sasl.oauthbearer.client.secret": _revealed(settings.kafka_oauth_client_secret),
        "sasl.oauthbearer.scope": settings.kafka_oauth_scope,
    }
    return {name: value for name, value in found.items() if value is not None}


def _iam_properties(settings: KafkaSettings) -> dict[str, Any]:
    """By `oauth_cb`, which confluent-kafka calls on a thread of its own, in time before a token expires.

    The constructor of a client waits for the first token, ten seconds long where there is none; so the source
    is asked once before.
    """
    source = oauth_tokens(settings)
    if source is None:
        raise ValueError("tokens are not how these settings log in")

    def signed(_: str) -> tuple[str, float]:
        try:
            token = source()
        except TokenUnavailableError as error:
            _log.error("%s", error)  # librdkafka tries again in ten seconds
            raise
        return token.value, token.expires_at or 0.0

    try:
        source()
    except TokenUnavailableError as error:
        raise KafkaException(KafkaError(KafkaError._AUTHENTICATION, str(error))) from error
    return {"sasl.mechanisms": "OAUTHBEARER", "oauth_cb": signed}


def _without_token(settings: KafkaSettings) -> str | None:
    """Why there is no token, which librdkafka does not pass on."""
    if (source := oauth_tokens(settings)) is not None:
        try:
            source()
        except TokenUnavailableError as error:
            return str(error)
    return None


def _tls_properties(settings: KafkaSettings) -> dict[str, Any]:
    found = {
        "ssl.ca.location": settings.kafka_ssl_ca,
        "ssl.certificate.location": settings.kafka_ssl_certificate,
        "ssl.key.location": settings.kafka_ssl_key,
        "ssl.key.password": _revealed(settings.kafka_ssl_key_password),
    }
    return {name: str(value) for name, value in found.items() if value is not None}


def _revealed(secret: Any) -> str | None:
    return None if secret is None else str(secret.get_secret_value())
