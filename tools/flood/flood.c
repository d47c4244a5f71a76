/* flood: captures that an attacker would make, on standard output, always the same bytes.
 *
 *   flood KIND COUNT | otassess analyze - --out out
 *
 * Kinds stand in the table at the end. Used by tools/flood/run.sh, which holds every one below 1 GB of memory.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t frame[65536 + 128];
static int at;
static uint64_t now = 1700000000000000ull, state = 88172645463325252ull;

static uint64_t rnd(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state * 0x2545f4914f6cdd1dull >> 16;
}

static void u8(uint32_t v) { frame[at++] = (uint8_t)v; }
static void u16(uint32_t v) { u8(v >> 8), u8(v); }
static void u32(uint32_t v) { u16(v >> 16), u16(v); }
static void le16(uint32_t v) { u8(v), u8(v >> 8); }
static void le32(uint32_t v) { le16(v), le16(v >> 16); }
static void put(const void *bytes, int n) { memcpy(frame + at, bytes, (size_t)n), at += n; }
static void text(const char *s) { put(s, (int)strlen(s)); }
static void fill(int byte, int n) { memset(frame + at, byte, (size_t)n), at += n; }

static void out(const void *p, size_t n) {
  if (fwrite(p, 1, n, stdout) != n) exit(0); /* the reader has had enough */
}

static void send_frame(void) {
  uint32_t head[4] = {(uint32_t)(now / 1000000), (uint32_t)(now % 1000000), (uint32_t)at, (uint32_t)at};
  if (at < 60) { /* the shortest frame of Ethernet, without its check sequence */
    memset(frame + at, 0, (size_t)(60 - at));
    head[2] = head[3] = 60;
  }
  out(head, sizeof head);
  out(frame, head[2]);
  now += 10;
}

static void ethernet(uint64_t to, uint64_t from, int type) {
  at = 0;
  u16((uint32_t)(to >> 32)), u32((uint32_t)to);
  u16((uint32_t)(from >> 32)), u32((uint32_t)from);
  u16((uint32_t)type);
}

static int ip_at;
static void ip(uint32_t from, uint32_t to, int protocol, int id, int fragment) {
  ethernet(0x020000000000ull | to, 0x020000000000ull | from, 0x0800);
  ip_at = at;
  u8(0x45), u8(0), u16(0), u16((uint32_t)id), u16((uint32_t)fragment), u8(64), u8((uint32_t)protocol), u16(0);
  u32(from), u32(to);
}
static void ip_end(void) {
  int n = at - ip_at;
  frame[ip_at + 2] = (uint8_t)(n >> 8), frame[ip_at + 3] = (uint8_t)n;
  send_frame();
}

static int udp_at;
static void udp(uint32_t from, uint32_t to, int sport, int dport) {
  ip(from, to, 17, 0, 0);
  udp_at = at;
  u16((uint32_t)sport), u16((uint32_t)dport), u16(0), u16(0);
}
static void udp_end(void) {
  int n = at - udp_at;
  frame[udp_at + 4] = (uint8_t)(n >> 8), frame[udp_at + 5] = (uint8_t)n;
  ip_end();
}

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };
static void tcp(uint32_t from, uint32_t to, int sport, int dport, uint32_t seq, uint32_t ack, int flags) {
  ip(from, to, 6, 0, 0);
  u16((uint32_t)sport), u16((uint32_t)dport), u32(seq), u32(ack), u8(0x50), u8((uint32_t)flags), u16(8192), u32(0);
}

static const uint32_t client = 0x0a000001, server = 0x0a000002;
static uint32_t seq, ack;
static int port;
static void to_server(void) { tcp(client, server, 49152, port, seq, ack, ACK); }
static int payload_of(void) { return at - ip_at - 40; }
static void sent(void) { seq += (uint32_t)payload_of(), ip_end(); }
static void to_client(void) { tcp(server, client, port, 49152, ack, seq, ACK); }
static void answered(void) { ack += (uint32_t)payload_of(), ip_end(); }
static void connect_to(int p) {
  port = p, seq = 1000, ack = 5000;
  tcp(client, server, 49152, p, seq, 0, SYN), ip_end();
  tcp(server, client, p, 49152, ack, ++seq, SYN | ACK), ip_end();
  ack++;
  to_server(), ip_end();
}

