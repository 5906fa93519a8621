#!/bin/sh
# Signs a program for Windows in its place, where there is a certificate:  sh installer/windows/sign.sh FILE
#
# From the environment:
#   PANECAST_SIGN_PKCS12     file with certificate and key; without it nothing is signed, and that is said
#   PANECAST_SIGN_PASSWORD   file whose first line is its password; not the password, which others could read there
#   PANECAST_SIGN_TIMESTAMP  address of an RFC 3161 time-stamp service; without, a signature ends with the certificate
set -eu

if [ -z "${PANECAST_SIGN_PKCS12:-}" ]; then
    printf 'Not signed, for PANECAST_SIGN_PKCS12 names no certificate: %s\n' "${1##*/}" >&2
    exit 0
fi
set -- "$1" sign -pkcs12 "$PANECAST_SIGN_PKCS12" -h sha256 -n Panecast -i https://panecast.github.io
if [ -n "${PANECAST_SIGN_PASSWORD:-}" ]; then
    set -- "$@" -readpass "$PANECAST_SIGN_PASSWORD"
fi
if [ -n "${PANECAST_SIGN_TIMESTAMP:-}" ]; then
    set -- "$@" -ts "$PANECAST_SIGN_TIMESTAMP"
fi
file=$1
shift
osslsigncode "$@" -in "$file" -out "$file.signed" >&2
mv "$file.signed" "$file"
