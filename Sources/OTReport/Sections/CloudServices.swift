import OTCase

/// Which services on the internet are used, by whom, and what told it: remote access first.
enum CloudServices {
  private struct Use: CaseRow {
    static let source = """
      SELECT asset, address, service_name, category, count(DISTINCT peer_id) AS peers,
        group_concat(DISTINCT via) AS via, min(value) AS value, min(peer_address) AS peer_address,
        min(first_time) AS first_time, max(last_time) AS last_time
      FROM (SELECT h.asset_id AS asset, h.address, s.service_name, s.category, s.peer_id, s.via, s.value,
          iif(s.via = 'name asked for', NULL, p.address) AS peer_address, s.first_time, s.last_time
        FROM service_use s JOIN host h ON h.id = s.host_id LEFT JOIN host p ON p.id = s.peer_id ORDER BY s.via, s.value)
      GROUP BY asset, address, service_name
      """
    static let order = """
      CASE category WHEN 'remote access' THEN 0 WHEN 'tunnel' THEN 1 WHEN 'file sync' THEN 2 WHEN 'sharing' THEN 3
        ELSE 4 END, category, service_name, address
      """
    var asset: String?
    var address, serviceName, category, via, value: String
    var peers: Int
    var peerAddress: String?
    var firstTime, lastTime: Int64
  }

  static func blocks(_ reading: CaseReading) throws -> [Block] {
    let uses = try reading.store.all(Use.self)
    guard !uses.isEmpty else { return [] }
    return [
      .heading(level: 3, text: "Remote access and cloud services", id: "clouds"),
      .table(
        Table(
          "Services on the internet by name, as far as names were seen; a name that was only asked for was not "
            + "necessarily reached",
          ["Who", "Service", "Kind", "Told by", "With", "First seen", "Last seen"], limit: 60,
          more: Commands.query("SELECT * FROM v_service_use"),
          rows: uses.lazy.map { use in
            [
              plain(use.asset.map { reading.name($0) } ?? use.address), [.strong(use.serviceName)],
              plain(use.category), [.text(told(use.via)), .text(" "), .code(use.value)], with(use),
              plain(Words.moment(.init(nanoseconds: use.firstTime))),
              plain(Words.moment(.init(nanoseconds: use.lastTime))),
            ]
          })),
    ]
  }

  private static func told(_ via: String) -> String {
    via.split(separator: ",").sorted().joined(separator: ", ")
  }

  private static func with(_ use: Use) -> [Inline] {
    guard let address = use.peerAddress else { return plain("not told") }
    return use.peers > 1 ? [.code(address), .text(" and others")] : code(address)
  }
}
