#!/bin/sh
# sshd wants /run/sshd. ip netns exec gave us our own mount namespace, so a private /run disturbs nobody.
mount -t tmpfs none /run && mkdir /run/sshd
exec /usr/sbin/sshd -D -e -f "$1"
