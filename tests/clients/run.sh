#!/bin/sh
# Runs the official clients against the emulator. Needs the solution to be built, and Node with npm.
set -eu
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
emulator=${EMULATOR_DLL:-$root/artifacts/bin/Convonet.Emulator/debug/Convonet.Emulator.dll}
log=$(mktemp)

dotnet "$emulator" --port 0 --first-ms 0 --gap-ms 1 --quiet >"$log" 2>&1 &
pid=$!
trap 'kill "$pid" 2>/dev/null || true; rm -f "$log"' EXIT

# The emulator prints its addresses as soon as it listens.
i=0
while ! EMULATOR_URL=$(sed -n 's/^ *Anthropic *\(http:[^ ]*\).*/\1/p' "$log") || [ -z "$EMULATOR_URL" ]; do
  i=$((i + 1))
  if [ "$i" -gt 150 ] || ! kill -0 "$pid" 2>/dev/null; then
    echo "The emulator did not start:" >&2
    cat "$log" >&2
    exit 1
  fi
  sleep 0.2
done
export EMULATOR_URL

npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
node --test
