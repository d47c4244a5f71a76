#!/bin/sh
# udhcpc calls this with the lease in the environment.
case "$1" in
  bound|renew)
    ip addr flush dev "$interface"
    ip addr add "$ip/24" dev "$interface"
    ip route replace default via "${router%% *}" ;;
esac
