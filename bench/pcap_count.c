/* The yardstick of the capture reader: libpcap's own loop, doing nothing but counting.
 *
 *   mkdir -p .build && cc -O2 -o .build/pcap_count bench/pcap_count.c -lpcap
 *   .build/pcap_count FILE.pcap
 *
 * Prints frames and wire bytes, and exits 1 where libpcap met an error. */
#include <pcap/pcap.h>
#include <stdio.h>

int main(int count, char **arguments) {
  if (count != 2) {
    fprintf(stderr, "usage: %s FILE\n", arguments[0]);
    return 2;
  }
  char message[PCAP_ERRBUF_SIZE];
  pcap_t *capture = pcap_open_offline_with_tstamp_precision(arguments[1], PCAP_TSTAMP_PRECISION_NANO, message);
  if (!capture) {
    fprintf(stderr, "%s: %s\n", arguments[1], message);
    return 1;
  }
  struct pcap_pkthdr *header;
  const unsigned char *bytes;
  unsigned long long frames = 0, wire = 0;
  int result;
  while ((result = pcap_next_ex(capture, &header, &bytes)) == 1) {
    frames += 1;
    wire += header->len;
  }
  if (result == PCAP_ERROR) fprintf(stderr, "%s: %s\n", arguments[1], pcap_geterr(capture));
  printf("%llu frames, %llu bytes on the wire\n", frames, wire);
  pcap_close(capture);
  return result == PCAP_ERROR;
}
