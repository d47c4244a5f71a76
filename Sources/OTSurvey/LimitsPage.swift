import OTAssess
import OTCapture
import OTCore
import OTImport
import OTKnowledge
import OTNetwork
import OTPipeline

/// `docs/limits.md`: every bound on hostile input, as the program has it.
public enum LimitsPage {
  /// One bound.
  public struct Entry: Sendable {
    /// Where in the way of the data it stands.
    public var stage: String
    public var what: String
    public var value: Int
    public var unit: String
    /// What becomes of what is beyond.
    public var beyond: String
    /// Where a reader is told.
    public var told: String
  }

  private static let report = "report, blind spots: limit reached"
  private static let damage = "report, blind spots: damaged places"

  public static let entries: [Entry] = files + frames + messages + hosts + facts + judgements

  private static let files: [Entry] = [
    entry(
      "files", "captured length of a frame that is believed", CaptureReader.longestFrame, "bytes",
      "the record is damage; reading goes on where records can be found again", damage),
    entry(
      "files", "damaged places kept of a file", CaptureReader.mostDamage, "places",
      "read past, not listed", damage),
    entry("files", "comments kept of a file", CaptureReader.mostComments, "comments", "left out", "not told"),
    entry(
      "files", "captures open at once", LogicalCapture.mostOpen, "files",
      "the latest ones wait, so their frames come late", report),
    entry(
      "files", "lines of a configuration", ConfigurationText.mostLines, "lines", "left out",
      "report, evidence: partly read"),
    entry(
      "files", "size of a configuration", Int(ConfigurationFile.mostBytes), "bytes", "the file is not read",
      "report, evidence: not read"),
    entry(
      "files", "length of a rule or site file", YAMLValue.documentBytes, "bytes", "refused with its line",
      "the command ends"),
    entry(
      "files", "nesting of a rule or site file", YAMLValue.nesting, "levels", "refused with its line",
      "the command ends"),
    entry(
      "files", "values of a rule or site file, each use of an alias counted", YAMLValue.documentValues, "values",
      "refused with its line", "the command ends"),
  ]

  private static let fragments = FragmentLimits()
  private static let streams = StreamReassembler.Limits()

  private static let frames: [Entry] = [
    entry(
      "frames", "tags, tunnels and extension headers of a frame", Limits.nesting, "layers",
      "what lies deeper is not read", "report, blind spots: not decoded"),
    entry(
      "frames", "incomplete datagrams of two hosts and direction", fragments.datagramsPerHostPair, "datagrams",
      "the oldest gives way", "not told: such datagrams are counted as incomplete"),
    entry("frames", "fragments of a datagram", fragments.fragmentsPerDatagram, "fragments", "refused", report),
    entry(
      "frames", "host pairs with fragments", fragments.hostPairs, "pairs",
      "those older than \(seconds(fragments.age)) make room, else refused", report),
    entry(
      "frames", "bytes of waiting fragments", fragments.totalBytes, "bytes",
      "those older than \(seconds(fragments.age)) make room, else refused", report),
    entry(
      "frames", "segments waiting behind a hole", streams.segments, "segments", "the hole is given up as lost", report),
    entry("frames", "bytes waiting behind a hole", streams.bytes, "bytes", "the hole is given up as lost", report),
    entry(
      "frames", "bytes waiting behind holes of all streams", streams.totalBytes, "bytes",
      "the hole is given up as lost", report),
  ]

  private static let messages: [Entry] = [
    entry("messages", "length of a text", Limits.textBytes, "bytes", "cut, and marked with …", "in the text"),
    entry(
      "messages", "nesting (BER, CIP, BACnet, OPC UA, names)", Limits.nesting, "levels",
      "not read deeper; an anomaly", "report, blind spots: malformed messages"),
    entry("messages", "repeated items of a data unit", Limits.itemsPerPDU, "items", "not read further", "not told"),
    entry(
      "messages", "length of a data unit on a stream", Limits.pduBytes, "bytes",
      "not read; the stream is taken up behind it", report),
    entry("messages", "incomplete data units of all streams", Limits.pendingBytes, "bytes", "dropped", report),
  ]

