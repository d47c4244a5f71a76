#!/bin/sh
# What stands behind telnetd on the quay switch: enough of a Cisco prompt to log in and look.
printf '\r\nUser Access Verification\r\n\r\nUsername: '; read -r user
stty -echo; printf 'Password: '; read -r word; stty echo; printf '\r\nsw-quay-01#'
while read -r line; do
  case "$line" in
    "show version"*) printf 'Cisco IOS Software, IE4000 Software (IE4000-UNIVERSALK9-M), Version 15.2(7)E3, RELEASE SOFTWARE\r\n' ;;
    exit*) exit 0 ;;
  esac
  printf 'sw-quay-01#'
done
