#!/bin/sh
# Packs everything that a machine without a network needs: wheelhouse.sh FOLDER
# Run it where there is a network, on the same kind of machine, system and Python; there:
#   python3 -m venv /opt/shizi && FOLDER/install.sh /opt/shizi
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
python=${PYTHON:-python3}
mkdir -p "$1"
folder=$(cd "$1" && pwd)
if [ -n "$(ls -A "$folder")" ]; then
  echo "wheelhouse.sh: $folder is not empty" >&2
  exit 2
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
pip() { "$scratch/venv/bin/python" -m pip --disable-pip-version-check --no-input "$@"; }

"$python" -m venv "$scratch/venv"
pip download --quiet --require-hashes --no-deps --only-binary :all: \
  --requirement "$root/requirements.lock" --dest "$folder/wheels"
pip install --quiet --require-hashes --no-deps \
  --requirement "$root/requirements-build.lock"
pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$folder" "$root"
cp "$root/requirements.lock" "$folder"

cat > "$folder/install.sh" <<'EOF'
#!/bin/sh
# Installs shizi into a virtual environment, without a network: install.sh VENV
set -eu
venv=$(cd "$1" && pwd)
cd "$(dirname "$0")"
sha256sum --quiet --check SHA256SUMS
pip() { "$venv/bin/python" -m pip --disable-pip-version-check --no-input "$@"; }
pip install --quiet --no-index --find-links wheels --require-hashes --no-deps \
  --requirement requirements.lock
pip install --quiet --no-index --no-deps --force-reinstall shizi-*.whl
"$venv/bin/shizi" doctor
EOF
chmod 755 "$folder/install.sh"
(cd "$folder" && find . -type f ! -name SHA256SUMS -exec sha256sum {} + | sort -k 2 > "$scratch/sums")
cp "$scratch/sums" "$folder/SHA256SUMS"
echo "$folder: $(find "$folder/wheels" -name '*.whl' | wc -l) wheels and shizi's own"