  private static let hosts: [Entry] = [
    entry(
      "hosts", "addresses that become hosts as they come", Limits.hosts, "addresses",
      "from then on only in an exchange: answered, or sending again and again", report),
    entry(
      "hosts", "addresses that become hosts", Limits.exchangingHosts, "addresses",
      "their packets are counted, and about how many there were", report),
    entry("hosts", "MAC addresses of a host", Limits.macsPerHost, "addresses", "their packets are counted", report),
    entry(
      "hosts", "connections and port pairs of two hosts at one time", FlowTable.Limits().flowsPerHostPair,
      "connections", "counted together for each transport", report),
    entry(
      "hosts", "connections and port pairs at one time", Limits.flows, "connections",
      "those that are over, unanswered or idle are put away; one that goes on is met anew", report),
    entry(
      "hosts", "services between two hosts", Limits.conversationsPerHostPair, "conversations",
      "share one for each transport", report),
    entry("hosts", "conversations", Limits.conversations, "conversations", "share one for each two hosts", report),
    entry(
      "hosts", "such shared conversations", Limits.sharedConversations, "conversations",
      "counted as one, of nobody", report),
    entry(
      "hosts", "conversations that others announced (data of FTP, media) and that are waited for", Limits.announcements,
      "conversations", "all are forgotten; content that tells by itself is still recognised", report),
    entry(
      "hosts", "how long such a one is waited for, by the time of the capture",
      Int(Limits.announcementNanoseconds / 1_000_000_000), "seconds",
      "it is forgotten; content that tells by itself is still recognised", "not told"),
    entry(
      "hosts", "name of what it is about, a file's say", Limits.announcedNameBytes, "bytes", "cut off", "not told"),
    entry(
      "hosts", "conversations of two hosts that nobody recognises and that are described",
      Limits.unknownConversationsPerHostPair, "conversations", "counted", report),
    entry(
      "hosts", "such conversations in all", Limits.unknownConversations, "conversations", "counted", report),
  ]

  private static let facts: [Entry] = [
    entry(
      "facts", "operations of a conversation, told apart by object", Limits.operationsPerConversation, "operations",
      "counted without their object", report),
    entry(
      "facts", "operations told apart by object", Limits.operations, "operations",
      "counted without their object, and from five quarters of that not at all", report),
    entry("facts", "events of an operation", Limits.eventsPerOperation, "events", "counted", report),
    entry("facts", "events", Limits.events, "events", "counted", report),
    entry(
      "facts", "values of an attribute or property; accounts, files of a conversation; neighbours of a host",
      Limits.valuesPerAttribute, "values", "counted", report),
    entry(
      "facts", "values, accounts, files, neighbours, bindings, anomalies of all, each", Limits.values, "values",
      "counted", report),
    entry("facts", "texts", Limits.factTextBytes, "bytes", "replaced by …", report),
  ]

  private static let judging = RuleEngine.Limits()

  private static let judgements: [Entry] = [
    entry(
      "judgements", "steps of one rule's query", Int(judging.instructions), "steps",
      "stopped; the rule is not assessable", "report, rules that could not be assessed"),
    entry(
      "judgements", "rows of one rule's query", judging.rows, "rows",
      "stopped; the rule is not assessable", "report, rules that could not be assessed"),
    entry("judgements", "findings of one rule", judging.findings, "findings", "counted", report),
    entry("judgements", "frames of one finding", judging.evidence, "frames", "counted", report),
  ]

  private static func entry(
    _ stage: String, _ what: String, _ value: Int, _ unit: String, _ beyond: String, _ told: String
  ) -> Entry {
    Entry(stage: stage, what: what, value: value, unit: unit, beyond: beyond, told: told)
  }

  private static func seconds(_ nanoseconds: Int64) -> String { "\(nanoseconds / 1_000_000_000) s" }

  public static func markdown() -> String {
    var text = """
      # Limits

      Generated by `otassess limits --markdown`; a test keeps it current. Everything this program reads may have been
      written by an attacker, so everything it keeps is bounded. What is beyond a bound is counted, and where a reader is
      told stands in the last column; the bounds of hosts, connections and facts lie far above what a terminal has.

      | stage | of what | at most | beyond | told |
      |---|---|---|---|---|

      """
    for entry in entries {
      text +=
        "| \(entry.stage) | \(entry.what) | \(grouped(entry.value)) \(entry.unit) | \(entry.beyond) | \(entry.told) |\n"
    }
    return text + """

      ## Who is kept when there are too many

      The first \(grouped(Limits.hosts)) addresses are hosts as they come. Then an address becomes one when both it and another host
      have sent to each other, or when it has sent to one other eight times: so a flood of made-up senders, a sweep over
      addresses that nobody has, or names in answers of DNS cannot use up the places of those who really talk, be it before
      or after the flood. Packets of the others count for whoever they were sent to; about how many addresses there were is
      estimated (HyperLogLog, 1.6 %). Among the \(grouped(Limits.exchangingHosts - Limits.hosts)) places of the second kind first come is first served.

      Where a limit of all conversations together bites, what is kept depends on the packets before it. That it does not
      depend on the number of workers nor on the order of the files is held by reading everything again with one worker:
      such a capture takes up to twice the time.

      ## How it is held

      - `tools/flood/run.sh` makes captures that reach for each limit (10 million SYNs, a million hosts, streams with
        holes of 2 GB, 100,000 fragments, nested messages, millions of names) and holds `analyze` below 1 GB of memory.
      - `make fuzz` runs libFuzzer with AddressSanitizer on readers of files, frames, conversations, each dissector alone,
        importers, rules, site files, and descriptions of protocols with what they read. What it finds becomes a sample in
        `Tests/OTProtocolsTests/Samples+*.swift` (or a test of the reader it was found in) before it is mended.
      - `EveryDissector` gives each dissector every prefix of every sample and several values in every byte.

      """
  }

  private static func grouped(_ number: Int) -> String {
    let digits = String(number)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }
}
