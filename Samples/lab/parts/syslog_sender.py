"""The quay switch logs to the CMS with util-linux logger (RFC 3164 over UDP). Visit 2: somebody turned it off."""
import subprocess

from part import ARGS, begin, every

LINES = ["%LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet1/4, changed state to up",
         "%SYS-5-CONFIG_I: Configured from console by admin on vty0 (10.20.10.20)",
         "%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: admin] [Source: 10.20.10.20] [localport: 23]"]
begin()
for n in every(20):
    subprocess.run(["logger", "--rfc3164", "-d", "-n", ARGS["peer"], "-P", "514", "-p", "local7.notice", "-t", "sw-quay-01",
                    LINES[n % len(LINES)]])
