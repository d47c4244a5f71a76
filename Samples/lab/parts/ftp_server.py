"""Gate controller's picture drop: FTP, clear text, shared account (pyftpdlib)."""
import tempfile

from part import ARGS, left
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
import logging
import os
import threading

logging.disable(logging.CRITICAL)
accounts = DummyAuthorizer()
accounts.add_user(ARGS["user"], ARGS["password"], tempfile.mkdtemp(), perm="elradfmw")
FTPHandler.authorizer, FTPHandler.banner = accounts, ARGS["banner"]
threading.Timer(left() + 5, lambda: os._exit(0)).start()
FTPServer(("0.0.0.0", 21), FTPHandler).serve_forever()
