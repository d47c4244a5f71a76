"""A ControlLogix: cpppo's EtherNet/IP server with the identity of the cast in its configuration file."""
import os
import sys
import tempfile
import threading

from part import ARGS, left

major, minor = ARGS["revision"]
with tempfile.NamedTemporaryFile("w", suffix=".cfg", delete=False) as f:
    f.write(f"""[Identity]
Vendor Number = 1
Device Type = 14
Product Code Number = {ARGS["product_code"]}
Product Revision = {minor << 8 | major}
Serial Number = {ARGS["serial"]}
Product Name = {ARGS["product"]}
""")
threading.Timer(left() + 5, lambda: os._exit(0)).start()
from cpppo.server.enip.main import main  # noqa: E402  (slow import, the timer must run first)

sys.exit(main(["--config", f.name, "--no-print", "-a", "0.0.0.0:44818",
               "HoistHeight=REAL", "TrolleyPos=REAL", "Status=DINT[8]", "SpeedRef=DINT"]))
