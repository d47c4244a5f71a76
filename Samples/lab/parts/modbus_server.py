"""A Modbus/TCP device with an identity (function 43/14): drive, barrier controller, weighbridge, reefer gateway."""
import asyncio

from part import ARGS, left
from pymodbus.pdu.device import ModbusDeviceIdentification
from pymodbus.server import StartAsyncTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

identity = ModbusDeviceIdentification({i: v.encode() for i, v in enumerate(ARGS["identity"])})
count = 0


async def live(code, start, address, n, registers, new):
    """Register 0 counts, register 1 follows: values move, so a historian would see a process."""
    global count
    count += 1
    if new is None and len(registers) > 1:
        registers[0], registers[1] = count & 0xFFFF, 500 + count % 97


async def main():
    device = SimDevice(ARGS.get("unit", 1), simdata=[SimData(0, count=200, values=100, datatype=DataType.REGISTERS)],
                       identity=identity, action=live)
    server = asyncio.create_task(StartAsyncTcpServer(device, identity=identity, address=("0.0.0.0", 502)))
    await asyncio.sleep(left() + 5)
    server.cancel()

asyncio.run(main())
