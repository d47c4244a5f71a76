/// Message brokers and small devices, each with the section its bytes come from.
extension Samples {
  static let messaging = http2 + amqp + coap + mqttSN + sparkplug + kafka + nats + zmtp

  // MARK: RFC 9113 sections 3.4 and 6, RFC 7541 appendix B

  private static let http2 = [
    Sample(
      "http2", "a preface, a path in letters, and gRPC in the compressed form of its name",
      [
        .request("'PRI * HTTP/2.0' 0d0a 0d0a 'SM' 0d0a 0d0a 000000 04 00 00000000"),
        .request(
          """
          00002e 01 04 00000001                                        # headers of stream 1
          83 86 44 0d '/plc.Api/Read' | 41 07 'crane:1' | 5f 8b 1d75d0620d263d4c4d6564 | 7a 04 'grpc' | 20
          """),
        .request("000005 00 01 00000001 0000000000"),
        .request("000018 01 04 00000003 | 40 0a 'user-agent' 0b 'grpc-python'  # both written out"),
        .response("000008 07 00 00000000 00000000 00000000"),
      ],
      [
        "http2 request preface",
        "http2 request 4",
        "http2 request 1",
        "http2 property path \"/plc.Api/Read\"",
        "http2 receiver property server_name \"crane:1\"",
        "http2 property dialect \"gRPC\"",
        "http2 sender application \"grpc\"",
        "skip 5 bytes",
        "http2 request 1",
        "http2 sender application \"grpc-python\"",
        "http2 response 7",
      ])
  ]

  // MARK: AMQP 0-9-1 sections 1.4 and 4.2; OASIS AMQP 1.0

  private static let amqp = [
    Sample(
      "amqp", "products, login, virtual host and a message are told",
      [
        .request("'AMQP' 00000901"),
        .response(
          """
          01 0000 00000063 000a000a 00 09 0000003e                     # connection.start, properties
          07 'product' 'S' 00000008 'RabbitMQ' | 07 'version' 'S' 00000005 '3.8.2'
          0c 'capabilities' 'F' 00000005 03 'abc' 01
          0000000e 'PLAIN AMQPLAIN' 00000005 'en_US' ce
          """),
        .request("01 0000 00000024 000a000b 00000000 05 'PLAIN' 0000000c 00 'guest' 00 'guest' 05 'en_US' ce"),
        .response("01 0000 0000000c 000a001e 0000 00020000 003c ce"),
        .request("01 0000 00000008 000a0028 01 '/' 00 00 ce"),
        .request("01 0001 0000000d 003c0028 0000 02 'ex' 02 'rk' 00 ce | 08 0000 00000000 ce"),
        .response("01 0000 0000000b 000a0032 0193 00 00000000 ce"),
      ],
      [
        "amqp request header",
        "amqp property protocol_version \"0-9-1\"",
        "amqp sender product_name \"RabbitMQ\"",
        "amqp sender software_version \"3.8.2\"",
        "amqp property authentication \"PLAIN AMQPLAIN\"",
        "amqp response 10.10",
        "amqp property authentication \"PLAIN\"",
        "amqp sender user_name \"guest\"",
        "amqp credential protocol password \"guest\" well-known default",
        "amqp request 10.11",
        "amqp credential protocol password \"guest\" well-known default accepted",
        "amqp response 10.30",
        "amqp request 10.40 [/]",
        "amqp request 60.40 [ex/rk]",
        "amqp response 10.50 failure(403)",
      ]),
    Sample(
      "amqp", "version 1.0 with a login",
      [
        .request("'AMQP' 03010000"),
        .request("0000001f 02 01 0000 | 00 53 41 c0 12 02 | a3 05 'PLAIN' | a0 08 00 'ab' 00 '1234'"),
        .response("00000010 02 01 0000 | 00 53 44 c0 03 01 | 50 01"),
        .request("'AMQP' 00010000"),
        .request("00000015 02 00 0000 | 00 53 10 c0 08 02 | a1 02 'c1' | a1 01 'h'"),
      ],
      [
        "amqp request header",
        "amqp property protocol_version \"1.0\"",
        "amqp property authentication \"PLAIN\"",
        "amqp sender user_name \"ab\"",
        "amqp credential protocol password \"ab\" well-known default",
        "amqp request 1.65",
        "amqp credential protocol password \"ab\" well-known default refused",
        "amqp response 1.68 failure(1)",
        "amqp request header",
        "amqp property protocol_version \"1.0\"",
        "amqp sender client_id \"c1\"",
        "amqp receiver property server_name \"h\"",
        "amqp request 1.16",
      ]),
  ]

  // MARK: RFC 7252 section 3

  private static let coap = [
    Sample(
      "coap", "a path in segments, and what was answered to it",
      [
        .request("42 01 0102 aabb | 35 'crane' | 87 'sensors' 04 'temp' ", isStream: false),
        .response("62 45 0102 aabb ff '21'", isStream: false),
        .request("40 03 0103 b5 'speed' ff '9'", isStream: false), .response("60 84 0103", isStream: false),
        .request("40 00 0104", isStream: false),
      ],
      [
        "coap receiver property server_name \"crane\"",
        "coap request 0.01 [/sensors/temp]",
        "coap response 0.01 success",
        "coap request 0.03 [/speed]",
        "coap response 0.03 failure(404)",
      ])
  ]

