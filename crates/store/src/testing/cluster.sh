# Makes and starts a PostgreSQL cluster in a temporary folder, prints `ready FOLDER`, waits until
# standard input closes, then stops the server and removes the folder. See testing.rs.
set -eu

bin=
for candidate in $(command -v initdb || true) $(ls -r /usr/lib/postgresql/*/bin/initdb 2>/dev/null); do
    if [ -x "$(dirname "$candidate")/pg_ctl" ]; then
        bin=$(dirname "$candidate")
        break
    fi
done
if [ -z "$bin" ]; then
    echo "initdb and pg_ctl are neither in PATH nor under /usr/lib/postgresql" >&2
    exit 1
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/amparo-pg.XXXXXX")
as=
stop() {
    $as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 1' HUP INT TERM
cd "$folder"
if [ "$(id -u)" = 0 ]; then
    chown postgres "$folder"
    as="runuser -u postgres --"
fi

if ! $as "$bin/initdb" -D "$folder/data" -U amparo -A trust -E UTF8 --locale=C --no-sync \
    >"$folder/initdb.log" 2>&1; then
    cat "$folder/initdb.log" >&2
    exit 1
fi
# Durability is the product's business, not the tests': nothing here outlives the process.
options="-k $folder -c listen_addresses='' -c fsync=off -c synchronous_commit=off"
options="$options -c full_page_writes=off -c max_connections=400"
if ! $as "$bin/pg_ctl" -D "$folder/data" -l "$folder/data/server.log" -w -t 60 -o "$options" start \
    </dev/null >"$folder/start.log" 2>&1; then
    cat "$folder/start.log" "$folder/data/server.log" >&2 || true
    exit 1
fi
echo "ready $folder"
cat >/dev/null
