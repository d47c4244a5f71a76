"""Reefer racks publish to the broker; the reefer server subscribes. Clear text, user and password in CONNECT."""
import json

from part import ARGS, NAME, RNG, begin, every
import paho.mqtt.client as mqtt

c = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=ARGS["client_id"])
c.username_pw_set(ARGS["user"], ARGS["password"])
begin()
c.connect(ARGS["broker"], 1883, keepalive=30)
c.loop_start()
if ARGS["job"] == "watch":
    c.subscribe("nq/reefer/#", qos=1)
for n in every(5):
    if ARGS["job"] == "publish":
        rack = ARGS["rack"]
        box = f"NQRU{RNG.randrange(1000000, 9999999)}"
        c.publish(f"nq/reefer/{rack}/{1 + n % 6}", json.dumps(
            {"box": box, "set": -18.0, "ret": round(-17.5 + RNG.random(), 1), "amps": round(9 + RNG.random(), 1)}), qos=1)
c.disconnect()
