"""Building management server: Who-Is, identity properties, then the temperature every five seconds, one setpoint."""
import asyncio

from part import ARGS, begin, every
from bacpypes3.app import Application
from bacpypes3.argparse import SimpleArgumentParser
from bacpypes3.pdu import Address
from bacpypes3.primitivedata import ObjectIdentifier, Real


async def main():
    a = SimpleArgumentParser().parse_args(["--address", ARGS["address"], "--instance", "999", "--name", "BMS-SRV"])
    app = Application.from_args(a)
    await app.who_is(timeout=2)
    for instance, peer in ARGS["peers"]:
        for name in ("vendor-name", "model-name", "firmware-revision", "object-name", "location"):
            await app.read_property(Address(peer), ObjectIdentifier(f"device,{instance}"), name)
    loop = asyncio.get_running_loop()
    cycle = every(5)
    while (n := await loop.run_in_executor(None, next, cycle, None)) is not None:
        for _, peer in ARGS["peers"]:
            await app.read_property(Address(peer), ObjectIdentifier("analog-input,1"), "present-value")
        if n == 10:
            await app.write_property(Address(ARGS["peers"][0][1]), ObjectIdentifier("analog-value,1"),
                                     "present-value", Real(19.5), priority=8)
    app.close()

begin()
asyncio.run(main())
