"""EtherNet/IP clients (pycomm3): the yard crane's HMI and the CMS read tags, the engineer asks for identities."""
import socket
import struct

from part import ARGS, RNG, begin, every
from pycomm3 import CIPDriver, Services

begin()
peer = ARGS["peer"]
if ARGS["job"] == "identify":
    # ListIdentity over UDP and the Identity object over TCP: the two ways a scanner or RSLinx asks
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(3)
        s.sendto(struct.pack("<HHIIQI", 0x63, 0, 0, 0, 0, 0), (peer, 44818))
        try:
            s.recv(1024)
        except TimeoutError:
            pass
    with CIPDriver(peer) as c:
        c.generic_message(service=Services.get_attributes_all, class_code=1, instance=1, connected=False,
                          unconnected_send=False, name="identity")
else:
    from cpppo.server.enip import client  # cpppo's own client: pycomm3 insists on Logix uploads

    with client.connector(host=peer, timeout=5) as c:
        for n in every(ARGS["period"]):
            tags = ["HoistHeight", "TrolleyPos", "Status[0-7]"]
            if ARGS.get("setpoint_every") and n % ARGS["setpoint_every"] == 0:
                tags.append(f"SpeedRef=(DINT){RNG.randrange(1500)}")
            for *_, value in c.synchronous(operations=client.parse_operations(tags), multiple=0, timeout=3):
                pass
