"""Revenue meter on the main feeder: DNP3 outstation (dnp3py)."""
import asyncio

from part import ARGS, RNG, left
from dnp3.database.database import Database
from dnp3.outstation.config import OutstationConfig
from dnp3.outstation.outstation import Outstation
from dnp3.outstation.tcp_runner import OutstationTcpRunner


async def main():
    points = Database()
    for i in range(6):
        points.add_analog_input(i, value=11000.0 + i)
    for i in range(2):
        points.add_binary_input(i, value=True)
    points.add_counter(0, value=4711)
    meter = Outstation(config=OutstationConfig(address=ARGS["address"], master_address=1), database=points)
    runner = asyncio.create_task(OutstationTcpRunner(outstation=meter).run())
    while left():
        await asyncio.sleep(1)
        points.update_analog_input(0, 11000.0 + RNG.random() * 50)
        points.increment_counter(0)
    runner.cancel()

asyncio.run(main())
