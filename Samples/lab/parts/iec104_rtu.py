"""Substation RTU, IEC 60870-5-104 (c104 = lib60870): currents every two seconds, breaker states, one breaker command."""
from part import ARGS, RNG, begin, every, rest
import c104

server = c104.Server(ip="0.0.0.0", port=2404)
station = server.add_station(common_address=ARGS["ca"])
currents = [station.add_point(io_address=100 + i, type=c104.Type.M_ME_TF_1, report_ms=2000) for i in range(3)]
breakers = [station.add_point(io_address=200 + i, type=c104.Type.M_DP_TB_1) for i in range(2)]
command = station.add_point(io_address=300, type=c104.Type.C_SC_NA_1)
for p in currents:
    p.value = 120.0
for p in breakers:
    p.value = c104.Double.ON


def on_command(point: c104.Point, previous_info: c104.Information, message: c104.IncomingMessage) -> c104.ResponseState:
    return c104.ResponseState.SUCCESS


command.on_receive(callable=on_command)
server.start()
begin()
for _ in every(1):
    for p in currents:
        p.value = 120 + 15 * RNG.random()
rest()  # the master closes, not we
