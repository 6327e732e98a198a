#!/bin/sh
# Asks a real kube-apiserver what it says of both overlays, of the Jobs beside them and of every component, without a cluster:
#   deploy/kubernetes/dry-run.sh <kube-apiserver> <etcd>
# Both programs are started on loopback with data of their own, and end with this script. docs/proofs/kubernetes.md has its results.
set -eu

apiserver=$1 etcd=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
pids=
trap 'kill $pids 2>/dev/null || true; wait; rm -rf "$work"' EXIT

openssl genrsa -out "$work/accounts.key" 2048 2>/dev/null
openssl rsa -in "$work/accounts.key" -pubout -out "$work/accounts.pub" 2>/dev/null
token=$(openssl rand -hex 16)
echo "$token,operator,operator,system:masters" >"$work/tokens.csv"

"$etcd" --data-dir "$work/etcd" --listen-peer-urls http://127.0.0.1:22380 \
  --listen-client-urls http://127.0.0.1:22379 --advertise-client-urls http://127.0.0.1:22379 >"$work/etcd.log" 2>&1 &
pids=$!
"$apiserver" --etcd-servers=http://127.0.0.1:22379 --bind-address=127.0.0.1 --secure-port=26443 --cert-dir="$work/tls" \
  --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$work/accounts.pub" \
  --service-account-signing-key-file="$work/accounts.key" --service-cluster-ip-range=10.96.0.0/16 \
  --authorization-mode=RBAC --token-auth-file="$work/tokens.csv" --disable-admission-plugins=ServiceAccount \
  >"$work/apiserver.log" 2>&1 &
pids="$pids $!"

kube() {
  kubectl --server=https://127.0.0.1:26443 --certificate-authority="$work/tls/apiserver.crt" --token="$token" "$@"
}

# All but those of the Prometheus operator, which only a cluster knows that has it.
known_kinds() {
  awk 'BEGIN { RS = "---\n" } !/apiVersion: monitoring.coreos.com/ { printf "---\n%s", $0 }'
}

tries=120
until kube get --raw /readyz >/dev/null 2>&1; do
  tries=$((tries - 1))
  if [ $tries = 0 ]; then tail -n 20 "$work/apiserver.log" >&2; exit 1; fi
  sleep 1
done
kube version | tail -n 1

# The namespace itself, with its Pod Security level, has to be there for what is in it.
kube apply --filename "$here/base/namespace.yaml" >/dev/null
ask() {
  kubectl kustomize "$2" | known_kinds >"$work/asked.yaml"
  kube apply --dry-run=server --validate=strict --warnings-as-errors --filename "$work/asked.yaml" >"$work/applied"
  node "$here/src/pods-of.ts" <"$work/asked.yaml" |
    kube create --dry-run=server --validate=strict --warnings-as-errors --filename - >"$work/pods"
  echo "$1: $(wc -l <"$work/applied") objects and $(wc -l <"$work/pods") pods are taken, without a warning"
}

for folder in overlays/production overlays/local migrations overlays/production/policies overlays/local/policies; do
  ask "$folder" "$here/$folder"
done

# The components that production does not have by itself, as an overlay of somebody's own takes them.
mkdir "$work/overlay"
up=$(printf %s "$(cd "$work/overlay" && pwd -P)" | sed 's|/[^/]*|../|g')${here#/}
cat >"$work/overlay/kustomization.yaml" <<END
resources: [$up/overlays/production]
components: [$up/components/audit-replica, $up/components/webhooks]
END
ask "overlays/production with every component" "$work/overlay"
