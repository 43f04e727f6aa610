#!/usr/bin/env bash
# A PostgreSQL server of one's own on loopback, for the tests that need one:
#   eval "$(tests/postgres.sh start DIRECTORY)"    starts it on a free port and sets CONVONET_TEST_POSTGRES
#   tests/postgres.sh halt|resume DIRECTORY        stops it, as a crash would, and starts it again
#   tests/postgres.sh stop DIRECTORY               stops it and deletes the directory
# Installs PostgreSQL where it is missing. Nothing of it outlives the directory.
set -euo pipefail
directory=$(realpath -m "${2:?a directory}")

bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }

# The server does not run as root.
as_postgres() { if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

case "${1:-}" in
  start)
    [ -n "$(bin)" ] || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql; } >&2
    bin=$(bin)
    mkdir -p "$directory"
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s' "$password" >"$directory/password"
    [ "$(id -u)" -ne 0 ] || chown -R postgres "$directory"
    as_postgres "$bin/initdb" -D "$directory/data" -U convonet -A scram-sha-256 --pwfile="$directory/password" -E UTF8 --locale=C >&2
    for _ in 1 2 3 4 5; do
      port=$((RANDOM % 20000 + 20000))
      # Nothing has to survive a crash of the machine, so nothing waits for the disk.
      if as_postgres "$bin/pg_ctl" -D "$directory/data" -l "$directory/log" -w \
        -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=200" start >&2; then
        printf 'export CONVONET_TEST_POSTGRES="Host=127.0.0.1;Port=%s;Username=convonet;Password=%s;Database=postgres"\n' "$port" "$password"
        exit 0
      fi
    done
    cat "$directory/log" >&2
    exit 1
    ;;
  halt)
    as_postgres "$(bin)/pg_ctl" -D "$directory/data" -m immediate -w stop >&2
    ;;
  resume)
    as_postgres "$(bin)/pg_ctl" -D "$directory/data" -l "$directory/log" -w restart >&2
    ;;
  stop)
    as_postgres "$(bin)/pg_ctl" -D "$directory/data" -m immediate -w stop >&2
    rm -rf "$directory"
    ;;
  *)
    sed -n '2,6p' "$0" >&2
    exit 2
    ;;
esac
