#!/bin/sh
# xrdp wants /run/xrdp; without a session manager it stays at its own login window, which is all we need of it.
mount -t tmpfs none /run && mkdir -p /run/xrdp/sockdir
exec xrdp -n -c "$1"