  // MARK: MQTT-SN 1.2 section 5.4

  private static let mqttSN = [
    Sample(
      "mqtt_sn", "a sensor connects, registers a topic, publishes and is refused",
      [
        .request("0c 04 04 01 003c 'sensor'", isStream: false), .response("03 05 00", isStream: false),
        .request("09 0a 0000 0001 'a/b'", isStream: false), .response("07 0b 0005 0001 00", isStream: false),
        .request("09 0c 00 0005 0002 '21'", isStream: false), .response("07 0d 0005 0002 02", isStream: false),
        .request("08 12 00 0003 'x/y'", isStream: false), .response("08 13 00 0006 0003 00", isStream: false),
        .request("01 0009 0c 00 0005 0004", isStream: false),
      ],
      [
        "mqtt_sn sender client_id \"sensor\"",
        "mqtt_sn request 4",
        "mqtt_sn response 5 success",
        "mqtt_sn request 10 [a/b]",
        "mqtt_sn response 11 success",
        "mqtt_sn request 12 [topic 5]",
        "mqtt_sn response 13 failure(2)",
        "mqtt_sn request 18 [x/y]",
        "mqtt_sn response 19 success",
        "mqtt_sn request 12 [topic 5]",
      ])
  ]

  // MARK: Sparkplug 3.0 section 4.1

  private static let sparkplug = [
    Sample(
      "sparkplug", "a command to a device and the state of a host are told besides",
      [
        .request("30 1d 001b 'spBv1.0/quay/DCMD/gate/sts1' "),
        .request("30 12 0010 'spBv1.0/STATE/hh' "),
        .request("30 0c 000a 'spBv1.0/ab' "),
      ],
      [
        "sparkplug request DCMD [quay/gate/sts1]",
        "mqtt request 3 [spBv1.0/quay/DCMD/gate/sts1]",
        "sparkplug request STATE [hh]",
        "mqtt request 3 [spBv1.0/STATE/hh]",
        "mqtt request 3 [spBv1.0/ab]",
      ])
  ]

  // MARK: Kafka protocol guide

  private static let kafka = [
    Sample(
      "kafka", "the client and its software are told",
      [
        .request("00000014 0012 0003 00000007 0003 'abc' 00 03 'ka' 02 '1' 00"),
        .response("0000000a 00000007 0000 00000000"),
      ],
      [
        "kafka request 18",
        "kafka sender client_id \"abc\"",
        "kafka sender application \"ka 1\"",
        "kafka response 18",
      ])
  ]

  // MARK: NATS client protocol

  private static let nats = [
    Sample(
      "nats", "server, client, login, subjects",
      [
        .response(
          lines("INFO {\"server_id\":\"N1\",\"server_name\":\"n1\",\"version\":\"2.10.1\",\"auth_required\":true}")),
        .request(lines("CONNECT {\"user\":\"plc\",\"pass\":\"plc\",\"lang\":\"go\",\"name\":\"gw\"}", "PING")),
        .response(lines("PONG")),
        .request(lines("PUB crane.sts1 5", "hello") + lines("SUB crane.> 1")),
        .response(lines("-ERR Authorization Violation")),
      ],
      [
        "nats sender software_version \"2.10.1\"",
        "nats sender name \"n1\"",
        "nats property authentication \"required\"",
        "nats response INFO",
        "nats sender client_id \"gw\"",
        "nats sender application \"go\"",
        "nats sender user_name \"plc\"",
        "nats credential protocol password \"plc\" well-known default",
        "nats request CONNECT",
        "nats request PING",
        "nats credential protocol password \"plc\" well-known default accepted",
        "nats response PONG",
        "nats request PUB [crane.sts1]",
        "nats request SUB [crane.>]",
        "skip 5 bytes",
        "nats response -ERR failure(0)",
      ])
  ]

  // MARK: RFC 23/ZMTP section 3, RFC 24

  private static let zmtp = [
    Sample(
      "zmtp", "greeting, kind of socket and login are told, messages are not",
      [
        .request(
          "ff 0000000000000000 7f 03 01 'PLAIN' \(String(repeating: "00", count: 15)) 00 \(String(repeating: "00", count: 31))"
        ),
        .request("04 0f 05 'HELLO' 02 'me' 05 'admin'"),
        .response("04 19 05 'READY' 0b 'Socket-Type' 00000003 'PUB'"),
        .response("00 02 'hi' | 02 00000000 00000003 'abc'"),
      ],
      [
        "zmtp request greeting",
        "zmtp property protocol_version \"3.1\"",
        "zmtp property authentication \"PLAIN\"",
        "zmtp request command [HELLO]",
        "zmtp sender user_name \"me\"",
        "zmtp credential protocol password \"me\" well-known default",
        "zmtp response command [READY]",
        "zmtp property mode \"PUB\"",
        "skip 3 bytes",
      ])
  ]
}
