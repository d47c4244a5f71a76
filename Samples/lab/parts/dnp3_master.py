"""Power SCADA, DNP3 master: integrity poll first, then class polls every five seconds."""
import asyncio

from part import ARGS, begin, every
from dnp3.master.config import MasterConfig
from dnp3.master.master import Master
from dnp3.master.tcp_runner import MasterTcpRunner


async def main():
    master = Master(config=MasterConfig(address=1, outstation_address=ARGS["address"]))
    runner = MasterTcpRunner(master=master, host=ARGS["peer"])
    await runner.open()
    for n in every(5):  # every() sleeps the whole loop: with one connection that is what we want
        if n % 12 == 0:
            await runner.integrity_poll()
        else:
            await runner.class_poll(class_1=True, class_2=True, class_3=True)
    await runner.close()

begin()
asyncio.run(main())