/* ---- addresses ---- */

static void syn(long n) { /* a SYN each from a random address */
  while (n--) {
    uint64_t r = rnd();
    tcp((uint32_t)r, server, 1024 + (int)(r >> 33) % 60000, 80, (uint32_t)rnd(), 0, SYN), ip_end();
  }
}
static void hosts(long n) { /* as many hosts that really talk, with the one server */
  for (long i = 0; i < n; i++) {
    uint32_t host = 0x0b000000u + (uint32_t)i;
    tcp(host, server, 40000, 502, 1, 0, SYN), ip_end();
    tcp(server, host, 502, 40000, 9, 2, SYN | ACK), ip_end();
    tcp(host, server, 40000, 502, 2, 10, ACK), ip_end();
    tcp(host, server, 40000, 502, 2, 10, ACK), put("\0\1\0\0\0\6\1\3\0\0\0\2", 12), ip_end();
    tcp(server, host, 502, 40000, 10, 14, ACK), put("\0\1\0\0\0\7\1\3\4\0\1\0\2", 13), ip_end();
  }
}
static void udp_flows(long n) { /* datagrams between random addresses */
  while (n--) {
    uint64_t r = rnd();
    udp((uint32_t)r, (uint32_t)rnd(), (int)(r >> 33) & 0xffff, (int)rnd() & 0xffff), text("hello"), udp_end();
  }
}
static void arp_body(int op, uint64_t smac, uint32_t sip, uint64_t tmac, uint32_t tip) {
  u16(1), u16(0x0800), u8(6), u8(4), u16((uint32_t)op);
  u16((uint32_t)(smac >> 32)), u32((uint32_t)smac), u32(sip), u16((uint32_t)(tmac >> 32)), u32((uint32_t)tmac), u32(tip);
  send_frame();
}
static void arp(long n) { /* one host asks for every address */
  for (long i = 0; i < n; i++)
    ethernet(0xffffffffffffull, 0x020000000001ull, 0x0806), arp_body(1, 0x020000000001ull, client, 0, 0x0a000000u + (uint32_t)i);
}
static void arp_replies(long n) { /* every address is said to be somebody */
  while (n--) {
    uint64_t mac = (rnd() & 0xfeffffffffffull) | 0x020000000000ull;
    ethernet(0x020000000001ull, mac, 0x0806), arp_body(2, mac, (uint32_t)rnd(), 0x020000000001ull, client);
  }
}
static void mac(long n) { /* frames from random MAC addresses, as to overflow a switch */
  while (n--) {
    uint64_t from = rnd() & 0xfeffffffffffull;
    ethernet(0x020000000002ull, from, 0x0800);
    ip_at = at;
    u8(0x45), u8(0), u16(28), u16(0), u16(0), u8(64), u8(17), u16(0), u32((uint32_t)rnd()), u32((uint32_t)rnd());
    u16(1024), u16(9), u16(8), u16(0), send_frame();
  }
}
static void ethertypes(long n) { /* random MAC addresses at both ends, no IP */
  while (n--)
    ethernet(rnd() & 0xfeffffffffffull, rnd() & 0xfeffffffffffull, 0x88b5), fill(0, 40), send_frame();
}
static void ports(long n) { /* two hosts, every pair of ports */
  while (n--) {
    uint64_t r = rnd();
    tcp(client, server, (int)(r & 0xffff), (int)(r >> 16) & 0xffff, 1, 0, SYN), ip_end();
  }
}
static void ipv6(long n) { /* a SYN each from a random address of IPv6 */
  while (n--) {
    ethernet(0x020000000002ull, 0x020000000001ull, 0x86dd);
    u32(0x60000000), u16(20), u8(6), u8(64);
    u32(0x20010db8), u32((uint32_t)rnd()), u32((uint32_t)rnd()), u32((uint32_t)rnd());
    u32(0xfd000000), u32(0), u32(0), u32(2);
    u16(40000), u16(443), u32(1), u32(0), u8(0x50), u8(SYN), u16(8192), u32(0), send_frame();
  }
}
static void sweep(long n) { /* one host tries to connect to every address; some refuse */
  for (long i = 0; i < n; i++) {
    uint32_t to = 0x0b000000u + (uint32_t)i;
    tcp(client, to, 40000, 445, 1, 0, SYN), ip_end();
    if (i % 8 == 0) tcp(to, client, 445, 40000, 0, 2, RST | ACK), ip_end();
  }
}

