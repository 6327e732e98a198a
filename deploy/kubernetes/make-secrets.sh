#!/bin/sh
# Prints the Secrets of the mesh, one per part, made of the folder that `container-stack set-up` fills.
#
#   make-secrets.sh FOLDER [DATABASE_URL REDIS_URL [REDIS_CACHE_URL [AUDIT_READ_DATABASE_URL]]] | kubectl apply -n gateway -f -
#
# FOLDER           what set-up was given as /gateway
# DATABASE_URL     of a Postgres of others: {role} and {password} stand for each service's own, which set-up has made
# REDIS_URL        of a state Redis of others
# REDIS_CACHE_URL  of a Redis for the cache, which should evict; default REDIS_URL
# AUDIT_READ_DATABASE_URL  of a replica of that Postgres, for components/audit-replica; {role} and {password} as above
# Without the latter four, the stores of overlays/local are meant.
set -eu

folder=${1:?usage: make-secrets.sh FOLDER [DATABASE_URL REDIS_URL [REDIS_CACHE_URL [AUDIT_READ_DATABASE_URL]]]}
database_url=${2:-}
redis_url=${3:-}
redis_cache_url=${4:-$redis_url}
audit_read_url=${5:-}
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT INT TERM
chmod 700 "$copy"
cp -R "$folder/parts/." "$copy"

# postgres://role:password@… as set-up hands it out.
role_of() { sed 's|^postgres://\([^:]*\):.*|\1|' "$1"; }
password_of() { sed 's|^postgres://[^:]*:\([^@]*\)@.*|\1|' "$1"; }

# Of a template and what set-up handed out: the URL of that service's role.
url_for() { printf %s "$1" | sed "s|{role}|$(role_of "$2")|; s|{password}|$(password_of "$2")|"; }

replace_stores() {
  if [ -n "$audit_read_url" ]; then
    url_for "$audit_read_url" "$copy/policy-service/DATABASE_URL" >"$copy/policy-service/AUDIT_READ_DATABASE_URL"
  fi
  for file in "$copy"/*/DATABASE_URL; do
    url=$(url_for "$database_url" "$file")
    printf %s "$url" >"$file"
  done
  for file in "$copy"/*/REDIS_URL; do printf %s "$redis_url" >"$file"; done
  printf %s "$redis_cache_url" >"$copy/proxy-service/REDIS_CACHE_URL"
  rm -rf "$copy/postgres" "$copy/redis-state" "$copy/redis-cache" "$copy/provider-simulator"
}

print_secret() {
  echo '---'
  kubectl create secret generic "$1" --from-file="$2" --dry-run=client -o yaml
}

# Of overlays/local: what the roles of its Postgres are made of.
print_installer() {
  echo '---'
  kubectl create secret generic installer --from-file="$folder/state/secrets.json" \
    --from-file="$folder/state/passwords.json" --from-file="$folder/clients/operator.pem" \
    --from-file="$folder/state/policy-files.pem" --dry-run=client -o yaml
}

if [ -n "$database_url" ]; then
  : "${redis_url:?a DATABASE_URL is given, so give a REDIS_URL as well}"
  replace_stores
fi
[ -n "$database_url" ] || print_installer
for part in "$copy"/*; do
  case ${part##*/} in
    grafana | *-exporter) ;;
    edge)
      echo '---'
      kubectl create secret tls edge-tls --cert="$part/certificate.pem" --key="$part/private-key.pem" \
        --dry-run=client -o yaml
      ;;
    *) print_secret "${part##*/}" "$part" ;;
  esac
done
