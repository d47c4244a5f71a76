"""measure.py MEGABYTES SECONDS COMMAND…: what a command took; fails where it took more or failed."""

import resource
import subprocess
import sys
import time

most_megabytes, most_seconds = int(sys.argv[1]), float(sys.argv[2])
start = time.time()
try:
    code = subprocess.run(sys.argv[3:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=most_seconds).returncode
except subprocess.TimeoutExpired:
    code = "stopped"
used = resource.getrusage(resource.RUSAGE_CHILDREN)
megabytes = used.ru_maxrss // 1024
ok = code == 0 and megabytes < most_megabytes
print(f"{'ok  ' if ok else 'FAIL'} exit {code}, {used.ru_utime + used.ru_stime:.1f} s CPU, "
      f"{time.time() - start:.1f} s, {megabytes} MB")
sys.exit(0 if ok else 1)
