"""A Modbus/TCP master: asks each device once who it is, then polls it; writes a setpoint now and then."""
from part import ARGS, RNG, begin, every
from pymodbus.client import ModbusTcpClient

begin()
devices = []
for peer in ARGS["peers"]:
    c = ModbusTcpClient(peer, port=502, timeout=3)
    c.connect()
    if ARGS.get("identify", True):
        c.read_device_information(read_code=2, object_id=0, device_id=1)
    devices.append(c)
for n in every(ARGS["period"]):
    for c in devices:
        c.read_holding_registers(0, count=ARGS.get("count", 10), device_id=1)
    if ARGS.get("setpoint_every") and n % ARGS["setpoint_every"] == 0:
        devices[0].write_registers(100, [RNG.randrange(1500), 1], device_id=1)
for c in devices:
    c.close()
