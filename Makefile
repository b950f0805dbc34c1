# The two commands of the README, and the few others. Each target works in a fresh clone.

.PHONY: compiler setup demo test bench lint gen deny clean

# Debian's packages that the tests use: a database, confined programs, and the stock tools whose
# containers are read and compared. Nothing is installed when all are there.
PACKAGES = postgresql openssh-client ffmpeg libheif-examples strace \
  sleuthkit ewf-tools qemu-utils gdisk fdisk mtools dosfstools exfatprogs ntfs-3g wimtools \
  e2fsprogs genisoimage xorriso apfsprogs zip unzip p7zip-full openssl sqlite3 python3
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

# SQLite is built from its C source.
compiler:
	@command -v cargo >/dev/null || { echo "Rust is missing: install it, then run make again" >&2; exit 1; }
	@command -v cc >/dev/null || { $(SUDO) apt-get update -q && $(SUDO) apt-get install -qy gcc libc6-dev; }

setup: compiler
	@for package in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q "ok installed" || missing=1; \
	done; \
	test -z "$$missing" || { $(SUDO) apt-get update -q && $(SUDO) apt-get install -qy $(PACKAGES); }

# The reference case, end to end, on embedded storage; ends at a web address. ARGS="--no-serve --json"
demo: compiler
	cargo build --release --locked -p amparo-cli
	./target/release/amparo demo $(ARGS)

test: setup lint
	cargo test --workspace --locked
	cargo run --quiet --locked -p xtask -- gen --check

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

# One line per benchmark; the same goes to target/bench.json. Peers that are missing are named.
bench: compiler
	cargo build --release --locked -p amparo-cli -p xtask
	./target/release/xtask bench $(ARGS)

# Writes the generated pages under docs/.
gen:
	cargo run --quiet --locked -p xtask -- gen

# Licences, advisories and duplicates; needs the cargo-deny program.
deny:
	cargo deny --locked check

clean:
	cargo clean
