"""Video management server: WS-Discovery probe for new cameras, RTSP keep-alive to the known ones."""
import socket
import uuid

from part import ARGS, RNG, begin, every

begin()
probe = f"""<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" \
xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery">\
<e:Header><w:MessageID>uuid:{uuid.UUID(int=RNG.getrandbits(128))}</w:MessageID><w:Action>http://schemas.xmlsoap.org/ws/\
2005/04/discovery/Probe</w:Action></e:Header><e:Body><d:Probe/></e:Body></e:Envelope>"""
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(ARGS["address"]))
links, cseq = [(p, socket.create_connection((p, 554), 5)) for p in ARGS["peers"]], 0
for n in every(10):
    if n % 6 == 0:
        udp.sendto(probe.encode(), ("239.255.255.250", 3702))
    for peer, s in links:
        cseq += 1
        verb = "DESCRIBE" if n == 0 else "OPTIONS"
        s.sendall(f"{verb} rtsp://{peer}/stream1 RTSP/1.0\r\nCSeq: {cseq}\r\nUser-Agent: NQ-VMS/3.1\r\n\r\n".encode())
        s.recv(4096)
for _, s in links:
    s.close()
