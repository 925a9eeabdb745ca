#!/bin/sh
# Makes a CA of your own and a certificate by it: own-ca.sh FOLDER HOST [HOST...]
# An existing CA in the folder is used again, so that clients need not trust a new one.
set -eu
folder=$1
shift
mkdir -p "$folder"
cd "$folder"
umask 077
key="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"

if [ ! -e ca.key ]; then
  # shellcheck disable=SC2086 # the options are several words
  openssl req -x509 $key -keyout ca.key -out ca.pem -days 3650 -subj "/CN=Own CA" \
    -addext "keyUsage = critical, keyCertSign, cRLSign"
fi

# shellcheck disable=SC2086
openssl req $key -keyout tls.key -out tls.csr -subj "/CN=$1"
{
  printf 'subjectAltName = DNS:%s' "$1"
  shift
  for host in "$@"; do printf ', DNS:%s' "$host"; done
  printf '\nbasicConstraints = critical, CA:FALSE\nkeyUsage = critical, digitalSignature\n'
  printf 'extendedKeyUsage = serverAuth\nauthorityKeyIdentifier = keyid\n'
} > tls.ext
openssl x509 -req -in tls.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 825 \
  -extfile tls.ext -out tls.crt
rm tls.csr tls.ext
chmod 644 ca.pem tls.crt