/* ---- transport ---- */

static void modbus_write(int address, int value) {
  u16(7), u16(0), u16(6), u8(1), u8(6), u16((uint32_t)address), u16((uint32_t)value);
}
static void hole(long n) { /* a stream loses 2 GB in the middle of a data unit, n times */
  connect_to(502);
  for (long i = 0; i < n; i++) {
    to_server(), modbus_write(1, 1), at -= 4, sent();
    seq += 0x7fffffffu;
    to_server(), modbus_write(2, 2), sent();
  }
}
static void holes(long n) { /* every second segment is lost, and acknowledged never */
  connect_to(502);
  for (long i = 0; i < n; i++) seq += 12, to_server(), modbus_write((int)i & 0xff, 1), sent();
}
static void fragments(long n) { /* first fragments of datagrams that never come */
  for (long i = 0; i < n; i++) {
    ip(client + (uint32_t)(i % 4 == 0 ? rnd() & 0xfffff : 0), server, 17, (int)(i & 0xffff), 0x2000);
    fill(0x41, 1400), ip_end();
  }
}

/* ---- data units ---- */

static void dns(long n) { /* names nobody has */
  while (n--) {
    udp(client, server, 5353 + (int)(rnd() % 100), 53);
    u16((uint32_t)rnd()), u16(0x0100), u16(1), u16(0), u16(0), u16(0);
    u8(20);
    for (int i = 0; i < 20; i++) u8('a' + (uint32_t)(rnd() % 26));
    put("\7example\3org\0", 13), u16(1), u16(1), udp_end();
  }
}
static void dns_answers(long n) { /* every answer names another address */
  while (n--) {
    udp(server, client, 53, 5353);
    u16((uint32_t)rnd()), u16(0x8180), u16(1), u16(1), u16(0), u16(0);
    u8(12);
    for (int i = 0; i < 12; i++) u8('a' + (uint32_t)(rnd() % 26));
    put("\7example\3org\0", 13), u16(1), u16(1);
    u16(0xc00c), u16(1), u16(1), u32(60), u16(4), u32((uint32_t)rnd()), udp_end();
  }
}
static void dhcp(long n) { /* hosts that ask for an address, each with another name */
  while (n--) {
    uint64_t from = (rnd() & 0xfeffffffffffull) | 0x020000000000ull;
    ethernet(0xffffffffffffull, from, 0x0800);
    ip_at = at;
    u8(0x45), u8(0), u16(0), u16(0), u16(0), u8(64), u8(17), u16(0), u32(0), u32(0xffffffff);
    udp_at = at;
    u16(68), u16(67), u16(0), u16(0);
    u8(1), u8(1), u8(6), u8(0), u32((uint32_t)rnd()), fill(0, 20);
    u16((uint32_t)(from >> 32)), u32((uint32_t)from), fill(0, 10), fill(0, 192), u32(0x63825363);
    u8(53), u8(1), u8(1), u8(12), u8(16);
    for (int i = 0; i < 16; i++) u8('a' + (uint32_t)(rnd() % 26));
    u8(255), udp_end();
  }
}
static void modbus(long n) { /* as many registers as there are, of all units */
  connect_to(502);
  while (n--) {
    uint64_t r = rnd();
    to_server(), u16((uint32_t)r), u16(0), u16(6), u8((uint32_t)(r >> 20)), u8(3), u16((uint32_t)(r >> 30)), u16(1), sent();
  }
}
static void notable(long n) { /* commands without end, each an event */
  connect_to(502);
  while (n--) {
    uint64_t r = rnd();
    to_server(), u16((uint32_t)r), u16(0), u16(6), u8((uint32_t)(r >> 20)), u8(8), u16(1), u16((uint32_t)(r >> 30) & 0xff00), sent();
  }
}
static void snmp(long n) { /* an object identifier each */
  while (n--) {
    udp(client, server, 40000, 161);
    u8(0x30), u8(41), put("\2\1\1\4\6public\xa0\x1c\2\1\1\2\1\0\2\1\0\x30\x11\x30\x0f\6\x0b\x2b\6\1\4\1", 34);
    u8(0x80 | (uint32_t)(rnd() & 0x7f)), u8((uint32_t)rnd() & 0x7f), u8(0x80 | (uint32_t)(rnd() & 0x7f)), u8((uint32_t)rnd() & 0x7f), u8((uint32_t)rnd() & 0x7f);
    u8(5), u8(0), udp_end();
  }
}
static void lldp(long n) { /* one port, a new name every frame */
  while (n--) {
    ethernet(0x0180c200000eull, 0x020000000001ull, 0x88cc);
    u16(0x0207), u8(4), u16(0x0200), u32((uint32_t)rnd()), u16(0x0403), u8(7), put("p1", 2), u16(0x0602), u16(120);
    u16(0x0a10);
    for (int i = 0; i < 16; i++) u8('a' + (uint32_t)(rnd() % 26));
    u16(0), send_frame();
  }
}
static void bacnet_names(long n) { /* devices that announce themselves, a new instance every frame */
  while (n--) {
    udp(client, 0xffffffff, 47808, 47808);
    put("\x81\x0b\0\x18\1\x20\xff\xff\0\xff\x10\0\xc4", 13), u32(0x02000000u | (uint32_t)(rnd() & 0x3fffff));
    put("\x22\1\xe0\x91\0\x21\xff", 7), udp_end();
  }
}
static void http_headers(long n) { /* a request whose head does not end */
  connect_to(80);
  to_server(), text("GET / HTTP/1.1\r\n"), sent();
  while (n--) to_server(), text("X-"), fill('a' + (int)(rnd() % 26), 1200), text(": 1\r\n"), sent();
}
static void http_servers(long n) { /* a new banner in every answer */
  connect_to(80);
  while (n--) {
    char s[128];
    to_server(), text("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), sent();
    snprintf(s, sizeof s, "HTTP/1.1 200 OK\r\nServer: %016llx\r\nContent-Length: 0\r\n\r\n", (unsigned long long)rnd());
    to_client(), text(s), answered();
  }
}
static void trickle(long n) { /* a head and a data unit that come byte by byte, from two hosts to two services */
  connect_to(80);
  to_server(), text("POST / HTTP/1.1\r\nX: "), sent();
  while (n-- > 0) to_server(), u8('a'), sent();
}
static void announced(long n) { /* connections that announce a long data unit each, send nearly all of it, and wait */
  for (long i = 0; i < n; i++) {
    int p = 20000 + (int)(i % 40000);
    tcp(client, server, p, 4840, 999, 0, SYN), ip_end();
    tcp(server, client, 4840, p, 4999, 1000, SYN | ACK), ip_end();
    tcp(client, server, p, 4840, 1000, 5000, ACK), text("MSGF"), le32(60000), le32(1), le32(1), le32(1), le32(1), ip_end();
    for (int k = 0; k < 40; k++)
      tcp(client, server, p, 4840, 1024u + 1400u * (uint32_t)k, 5000, ACK), fill(0x55, 1400), ip_end();
  }
}
static void tls(long n) { /* a handshake message of 16 MB that never ends, over and over */
  connect_to(443);
  while (n--) to_server(), put("\x16\3\1\4\x04\1\xff\xff\xff\3\3", 11), fill(0x42, 1025), sent();
}
static void smb(long n) { /* names of files as long as they can be */
  connect_to(445);
  to_server(), u32(64 + 36 + 2), put("\xfeSMB", 4), le16(64), fill(0, 58), le16(36), fill(0, 36), sent();
  while (n--) {
    int length = 1300;
    to_server(), u32((uint32_t)(64 + 56 + length));
    put("\xfeSMB", 4), le16(64), le16(0), le32(0), le16(5), le16(1), le32(0), le32(0), le32((uint32_t)n), le32(0), fill(0, 32);
    le16(57), fill(0, 42), le16(120), le16((uint32_t)length), le32(0), le32(0);
    for (int i = 0; i < length / 2; i++) u8('a' + (uint32_t)(rnd() % 26)), u8(0);
    sent();
  }
}
static void cip(long n) { /* multiple-service packets within multiple-service packets */
  connect_to(44818);
  while (n--) {
    static uint8_t nested[1200];
    int length = 0, room = (int)sizeof nested;
    uint8_t inner[1200];
    for (int depth = 0; length + 10 < room; depth++) {
      memcpy(inner, nested, (size_t)length);
      memcpy(nested, "\x0a\2\x20\2\x24\1\1\0\4\0", 10), memcpy(nested + 10, inner, (size_t)length), length += 10;
    }
    to_server(), le16(0x6f), le16((uint32_t)(16 + length)), le32(1), le32(0), fill(0, 8), le32(0);
    le32(0), le16(0), le16(2), le16(0), le16(0), le16(0xb2), le16((uint32_t)length), put(nested, length), sent();
  }
}
static void ber(long n) { /* sequences in sequences, to LDAP and SNMP */
  while (n--) {
    udp(client, server, 40000, 161);
    for (int left = 1396; left > 0; left -= 4) u8(0x30), u8(0x82), u16((uint32_t)left);
    udp_end();
  }
}
static void bacnet(long n) { /* opening tags without end */
  while (n--) {
    udp(client, server, 47808, 47808);
    put("\x81\x0a\5\x78\1\4\0\5\1\x0f\x0c\0\x40\0\1\x19\x55", 17), fill(0x3e, 1383), udp_end();
  }
}
static void opcua(long n) { /* a diagnostic within a diagnostic within a diagnostic */
  connect_to(4840);
  to_server(), text("HELF"), le32(32), fill(0, 24), sent();
  while (n--) {
    to_server(), text("MSGF"), le32(1400), le32(1), le32(1), le32(1), le32(1), u8(1), u8(0), le16(631);
    u8(0), u8(0), fill(0, 12), le32(0), fill(0x40, 1346), sent();
  }
}

static const struct { const char *name; void (*make)(long); } kinds[] = {
  {"syn", syn}, {"ipv6", ipv6}, {"hosts", hosts}, {"udp", udp_flows}, {"arp", arp}, {"arp-replies", arp_replies},
  {"mac", mac}, {"ethertypes", ethertypes}, {"ports", ports}, {"sweep", sweep}, {"hole", hole}, {"holes", holes},
  {"fragments", fragments}, {"dns", dns}, {"dns-answers", dns_answers}, {"dhcp", dhcp}, {"modbus", modbus},
  {"notable", notable}, {"snmp", snmp}, {"lldp", lldp}, {"bacnet-names", bacnet_names},
  {"http-headers", http_headers}, {"http-servers", http_servers}, {"trickle", trickle}, {"announced", announced}, {"tls", tls}, {"smb", smb}, {"cip", cip},
  {"ber", ber}, {"bacnet", bacnet}, {"opcua", opcua},
};

int main(int argc, char **argv) {
  static const uint32_t head[6] = {0xa1b2c3d4, 2 | 4 << 16, 0, 0, 262144, 1};
  for (size_t i = 0; argc == 3 && i < sizeof kinds / sizeof *kinds; i++)
    if (!strcmp(argv[1], kinds[i].name)) {
      out(head, sizeof head);
      kinds[i].make(atol(argv[2]));
      return fflush(stdout) != 0;
    }
  fprintf(stderr, "usage: flood KIND COUNT; kinds:");
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) fprintf(stderr, " %s", kinds[i].name);
  fprintf(stderr, "\n");
  return 2;
}
