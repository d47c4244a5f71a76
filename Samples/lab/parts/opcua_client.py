"""TOS gateway: reads build info once, then the crane moves every two seconds."""
import asyncio
import logging

from part import ARGS, begin, every
from asyncua import Client, ua

logging.disable(logging.CRITICAL)


async def main():
    # the stack's watchdog reads the server state each second beside us; once a minute leaves the rhythm of the poll clean
    async with Client(f"opc.tcp://{ARGS['peer']}:4840/cms", timeout=10, watchdog_intervall=60) as c:
        await c.get_node(ua.ObjectIds.Server_ServerStatus_BuildInfo).read_value()
        nodes = [c.get_node(ua.NodeId(f"STS0{i}.Moves", 2)) for i in (1, 2, 3)]
        loop, cycle = asyncio.get_running_loop(), every(2)
        while await loop.run_in_executor(None, next, cycle, None) is not None:
            await c.read_values(nodes)

begin()
asyncio.run(main())
