"""Power SCADA, IEC 104 client: STARTDT, general interrogation, clock synchronisation, one breaker command."""
import time

from part import ARGS, begin, every
import c104

begin()
master = c104.Client(tick_rate_ms=100)
# With Init.ALL this stack never sent STARTDT here; NONE + unmute() does (LIBRARIES.md §8).
link = master.add_connection(ip=ARGS["peer"], port=2404, init=c104.Init.NONE)
station = link.add_station(common_address=ARGS["ca"])
command = station.add_point(io_address=300, type=c104.Type.C_SC_NA_1)
for i in range(3):
    station.add_point(io_address=100 + i, type=c104.Type.M_ME_TF_1)
for i in range(2):
    station.add_point(io_address=200 + i, type=c104.Type.M_DP_TB_1)
master.start()
while not link.is_connected:
    time.sleep(0.2)
link.unmute()
time.sleep(1)
link.clock_sync(common_address=ARGS["ca"])
for n in every(30):
    link.interrogation(common_address=ARGS["ca"])
    if n == 1:
        command.value = True
        command.transmit(cause=c104.Cot.ACTIVATION)
master.stop()
