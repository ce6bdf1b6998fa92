#!/usr/bin/env bash
# A PostgreSQL of your own on loopback, for tests, benchmarks and trying things. Its data may be lost
# at a power cut (fsync is off) and anyone on this machine may connect: never for real data.
#
#   tools/postgres.sh start DIR   makes the cluster in DIR if it is not there, starts it, prints its address
#   tools/postgres.sh stop DIR    stops it; the data stays
set -euo pipefail

usage() { sed -n 's/^#   //p' "$0" >&2; exit 2; }
[ $# -eq 2 ] || usage
mkdir -p "$2"
dir=$(cd "$2" && pwd)
name=kvitt

# Debian keeps the server's programs off the path, one folder per version.
initdb=$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -1)
initdb=${initdb:-$(command -v initdb || true)}
[ -n "$initdb" ] || { echo "PostgreSQL is missing: install the package postgresql." >&2; exit 1; }
bin=$(dirname "$(readlink -f "$initdb")")

# PostgreSQL refuses to run as root: then the cluster belongs to the user postgres.
as_owner() {
  if [ "$(id -u)" -eq 0 ]; then (cd / && setpriv --reuid=postgres --regid=postgres --init-groups "$@"); else "$@"; fi
}

start() {
  if [ "$(id -u)" -eq 0 ]; then chown postgres: "$dir"; fi
  if [ ! -f "$dir/data/PG_VERSION" ]; then
    as_owner "$bin/initdb" --pgdata="$dir/data" --username="$name" --auth=trust \
      --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; exit 1; }
  fi
  if ! as_owner "$bin/pg_ctl" --pgdata="$dir/data" status >/dev/null; then
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    as_owner "$bin/pg_ctl" --pgdata="$dir/data" --log="$dir/server.log" --wait --silent start -o \
      "-p $port -h 127.0.0.1 -k '' -c fsync=off -c synchronous_commit=off -c full_page_writes=off" \
      || { cat "$dir/server.log" >&2; exit 1; }
  fi
  # The fourth line of postmaster.pid is the port.
  port=$(as_owner sed -n 4p "$dir/data/postmaster.pid")
  server=(--host=127.0.0.1 "--port=$port" "--username=$name")
  "$bin/psql" "${server[@]}" --dbname="$name" --command='' 2>/dev/null || "$bin/createdb" "${server[@]}" "$name"
  echo "postgresql://$name@127.0.0.1:$port/$name"
}

stop() {
  if [ -f "$dir/data/postmaster.pid" ]; then
    as_owner "$bin/pg_ctl" --pgdata="$dir/data" --mode=fast --wait --silent stop
  fi
}

case "$1" in
  start) start ;;
  stop) stop ;;
  *) usage ;;
esac
