/* Nothing to call: see pcap_stub.c. */
