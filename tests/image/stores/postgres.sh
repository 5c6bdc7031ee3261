#!/bin/sh
# PostgreSQL as its own image starts it: a new volume is initialised with the password and the database of the
# variables, while a temporary server answers on the socket alone.
set -eu
export PATH="/opt/postgres/bin:$PATH"
: "${POSTGRES_DB:=postgres}" "${POSTGRES_INITDB_ARGS:=}"
mkdir -p "$PGDATA" /var/run/postgresql
chown -R postgres: /var/lib/postgresql /var/run/postgresql
chmod 700 "$PGDATA"
as() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    [ -n "${POSTGRES_PASSWORD:-}" ] || [ "${POSTGRES_HOST_AUTH_METHOD:-}" = trust ] || {
        echo "POSTGRES_PASSWORD is not set" >&2; exit 1
    }
    password=$(mktemp); printf '%s\n' "${POSTGRES_PASSWORD:-none}" >"$password"; chown postgres "$password"
    # shellcheck disable=SC2086 # several arguments
    as initdb --username=postgres --pwfile="$password" --pgdata="$PGDATA" --auth-local=trust $POSTGRES_INITDB_ARGS
    rm "$password"
    echo "host all all all ${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
    sed -i "s/^#*listen_addresses.*/listen_addresses = '*'/" "$PGDATA/postgresql.conf"
    as pg_ctl --pgdata="$PGDATA" --wait --options="-c listen_addresses= -k /var/run/postgresql" start
    [ "$POSTGRES_DB" = postgres ] ||
        as psql --host=/var/run/postgresql --username=postgres --command="CREATE DATABASE \"$POSTGRES_DB\"" postgres
    as pg_ctl --pgdata="$PGDATA" --wait --mode=fast stop
fi
exec setpriv --reuid=postgres --regid=postgres --init-groups "$@" -k /var/run/postgresql
