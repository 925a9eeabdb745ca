#!/usr/bin/env bash
# Installs the clients that the contract tests run: install.sh PYTHON FOLDER
set -euo pipefail
python=$1
mkdir -p "$2"
goal=$(cd "$2" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
jars=/usr/share/java

# One environment each: the two versions share a name.
for version in 1.8 2.0; do
  "$python" -m venv --clear --without-pip "$goal/wechatpy-$version"
  "$python" -m pip --disable-pip-version-check --python \
    "$goal/wechatpy-$version/bin/python" install --quiet --only-binary :all: \
    --require-hashes --no-deps -r "$here/wechatpy-$version.lock"
done

mkdir -p "$goal/node"
cp "$here/package.json" "$here/package-lock.json" "$goal/node/"
(cd "$goal/node" && npm ci --silent --ignore-scripts --no-audit --no-fund)

# The SDK of cloud calls, each version in a workspace of its own.
mkdir -p "$goal/cloud"
cp -R "$here/../cloud/sdk/." "$goal/cloud/"
(cd "$goal/cloud" && npm ci --silent --ignore-scripts --no-audit --no-fund)

mkdir -p "$goal/java"
javac -d "$goal/java" -cp "$jars/httpclient.jar:$jars/httpcore.jar:$jars/httpmime.jar:$jars/gson.jar" \
  "$here/../../../examples/ApacheHttpClient.java"
