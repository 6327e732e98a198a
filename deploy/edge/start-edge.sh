#!/bin/sh
# The edge in a container: fills the templates of nginx/ in from the environment (README.md there says what each placeholder
# is), and becomes nginx. nginx 1.27.3 and later looks replicas up by itself, every 5 s; for an earlier one this script
# does. It reloads when they have changed, and when the certificate has.
set -eu

source=${EDGE_SOURCE:-/etc/gateway-edge}
target=${EDGE_TARGET:-/tmp/edge}
version=$(nginx -v 2>&1 | sed 's|.*/\([0-9.]*\).*|\1|')

is_nginx_from() {
  [ "$(printf '%s\n%s\n' "$1" "$version" | sort -V | head -n 1)" = "$1" ]
}

# server directives for every replica behind a name: host:port.
servers() {
  limits='max_fails=1 fail_timeout=2s;'
  if is_nginx_from 1.27.3; then
    echo "server $1 resolve $limits"
    return
  fi
  addresses=$(getent ahostsv4 "${1%:*}" | awk '{ print $1 }' | sort -u)
  for address in ${addresses:-${1%:*}}; do echo "  server $address:${1##*:} $limits"; done
}

listens() {
  echo "listen $EDGE_HTTP_PORT;"
  if is_nginx_from 1.25.1; then
    echo "    listen $EDGE_HTTPS_PORT ssl; http2 on;"
  else
    echo "    listen $EDGE_HTTPS_PORT ssl http2;"
  fi
}

# Below the folder that can be written to, for the modules that this build has.
temporary_paths() {
  for module in client_body proxy fastcgi uwsgi scgi; do
    if nginx -V 2>&1 | grep -q "without-http_${module}_module"; then continue; fi
    echo "${module}_temp_path temp/$module;"
  done
}

trusted_proxies() {
  echo "${EDGE_TRUSTED_PROXIES:-}" | tr ',' '\n' | sed -n 's/^ *\([^ ][^ ]*\) *$/set_real_ip_from \1;/p'
}

# Which replicas there are.
look_up() {
  EDGE_AUTH_SERVERS=$(servers "$EDGE_AUTH_SERVICE")
  EDGE_POLICY_SERVERS=$(servers "$EDGE_POLICY_SERVICE")
  EDGE_PROXY_SERVERS=$(servers "$EDGE_PROXY_SERVICE")
  export EDGE_AUTH_SERVERS EDGE_POLICY_SERVERS EDGE_PROXY_SERVERS
}

# Only the placeholders of the edge: $name without EDGE_ is nginx's own.
fill_in() {
  envsubst "$(env | sed -n 's/^\(EDGE_[A-Z_]*\)=.*/${\1}/p')" <"$1"
}

render() {
  rm -rf "$target" && mkdir -p "$target/temp" && cp -R "$source/." "$target/"
  find "$target" -name '*.template' | while read -r template; do
    fill_in "$template" >"${template%.template}" && rm "$template"
  done
}

# Whether replicas have come or gone; nginx 1.27.3 and later sees that by itself.
replicas_changed() {
  if is_nginx_from 1.27.3; then return 1; fi
  look_up
  fill_in "$source/edge/upstreams.conf.template" >"$target/upstreams.new"
  if cmp -s "$target/upstreams.new" "$target/edge/upstreams.conf"; then return 1; fi
  mv "$target/upstreams.new" "$target/edge/upstreams.conf"
}

certificate() { cat "$EDGE_TLS_CERTIFICATE" "$EDGE_TLS_KEY" 2>/dev/null | cksum; }

# Whether there is another certificate than the one in use, whose key is there as well.
certificate_changed() {
  if [ "$(certificate)" = "$certificate_in_use" ]; then return 1; fi
  if ! nginx -p "$target/" -c nginx.conf -e /dev/null -t; then
    echo 'the new certificate is not taken: it is not whole, or its key is another' >&2
    return 1
  fi
  certificate_in_use=$(certificate)
}

follow() {
  certificate_in_use=$(certificate)
  while sleep "${EDGE_FOLLOW_SECONDS:-5}"; do
    reload=no
    if replicas_changed; then reload=yes; fi
    if certificate_changed; then reload=yes; fi
    if [ $reload = yes ]; then kill -HUP "$nginx"; fi
  done
}

export EDGE_MAIN="pid $target/nginx.pid;" EDGE_ACCESS_LOG="${EDGE_ACCESS_LOG:-/dev/stdout}"
export EDGE_WORKERS="${EDGE_WORKERS:-auto}" EDGE_HSTS="${EDGE_HSTS:-}"
EDGE_DNS=${EDGE_DNS:-$(awk '$1 == "nameserver" { print $2; exit }' /etc/resolv.conf)}
export EDGE_RESOLVER="resolver $EDGE_DNS valid=5s ipv6=off;"
EDGE_OUTCOME_LOG=$([ -z "${EDGE_OUTCOMES_PORT:-}" ] ||
  echo "access_log syslog:server=127.0.0.1:$EDGE_OUTCOMES_PORT,nohostname,tag=edge outcome;")
EDGE_TRUSTED_PROXIES=$(trusted_proxies)
EDGE_LISTEN=$(listens)
EDGE_TEMP_PATHS=$(temporary_paths)
EDGE_FAULT_ROUTES=$([ -z "${EDGE_SIMULATOR_URL:-}" ] || echo 'include edge/fault-routes.conf;')
EDGE_PLAIN_HTTP=$([ -z "${EDGE_PUBLIC_URL:-}" ] || echo 'include edge/redirect-plain-http.conf;')
export EDGE_OUTCOME_LOG EDGE_TRUSTED_PROXIES EDGE_LISTEN EDGE_TEMP_PATHS EDGE_FAULT_ROUTES
export EDGE_PLAIN_HTTP EDGE_PUBLIC_URL="${EDGE_PUBLIC_URL:-}"
look_up
render
nginx -p "$target/" -c nginx.conf -e stderr -t
if [ "${1:-}" = check ]; then exit; fi
nginx=$$
follow &
exec nginx -p "$target/" -c nginx.conf -e stderr -g 'daemon off;'
