# A host of its own, with everything that a mesh needs on it: an application calls a service by name. Runs in network,
# mount and process namespaces that end with it: nothing of this machine's network is touched.
# usage: names.sh LAUNCHER SERVICE-COMMAND…        the folder is the working folder; prints `KEY: VALUE` lines
set -euo pipefail
launcher="$1"
shift

# A link to nowhere, so that there is a way out that packets can be taken from
ip link set lo up
ip link add eth0 type veth peer name eth1
ip address add 10.99.0.2/24 dev eth0
ip address add fd99::2/64 dev eth0 nodad
ip link set eth1 up
ip link set eth0 up
ip route add default via 10.99.0.1
ip -6 route add default via fd99::1
mount -t tmpfs -o mode=755 tmpfs /run
echo 'nameserver 10.99.0.1' >resolv.conf
echo 'hosts: files dns' >nsswitch.conf
# The file may be a link into what was /run
[ -e /etc/resolv.conf ] || { mkdir -p "$(dirname "$(readlink -m /etc/resolv.conf)")"; : >"$(readlink -m /etc/resolv.conf)"; }
mount --bind resolv.conf "$(readlink -f /etc/resolv.conf)"
[ ! -e /etc/nsswitch.conf ] || mount --bind nsswitch.conf /etc/nsswitch.conf

await() {
  local end=$((SECONDS + 60))
  while [ $SECONDS -lt $end ]; do
    if eval "$1" >last 2>&1; then return; fi
    sleep 0.1
  done
  echo "never: $1: $(tail -n 1 last)"
  exit 1
}

"$@" catalog 0.0.0.0 80 &
"$launcher" cp run >control-plane.log 2>&1 &
await '(exec 3<>/dev/tcp/127.0.0.1/5681)'
await '"$launcher" apply -f mesh.yaml'
"$launcher" generate dataplane-token --mesh default --workload catalog >token
"$launcher" dp run --transparent-proxy --cp-address https://127.0.0.1:5678 --ca-cert-file "$HIGUMA_HOME/cp/tls/server.crt" \
  --dataplane-file catalog.yaml --dataplane-token-file token --work-dir /run/catalog --concurrency 1 --log-level warning >dp.log 2>&1 &

name=catalog.svc.mesh.local
await "getent ahostsv4 $name"
call() {
  exec 3<>"/dev/tcp/$name/80" || return 1
  printf 'GET / HTTP/1.1\r\nhost: %s\r\nconnection: close\r\n\r\n' "$name" >&3
  timeout 10 cat <&3
  exec 3<&-
}
await 'call | grep workload/catalog'
echo "address: $(getent ahostsv4 $name | awk 'NR == 1 { print $1 }')"
echo "twin: $(getent ahostsv6 $name | awk 'NR == 1 { print $1 }')"
echo "answer: $(call | tr -d '\r' | tail -n 1)"
