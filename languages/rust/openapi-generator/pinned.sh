# Makes a Cargo.lock of crates.lock: every crate with its checksum, of the registry that cargo uses.
set -eu
rm -f Cargo.lock
cargo generate-lockfile --quiet
registry=$(grep -m 1 '^source = ' Cargo.lock)
awk -v registry="$registry" '/^checksum = / { print registry } { print }' crates.lock >Cargo.lock
