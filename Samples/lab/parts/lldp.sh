#!/bin/sh
# lldpd wants /run for itself and one system name per daemon; ip netns exec gave us our own mount namespace already.
# usage: lldp.sh NAME INTERFACES DESCRIPTION [more options]
name=$1; interfaces=$2; description=$3; shift 3
mount -t tmpfs none /run && mkdir -p /run/lldpd
hostname "$name"
exec lldpd -d -u /run/lldpd.socket -I "$interfaces" -S "$description" -k "$@"
