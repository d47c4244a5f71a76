"""Air handling unit controller: BACnet/IP device (bacpypes3)."""
import asyncio

from part import ARGS, RNG, left
from bacpypes3.app import Application
from bacpypes3.argparse import SimpleArgumentParser
from bacpypes3.local.analog import AnalogInputObject, AnalogValueObject


async def main():
    a = SimpleArgumentParser().parse_args(["--address", ARGS["address"], "--instance", str(ARGS["instance"]),
                                           "--name", ARGS["name"]])
    app = Application.from_args(a)
    device = app.device_object
    # the stack knows object classes of vendor 999 only; what goes out in I-Am and ReadProperty is ours to set
    device.vendorIdentifier = 5
    device.vendorName, device.modelName = "Johnson Controls", ARGS["model"]
    device.firmwareRevision, device.applicationSoftwareVersion = ARGS["firmware"], "1.2"
    device.location = ARGS["location"]
    supply = AnalogInputObject(objectIdentifier=("analogInput", 1), objectName="SupplyAirTemp", presentValue=18.0,
                               units="degreesCelsius")
    setpoint = AnalogValueObject(objectIdentifier=("analogValue", 1), objectName="SupplySetpoint", presentValue=18.0,
                                 units="degreesCelsius")
    app.add_object(supply)
    app.add_object(setpoint)
    while left():
        await asyncio.sleep(2)
        supply.presentValue = 17.5 + RNG.random()

asyncio.run(main())
