#!/bin/sh
# Makes the passwords and the token that compose.yaml mounts, in ops/secrets, where they do not exist yet.
set -eu
cd "$(dirname "$0")/.."

# The folder keeps others out. The files in it are open, since a container's user is not you.
mkdir -p secrets
chmod 700 secrets
for name in database-password http-token grafana-password; do
  [ -s "secrets/$name" ] && continue
  head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n' > "secrets/$name"
  chmod 644 "secrets/$name"
  echo "ops/secrets/$name was made"
done
