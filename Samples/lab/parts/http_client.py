"""Someone with curl: each period one request; `url`, and `curl` for more options (login, CA)."""
import subprocess

from part import ARGS, begin, every

begin()
for n in every(ARGS["period"], ARGS.get("until")):
    subprocess.run(["curl", "-s", "-m", "5", "-o", "/dev/null", *ARGS.get("curl", []), ARGS["url"]])
