#!/bin/sh
# Runs coturn with turnserver.conf beside this file and what differs from place to place:
#   TURN_SECRET    shared with the program, 32 characters at least
#   TURN_ADDRESS   IPv4 address that it listens on and relays from; its own, for 443 is the web's elsewhere
#   TURN_PUBLIC    the address that others see, where it is another one (behind a 1:1 NAT)
#   MEDIA_ADDRESS  the only addresses that it relays to, comma-separated: the media servers
#   TURN_CERT, TURN_KEY   PEM files for TLS on 443
set -eu
for name in TURN_SECRET TURN_ADDRESS MEDIA_ADDRESS TURN_CERT TURN_KEY; do
  eval "value=\${$name:-}"
  if [ -z "$value" ]; then
    echo "coturn: $name must be set (deploy/coturn/README.md)" >&2
    exit 64
  fi
done
if [ ${#TURN_SECRET} -lt 32 ]; then
  echo "coturn: TURN_SECRET must have 32 characters at least" >&2
  exit 64
fi
for file in "$TURN_CERT" "$TURN_KEY"; do
  if [ ! -r "$file" ]; then
    echo "coturn: $file cannot be read" >&2
    exit 66
  fi
done

umask 077
work=$(mktemp -d)
# In a file and not among the arguments, which everybody on the machine may read.
{
  cat "$(dirname "$0")/turnserver.conf"
  echo "static-auth-secret=$TURN_SECRET"
  echo "listening-ip=$TURN_ADDRESS"
  echo "relay-ip=$TURN_ADDRESS"
  [ -z "${TURN_PUBLIC:-}" ] || echo "external-ip=$TURN_PUBLIC/$TURN_ADDRESS"
  echo "$MEDIA_ADDRESS" | tr ',' '\n' | sed 's/^ */allowed-peer-ip=/; s/ *$//'
  echo "cert=$TURN_CERT"
  echo "pkey=$TURN_KEY"
  echo "userdb=$work/none.sqlite"
  echo "pidfile=$work/turnserver.pid"
} > "$work/turnserver.conf"
exec turnserver -c "$work/turnserver.conf"
