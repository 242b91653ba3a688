# Two hosts and a router with a control plane, each a network namespace: an application on one calls a service on the
# other by its name. Runs in network, mount and process namespaces that end with it: nothing of this machine's network
# is touched.
# usage: names.sh LAUNCHER SERVICE-COMMAND…        the folder is the working folder; prints `KEY: VALUE` lines
set -euo pipefail
launcher="$1"
shift

await() {
  local end=$((SECONDS + 60))
  while [ $SECONDS -lt $end ]; do
    if eval "$1" >last 2>&1; then return; fi
    sleep 0.1
  done
  echo "never: $1: $(tail -n 1 last)"
  exit 1
}

# host NAME NET: it is 10.99.NET.2, the router 10.99.NET.1. Nobody answers for names there: whoever does is Envoy.
host() {
  ip netns add "$1"
  ip link add "$1" type veth peer name eth0 netns "$1"
  ip address add "10.99.$2.1/24" dev "$1"
  ip address add "fd99:$2::1/64" dev "$1" nodad
  ip link set "$1" up
  ip -n "$1" link set lo up
  ip -n "$1" address add "10.99.$2.2/24" dev eth0
  ip -n "$1" address add "fd99:$2::2/64" dev eth0 nodad
  ip -n "$1" link set eth0 up
  ip -n "$1" route add default via "10.99.$2.1"
  ip -n "$1" -6 route add default via "fd99:$2::1"
}

# sidecar NAME NET
sidecar() {
  "$launcher" generate dataplane-token --mesh default --workload "$1" >"$1.token"
  exec ip netns exec "$1" "$launcher" dp run --transparent-proxy --cp-address "https://10.99.$2.1:5678" \
    --ca-cert-file "$HIGUMA_HOME/cp/tls/server.crt" --dataplane-file "$1.yaml" --dataplane-token-file "$1.token" \
    --work-dir "/run/$1" --concurrency 1 --log-level warning
}

mount -t tmpfs -o mode=755 tmpfs /run
echo 'nameserver 10.99.0.1' >resolv.conf
echo 'hosts: files dns' >nsswitch.conf
# The file may be a link into what was /run
[ -e /etc/resolv.conf ] || { mkdir -p "$(dirname "$(readlink -m /etc/resolv.conf)")"; : >"$(readlink -m /etc/resolv.conf)"; }
mount --bind resolv.conf "$(readlink -f /etc/resolv.conf)"
[ ! -e /etc/nsswitch.conf ] || mount --bind nsswitch.conf /etc/nsswitch.conf
ip link set lo up
host catalog 1
host web 2
echo 1 >/proc/sys/net/ipv4/ip_forward

ip netns exec catalog "$@" catalog 0.0.0.0 80 &
"$launcher" cp run >control-plane.log 2>&1 &
await '(exec 3<>/dev/tcp/127.0.0.1/5681)'
sidecar catalog 1 >catalog.log 2>&1 &
sidecar web 2 >web.log 2>&1 &
await '"$launcher" apply -f mesh.yaml'

# What the application on web's host does
name=catalog.svc.mesh.local
on_web() { ip netns exec web "$@"; }
await "on_web getent ahostsv4 $name"
call() { on_web bash -c 'exec 3<>"/dev/tcp/$0/80" && printf "GET / HTTP/1.1\r\nhost: $0\r\nconnection: close\r\n\r\n" >&3 && timeout 10 cat <&3' "$name"; }
await 'call | grep workload/web'
echo "address: $(on_web getent ahostsv4 $name | awk 'NR == 1 { print $1 }')"
echo "twin: $(on_web getent ahostsv6 $name | awk 'NR == 1 { print $1 }')"
echo "answer: $(call | tr -d '\r' | tail -n 1)"
