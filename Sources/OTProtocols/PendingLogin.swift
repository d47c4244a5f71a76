import OTCore

/// A login that waits for the server's word. It keeps the account's name, never the secret.
struct PendingLogin: Sendable {
  /// At most ``accountBytes``; storage is reused.
  private var account: [UInt8] = []
  private(set) var scheme = CredentialExposure.Scheme.none
  private(set) var strength = CredentialExposure.Strength.unknown
  private(set) var isPending = false

  static let accountBytes = 64

  /// Names the account of a login whose secret is still to come (`USER`).
  mutating func name(_ text: Span<UInt8>) {
    account.removeAll(keepingCapacity: true)
    for index in 0..<min(text.count, Self.accountBytes) { account.append(text[index]) }
  }

  /// Names the account by a text that is recorded already.
  mutating func name(_ text: TextRef, in out: borrowing ObservationBuffer) {
    let start = Int(text.start)
    let end = min(start + min(Int(text.count), Self.accountBytes), out.textBytes.count)
    account.removeAll(keepingCapacity: true)
    if start < end { account.append(contentsOf: out.textBytes[start..<end]) }
  }

  mutating func append(_ byte: UInt8) {
    if account.count < Self.accountBytes { account.append(byte) }
  }

  mutating func eraseLast() { _ = account.popLast() }
  mutating func clearName() { account.removeAll(keepingCapacity: true) }
  var hasName: Bool { !account.isEmpty }
  func text(into out: inout ObservationBuffer) -> TextRef { out.text(account.span) }

  func judge(password: Span<UInt8>) -> CredentialExposure.Strength {
    CredentialExposure.Strength(account: account.span, password: password)
  }

  /// Records that the account and its secret were sent, and waits for the answer.
  mutating func sent(
    _ scheme: CredentialExposure.Scheme, _ strength: CredentialExposure.Strength, layer: UInt8 = 0,
    into out: inout ObservationBuffer
  ) {
    self.scheme = scheme
    self.strength = strength
    isPending = true
    out.record(
      .credential(CredentialExposure(scheme, account: out.text(account.span), strength: strength, layer: layer)))
  }

  /// Records the server's answer to a login that was sent; nothing where none was.
  mutating func answered(_ accepted: Bool, layer: UInt8 = 0, into out: inout ObservationBuffer) {
    guard isPending else { return }
    isPending = false
    out.record(
      .credential(
        CredentialExposure(
          scheme, account: out.text(account.span), strength: strength, accepted: accepted, senderAuthenticates: false,
          layer: layer)))
  }

  mutating func forget() { isPending = false }
}

extension CredentialExposure.Strength {
  /// Judges a password that was seen in clear text: empty, the account's own name or a word everybody tries first, other.
  init(account: Span<UInt8>, password: Span<UInt8>) {
    if password.isEmpty {
      self = .empty
    } else if password.count <= 16, Self.same(account, password) || Self.isWellKnown(password) {
      self = .wellKnown
    } else {
      self = .other
    }
  }

  private static func same(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    for index in a.indices where lowercased(a[index]) != lowercased(b[index]) { return false }
    return true
  }

  private static func isWellKnown(_ password: Span<UInt8>) -> Bool {
    for word in wellKnownPasswords where password.equals(ignoringCase: word) { return true }
    return false
  }
}

/// Passwords of vendors' manuals and of every guesser's first list.
private let wellKnownPasswords: [StaticString] = [
  "admin", "administrator", "password", "passwd", "pass", "root", "user", "guest", "default", "test", "1234", "12345",
  "123456", "12345678", "1111", "0000", "00000000", "public", "private", "operator", "service", "supervisor", "manager",
  "siemens", "schneider", "abb", "cisco", "moxa", "hirschmann", "wago", "beckhoff", "scada", "plc", "hmi", "usr",
  "factory", "system", "sysadmin", "admin123", "letmein", "secret", "changeme", "ftp", "anonymous", "fwupgrade",
  "ntpupdate",
  "dbps", "sysdiag", "wapwap", "poiuypoiuy", "basisk", "engineer", "maint", "maintenance", "toor", "qwerty", "axis",
  "1",
]
