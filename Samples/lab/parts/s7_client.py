"""Everything that talks S7 to a controller: HMI and CMS polls, the engineer's look around, a download.

`job` is poll, write, browse or download; `peers` are addresses of controllers.
"""
import time

from part import ARGS, RNG, begin, every
from snap7.client import Client
from snap7.type import Block


class Engineer(Client):
    """The stack downloads data blocks only: `load` sends any block type through the same job sequence."""

    def load(self, kind: int, number: int, data: bytes) -> None:
        build, parse = self.protocol.build_download_request, self.protocol.parse_download_service_request

        def as_db(pdu, function, block):  # the controller asks for the block under its true type; the stack wants DB
            return parse(pdu[:21] + b"\x41" + pdu[22:], function, block)

        self.protocol.build_download_request = lambda _, block, body: build(kind, block, body)
        self.protocol.parse_download_service_request = as_db
        self.download(bytearray(data), number)
        del self.protocol.build_download_request, self.protocol.parse_download_service_request


def connect(address: str) -> Engineer:
    c = Engineer()
    c.connect(address, 0, ARGS.get("slot", 1))
    return c


begin()
job = ARGS["job"]
if job == "poll":
    plcs = [connect(p) for p in ARGS["peers"]]
    for n in every(ARGS["period"]):
        for c in plcs:
            c.db_read(10, 0, ARGS.get("bytes", 12))
        if ARGS.get("setpoint_every") and n % ARGS["setpoint_every"] == 0:
            plcs[0].db_write(20, 0, bytearray(RNG.randbytes(4)))
    for c in plcs:
        c.disconnect()
elif job == "write":
    c = connect(ARGS["peers"][0])
    for n in every(ARGS["period"], ARGS["until"]):
        c.db_write(20, 4, bytearray([0, 1, n & 0xFF, 0x55]))
    c.disconnect()
elif job == "browse":
    for peer in ARGS["peers"]:
        c = connect(peer)
        c.get_order_code(), c.get_cpu_info()  # not get_cpu_state(): the stack sends a Read Var without an item there
        c.list_blocks_of_type(Block.DB, 32)
        c.disconnect()
        time.sleep(1)
elif job == "download":
    c = connect(ARGS["peers"][0])
    c.get_order_code(), c.get_cpu_info()
    time.sleep(2)
    c.plc_stop()
    time.sleep(1)
    header = bytes.fromhex("70700101010800010000040000000000") + bytes(20)  # S7 block header as far as the wire needs
    c.load(0x38, 1, header + RNG.randbytes(1100))  # OB1, three fragments
    time.sleep(0.5)
    c.load(0x41, 20, RNG.randbytes(32))  # DB20, setpoints
    time.sleep(1)
    c.plc_hot_start()
    time.sleep(1)
    c.disconnect()
