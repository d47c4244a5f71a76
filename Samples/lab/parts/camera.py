"""A network camera beside its web page: ONVIF WS-Discovery answers and an RTSP control channel.

No camera stack in Debian does both without a video source, so these are the two smallest honest responders: real
sockets, real texts, no media.
"""
import socket
import struct
import threading

from part import ARGS, NAME, rest

MATCH = """<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" \
xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" \
xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Header><w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/\
ProbeMatches</w:Action></e:Header><e:Body><d:ProbeMatches><d:ProbeMatch><d:Types>dn:NetworkVideoTransmitter</d:Types>\
<d:Scopes>onvif://www.onvif.org/name/{vendor} onvif://www.onvif.org/hardware/{model} \
onvif://www.onvif.org/location/{place}</d:Scopes><d:XAddrs>http://{address}/onvif/device_service</d:XAddrs>\
</d:ProbeMatch></d:ProbeMatches></e:Body></e:Envelope>"""
SDP = "v=0\r\no=- 0 0 IN IP4 {address}\r\ns={model}\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"


def discovery():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("", 3702))
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                 struct.pack("4s4s", socket.inet_aton("239.255.255.250"), socket.inet_aton(ARGS["address"])))
    while True:
        data, peer = s.recvfrom(4096)
        if b"Probe" in data:
            s.sendto(MATCH.format(place=NAME, **ARGS).encode(), peer)


def rtsp(conn):
    with conn:
        while data := conn.recv(2048).decode(errors="replace"):
            lines = data.split("\r\n")
            cseq = next((x for x in lines if x.lower().startswith("cseq")), "CSeq: 0")
            body = SDP.format(**ARGS) if data.startswith("DESCRIBE") else ""
            extra = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n" if body else \
                "Public: OPTIONS, DESCRIBE, SETUP, TEARDOWN, PLAY\r\n"
            conn.sendall(f"RTSP/1.0 200 OK\r\n{cseq}\r\nServer: {ARGS['model']} RTSP\r\n{extra}\r\n{body}".encode())


def streams():
    s = socket.create_server(("0.0.0.0", 554))
    while True:
        conn, _ = s.accept()
        threading.Thread(target=rtsp, args=(conn,), daemon=True).start()


for job in (discovery, streams):
    threading.Thread(target=job, daemon=True).start()
rest()
