#!/bin/sh
# Runs the Socket.IO clients that people have against the server, with the demo model and real speech both ways. Needs the solution to be built, Node with npm,
# flite, pocketsphinx and ffmpeg.
set -eu
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
server=${SERVER_DLL:-$root/artifacts/bin/Convonet.Server/debug/Convonet.Server.dll}
work=$(mktemp -d)
: >"$work/log"

# Open to others, so that people have to sign in; the words come slowly enough for a line to break among them.
dotnet "$server" --contentRoot "$root/src/Convonet.Server" --urls http://127.0.0.1:0 --Convonet:Database "Data Source=$work/test.db" \
  --GEMINI_API_KEY= --GOOGLE_API_KEY= --ANTHROPIC_API_KEY= --OPENAI_API_KEY= --DEEPGRAM_API_KEY= --ELEVENLABS_API_KEY= --LLM_PROVIDER= \
  --AllowedHosts "localhost;127.0.0.1;chat.example.com" --Convonet:Accounts:Registration Open --Convonet:Accounts:PinUser anna@example.com \
  --Convonet:Accounts:TriesPerMinute 1000 --Convonet:Accounts:PinAlonePerHour 1000 --Convonet:Demo:Gap 00:00:00.050 >"$work/log" 2>&1 &
pid=$!
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT

# The server prints its address as soon as it listens.
i=0
while ! SERVER_URL=$(sed -n 's/.*Now listening on: \(http:[^ ]*\).*/\1/p' "$work/log") || [ -z "$SERVER_URL" ]; do
  i=$((i + 1))
  if [ "$i" -gt 300 ] || ! kill -0 "$pid" 2>/dev/null; then
    echo "The server did not start:" >&2
    cat "$work/log" >&2
    exit 1
  fi
  sleep 0.2
done
export SERVER_URL

npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
node --test --test-concurrency=1 || { cat "$work/log" >&2; exit 1; }
