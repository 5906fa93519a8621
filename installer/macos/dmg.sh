#!/bin/sh
# Signs Panecast.app, packs it into a disk image and has Apple notarise that:
#   sh installer/macos/dmg.sh build/Panecast.app dist/panecast-VERSION.dmg
#
# NOT RUN: written from Apple's documentation, on a machine that is no Mac. This line goes with the first good run.
#
# CODESIGN_IDENTITY  the name of a “Developer ID Application” certificate in the keychain; without it the program is
#                    signed ad hoc, and a Mac opens it only by Control-click, Open.
# NOTARY_PROFILE     a profile made by `xcrun notarytool store-credentials`; without it nothing is notarised.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

say() {
    printf 'dmg: %s\n' "$*" >&2
}

fail() {
    say "$*"
    exit 1
}

[ $# -eq 2 ] || fail "usage: dmg.sh APP OUTFILE"
app=$1 out=$2
[ "$(uname -s)" = Darwin ] || fail "disk images are made on a Mac: codesign and hdiutil are there only."
[ -d "$app/Contents/MacOS" ] || fail "$app is no bundle of a program."

identity=${CODESIGN_IDENTITY:--}
profile=${NOTARY_PROFILE:-}
if [ "$identity" = - ]; then
    say "CODESIGN_IDENTITY is not set: signed ad hoc, and not notarised."
    profile=
    stamp=--timestamp=none
else
    stamp=--timestamp
fi

# German sentences for what the system asks.
mkdir -p "$app/Contents/Resources/de.lproj"
cp "$here/de.lproj/InfoPlist.strings" "$app/Contents/Resources/de.lproj/"

# From the inside to the outside, for a signature covers those below it.
find "$app/Contents" -type f \( -name '*.dylib' -o -name '*.so' \) \
    -exec codesign --force --options runtime "$stamp" --sign "$identity" {} +
find "$app/Contents" -type d -name '*.framework' -prune \
    -exec codesign --force --options runtime "$stamp" --sign "$identity" {} +
codesign --force --options runtime "$stamp" --entitlements "$here/entitlements.plist" --sign "$identity" "$app"
codesign --verify --deep --strict --verbose=2 "$app"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -R "$app" "$folder/"
ln -s /Applications "$folder/Applications"
rm -f "$out"
hdiutil create -volname Panecast -srcfolder "$folder" -fs HFS+ -format UDZO -imagekey zlib-level=9 "$out"
codesign --force "$stamp" --sign "$identity" "$out"

if [ -z "$profile" ]; then
    say "NOTARY_PROFILE is not set, or the signature is ad hoc: $out is not notarised."
    exit 0
fi
xcrun notarytool submit "$out" --keychain-profile "$profile" --wait
xcrun stapler staple "$out"
spctl --assess --type open --context context:primary-signature --verbose=2 "$out"
