"""The names of all keys and channels in Redis, and the fields of a person's hash.

The braces in a name are the hash tag of Redis Cluster: all data of a partition is on one node, so that one
script call writes a batch. The partition is that of the person's heartbeats, see `partitioner`.
"""

from __future__ import annotations

from dataclasses import dataclass

FENCE = "@"
"""The field of a person's hash that says how far it has read: `partition:next_offset`."""

ERASED = "!"
"""The only field of an erased person's hash: when, in ms. Their heartbeats change nothing from then on."""


@dataclass(frozen=True, slots=True)
class RedisKeys:
    """The names, which all begin with the prefix of this Playhead. A person is `tenant:user`.

    The `former_` names are those of releases before hash tags of partitions. On one Redis, the processor
    moves what it finds under them, and readers read both. A Redis Cluster never has them. They may be dropped
    once no release that wrote them can be upgraded from: a person's hash expires after
    `PLAYHEAD_REDIS_PERSON_TTL_DAYS`.
    """

    prefix: str = ""

    def progress_hash(self, partition: int, person: str) -> str:
        """The hash of a person's progress: content id -> encoded `Progress`, and `FENCE`.

        Older sessions of an item are a field of their own, see `older_name`.
        """
        return f"{self.prefix}progress:{{{partition}}}:{person}"

    def former_progress_hash(self, person: str) -> str:
        """The former hash of a person's progress."""
        return f"{self.prefix}progress:{{{person}}}"

    @property
    def progress_hashes(self) -> str:
        """The pattern of every person's hash, the former ones too."""
        return f"{self.prefix}progress:{{*"

    def is_progress_hash(self, key: str) -> bool:
        """Whether it is a person's hash, a former one too."""
        return key.startswith(self.progress_hashes[:-1])

    def person_of_hash(self, key: str) -> str:
        """The person of a hash, a former one too."""
        return _person(key.removeprefix(self.prefix).removeprefix("progress:{"))

    def live_channel(self, partition: int, person: str) -> str:
        """The channel on which a person's changes are published as `LiveChange`."""
        return f"{self.prefix}live:{{{partition}}}:{person}"

    def former_live_channel(self, person: str) -> str:
        """The former channel of a person's changes."""
        return f"{self.prefix}live:{{{person}}}"

    def person_of_channel(self, channel: str) -> str:
        """The person of a channel, a former one too."""
        return _person(channel.removeprefix(self.prefix).removeprefix("live:{"))

    def applied_hash(self, partition: int) -> str:
        """The hash of how far a partition was applied, and its ledger."""
        return f"{self.prefix}applied:{{{partition}}}"

    def former_applied_hash(self, partition: int) -> str:
        """The former hash of how far a partition was applied."""
        return f"{self.prefix}applied:{partition}"

    def probe(self, partition: int) -> str:
        """A key that is written to learn whether Redis takes writes of a partition."""
        return f"{self.applied_hash(partition)}:witness"

    def erased_tenants_hash(self, partition: int) -> str:
        """The hash of organisations that were erased: tenant -> when, in ms.

        The heartbeats of all their people change nothing from then on. Each partition has a copy for its
        scripts.
        """
        return f"{self.prefix}erased:{{{partition}}}"

    @property
    def former_erased_tenants(self) -> str:
        """The former hash of organisations that were erased, for all partitions."""
        return f"{self.prefix}erased:tenants"

    @property
    def partitions(self) -> str:
        """The number of partitions by which the keys are tagged.

        The first processor sets it; `hot.partitions` reads it.
        """
        return f"{self.prefix}progress:partitions"

    @property
    def over_quota(self) -> str:
        """The sorted set of people who have reached their quota of items.

        The score is the Unix time in seconds until which ingest refuses new items; the processor then checks
        the person again.
        """
        return f"{self.prefix}quota:over"

    def sign_in(self, digest: str) -> str:
        """The token of a sign-in link, by the digest of its code."""
        return f"{self.prefix}sign-in:{digest}"

    def statement(self, tenant: str, statement: str) -> str:
        """What an accepted xAPI statement said, by its id; those of one tenant have one hash tag."""
        return f"{self.prefix}xapi:{{{tenant}}}:{statement}"

    @property
    def sign_ins(self) -> str:
        """The pattern of every sign-in link."""
        return self.sign_in("*")


def _person(rest: str) -> str:
    tag, _, person = rest.partition("}")
    return person.removeprefix(":") or tag
