"""OCR camera uploads one picture per truck."""
import ftplib
import io

from part import ARGS, RNG, begin, every
from picture import jpeg

begin()
for n in every(ARGS["period"]):
    with ftplib.FTP(ARGS["peer"], timeout=5) as f:
        f.login(ARGS["user"], ARGS["password"])
        f.storbinary(f"STOR lane1-{n:04d}.jpg", io.BytesIO(jpeg(RNG, 3000)))
