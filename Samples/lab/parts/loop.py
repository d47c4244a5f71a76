"""A command line tool as a client: run `command` every `period` seconds (smbclient, snmpget, ssh, dig …)."""
import subprocess

from part import ARGS, begin, every

begin()
for n in every(ARGS["period"], ARGS.get("until")):
    subprocess.run(ARGS["command"], shell=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30)
