"""CMS data for the TOS: OPC UA server (asyncua), SecurityPolicy None and anonymous, as delivered and never changed."""
import asyncio
import logging

from part import ARGS, RNG, left
from asyncua import Server, ua

logging.disable(logging.CRITICAL)


async def main():
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://{ARGS['address']}:4840/cms")
    server.set_server_name("North Quay CMS")
    await server.set_build_info("urn:northquay:cms", "Harbour Controls", "CraneCMS", "4.2.1", "4210",
                                __import__("datetime").datetime(2024, 5, 6))
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    space = await server.register_namespace("urn:northquay:cms")
    moves = []
    for crane in ("STS01", "STS02", "STS03"):
        node = await server.nodes.objects.add_object(ua.NodeId(crane, space), crane)
        moves.append(await node.add_variable(ua.NodeId(f"{crane}.Moves", space), "Moves", 100))
    async with server:
        while left():
            await asyncio.sleep(2)
            await RNG.choice(moves).write_value(RNG.randrange(100, 400))

asyncio.run(main())
