"""A SIMATIC controller: python-snap7's server, which we teach to say who it is.

The stack answers SZL 0x0011 and 0x001C with fixed texts and a header real CPUs do not send; we answer with the
records a CPU has (34 and 28 bytes, see snap7/szl.py for the layout) and with the identity from the cast. It also
takes downloads of data blocks only; a real program download brings OB1, so code blocks borrow the memory of the DB
with the same number and keep their own block type on the wire.
"""
import struct

from part import ARGS, RNG, every, begin
from snap7.server import Server
from snap7.type import SrvArea


class Simatic(Server):
    def _get_szl_data(self, szl_id, index):
        if szl_id == 0x0011:  # module identification: order number, hardware, firmware
            order = ARGS["order"].ljust(20).encode()
            v = bytes(ARGS["firmware"])
            records = [(1, order, b"\0\0\0\1" + b"\x20\x20"), (6, order, b"\0\0\0\1" + b"\x20\x20"),
                       (7, b" " * 20, b"\0\xc0V" + v)]
            return struct.pack(">HH", 28, len(records)) + b"".join(
                struct.pack(">H", i) + text + tail for i, text, tail in records)
        if szl_id == 0x001C:  # component identification: names, serial number
            texts = {1: ARGS["station"], 2: ARGS["module_name"], 3: "", 4: "Original Siemens Equipment",
                     5: ARGS["serial"], 7: ARGS["module"], 8: "MMC " + ARGS["serial"][-8:]}
            return struct.pack(">HH", 34, len(texts)) + b"".join(
                struct.pack(">H", i) + t.encode().ljust(32, b"\0") for i, t in texts.items())
        return super()._get_szl_data(szl_id, index)

    def _handle_request_download(self, request, client):
        raw = bytearray(request["raw_parameters"])
        kind, raw[11] = raw[11], 0x41
        answer = super()._handle_request_download({**request, "raw_parameters": bytes(raw)}, client)
        if client in self._download_contexts:
            self._download_contexts[client]["block_type"] = kind
        return answer


plc = Simatic(log=False)
blocks = {1: bytearray(2048), 10: bytearray(64), 20: bytearray(32)}  # OB1's place, crane status, setpoints
for number, memory in blocks.items():
    plc.register_area(SrvArea.DB, number, memory)
plc.start(102)
begin()
for n in every(0.5):  # the hoist goes up and down; height, load and wind move, so polls do not repeat themselves
    struct.pack_into(">HHff", blocks[10], 0, n & 0xFFFF, 1 + n // 40 % 3, 20 + n % 30, 30.5 + RNG.random())
