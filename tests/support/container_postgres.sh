#!/usr/bin/env bash
# Of the entrypoint of the image `postgres`, what rendered files use: a new database for POSTGRES_USER, POSTGRES_DB and
# POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE, and /docker-entrypoint-initdb.d/*.sh|*.sql. Run as root, it becomes postgres.
set -euo pipefail
# The file is read while this is root, as that entrypoint does.
if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
  POSTGRES_PASSWORD=$(<"$POSTGRES_PASSWORD_FILE")
  export POSTGRES_PASSWORD
  unset POSTGRES_PASSWORD_FILE
fi
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" && chown -R postgres:postgres "$PGDATA" && chmod 700 "$PGDATA"
  mkdir -p /var/run/postgresql && chown postgres:postgres /var/run/postgresql
  exec setpriv --reuid=postgres --regid=postgres --clear-groups "$0" "$@"
fi
if [ "${1:-}" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
  password=${POSTGRES_PASSWORD:-}
  if [ -z "$password" ]; then
    echo "Error: Database is uninitialized and superuser password is not specified." >&2
    exit 1
  fi
  initdb --username="${POSTGRES_USER:-postgres}" --auth-local=trust --auth-host=scram-sha-256 \
    --pwfile=<(printf '%s\n' "$password") >/dev/null
  echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
  pg_ctl --wait --silent --options="-c listen_addresses=''" start >/dev/null
  database=${POSTGRES_DB:-${POSTGRES_USER:-postgres}}
  if [ "$database" != postgres ]; then createdb --username="${POSTGRES_USER:-postgres}" "$database"; fi
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh) . "$file" ;;
      *.sql) psql --username="${POSTGRES_USER:-postgres}" --dbname="$database" --no-psqlrc --quiet --file="$file" ;;
    esac
  done
  pg_ctl --wait --silent --mode=fast stop >/dev/null
fi
if [ "${1:-}" = postgres ]; then shift && set -- postgres -c listen_addresses='*' "$@"; fi
exec "$@"
