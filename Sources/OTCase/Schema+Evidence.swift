extension Schema {
  /// What the case says of itself.
  static let caseTables: [Table] = [
    Table(
      "meta", "What made this case: schema version, program version, totals of the evidence.",
      [
        .text("key", "Name: schema_version, program_version, packets, bytes, first_time, last_time, …").key,
        .text("value", "Value as text; times in nanoseconds since 1970."),
      ]),
    Table(
      "protocol", "Every protocol this program knows, seen or not.",
      [
        .text("id", "Short lower-case identifier as used in all tables: modbus, s7comm.").key,
        .text("name", "Name as its specification writes it."),
        .text("specification", "Document, version and section it was read by."),
        .boolean("is_industrial", "Whether it commands or reports a physical process."),
        .boolean("reads_identity", "Whether identities of devices are read from it."),
        .boolean("reads_operations", "Whether single operations are read from it."),
        .text("display_filter", "Wireshark's display filter for it; empty: none."),
      ]),
  ]

  /// Where every claim comes from.
  static let evidenceTables: [Table] = [
    Table(
      "evidence", "The evidence manifest: each file that was handed over, read or not.",
      [
        .id("Number of the file, in the order of kind, name and digest."),
        .text(
          "kind", "What it is.", ["capture", "config", "log", "historian", "register", "site", "protocol", "other"]),
        .text("name", "Shortest name that is unique in the manifest."),
        .text("path", "Path as it was given on the command line."),
        .text("sha256", "SHA-256 of the file as it lies on disk, lower-case hexadecimal."),
        .integer("size", "Size of the file.", unit: "bytes"),
        .text("format", "Recognised format: pcap, pcapng, cisco-ios, …; empty: not recognised."),
        .text("compression", "Compression it was read through: gzip, zstd; empty: none."),
        .text("status", "How far it was read.", ["read", "partly read", "not read"]),
        .text("status_reason", "Why it was not read wholly.").optional,
        .integer("frames", "Frames of a capture, lines of a text file.", unit: "frames or lines"),
        .integer("cut_frames", "Frames that the snap length cut.", unit: "frames"),
        .integer("out_of_order", "Frames with an earlier time than the one before.", unit: "frames"),
        .time("first_time", "Earliest time in it.").optional,
        .time("last_time", "Latest time in it.").optional,
      ]),
    Table(
      "evidence_interface", "Interfaces a capture was taken at.",
      [
        .integer("evidence_id", "The capture.").key.to("evidence.id"),
        .integer("number", "Number of the interface in the order of the file, from 0.").key,
        .text("name", "Name as the capture gives it.").optional,
        .text("description", "Description as the capture gives it.").optional,
        .text("filter", "Capture filter that was in force; what it excluded was never seen.").optional,
        .integer("link_type", "LINKTYPE_ number of the frames."),
        .integer("snap_length", "Longest kept part of a frame; 0: unlimited.", unit: "bytes"),
        .integer("received", "Packets the interface counted as received.", unit: "packets").optional,
        .integer("dropped", "Packets lost before they were written.", unit: "packets").optional,
      ]),
    Table(
      "evidence_damage", "Places where a file is damaged or ends too early.",
      [
        .integer("evidence_id", "The file.").to("evidence.id"),
        .integer("offset", "Where, from the start of the (uncompressed) file.", unit: "bytes"),
        .integer("frame", "Last whole frame before it.").optional,
        .text("reason", "What is wrong."),
      ], indices: [["evidence_id"]]),
    Table(
      "evidence_comment", "Comments people or tools left in a capture.",
      [
        .integer("evidence_id", "The capture.").to("evidence.id"),
        .integer("frame", "Frame it belongs to; NULL: the whole file.").optional,
        .text("text", "The comment."),
      ], indices: [["evidence_id"]]),
  ]
}
