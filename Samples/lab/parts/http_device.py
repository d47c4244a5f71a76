"""A device with a web page: gate OCR camera (basic authentication over clear HTTP), quay camera."""
import base64
import random
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from part import ARGS, NAME, rest
from picture import jpeg

NOISE = random.Random(NAME)
WANTED = "Basic " + base64.b64encode(ARGS["login"].encode()).decode() if "login" in ARGS else None


class Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = ARGS["server"], ""

    def do_GET(self):
        if WANTED and self.headers.get("Authorization") != WANTED:
            return self.answer(401, b"", "text/html", ("WWW-Authenticate", f'Basic realm="{NAME}"'))
        if self.path.endswith(".jpg"):
            return self.answer(200, jpeg(NOISE, NOISE.randrange(1500, 2500)), "image/jpeg")
        page = "<html><head><title>{0}</title></head><body>{0}</body></html>".format(ARGS["title"])
        self.answer(200, page.encode(), "text/html")

    def answer(self, code, body, kind, *headers):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for h in headers:
            self.send_header(*h)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


threading.Thread(target=ThreadingHTTPServer(("0.0.0.0", 80), Page).serve_forever, daemon=True).start()
rest()
