import CKnowledge

/// Whom organisations gave a vendor's identification number to: ODVA (EtherNet/IP, CIP), ASHRAE (BACnet), PROFIBUS &
/// PROFINET International (PROFINET, I&M records; HART has the same numbers).
///
/// It names who answers for the device. The lists are those of `packs/vendors.tsv`, whose head says where each is from.
public struct VendorList: Sendable {
  public enum Registry: String, Sendable, CaseIterable {
    case cip, bacnet, pi

    /// The list that a protocol's vendor numbers are of.
    public init?(protocol id: String) {
      switch id {
      case "cip", "enip": self = .cip
      case "bacnet": self = .bacnet
      case "pn_dcp", "pn_io_cm", "s7comm_plus", "hart_ip": self = .pi
      default: return nil
      }
    }

    /// Who keeps the list.
    public var keeper: String {
      switch self {
      case .cip: "ODVA"
      case .bacnet: "ASHRAE"
      case .pi: "PROFIBUS & PROFINET International"
      }
    }
  }

  public static let embedded: VendorList = {
    let bytes = unsafe UnsafeBufferPointer(start: ot_vendors_pack(), count: ot_vendors_pack_count())
    return VendorList(unsafe Array(bytes))
  }()

  private let text: [UInt8]
  /// By number, where in the text the name stands.
  private var names: [Registry: [UInt32: Range<Int>]] = [:]
  /// Makers by the beginnings of their order numbers.
  private var orderForms: [(beginning: Range<Int>, maker: Range<Int>)] = []

  /// - Parameter text: lines of list, number and name between tabs; `order` is no list of numbers but of beginnings. Lines
  ///   that begin with `#` are comments.
  public init(_ text: String) { self.init(Array(text.utf8)) }

  private init(_ text: [UInt8]) {
    self.text = text
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
      if text[start] != UInt8(ascii: "#") { add(start..<end) }
      start = end + 1
    }
  }

  private mutating func add(_ line: Range<Int>) {
    let parts = text[line].split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map(\.indices)
    guard parts.count == 3 else { return }
    let list = string(parts[0])
    if list == "order" {
      orderForms.append((parts[1], parts[2]))
    } else if let registry = Registry(rawValue: list), let number = UInt32(string(parts[1])) {
      names[registry, default: [:]][number] = parts[2]
    }
  }

  private func string(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }

  public func count(of registry: Registry) -> Int { names[registry]?.count ?? 0 }

  /// Who has a number, written in decimal digits or behind `0x` in hexadecimal ones.
  public func vendor(_ number: String, in registry: Registry) -> String? {
    let value = number.hasPrefix("0x") ? UInt32(number.dropFirst(2), radix: 16) : UInt32(number)
    return value.flatMap { names[registry]?[$0] }.map(string)
  }

  /// Whose order number this is, if its beginning tells.
  public func vendor(orderNumber: String) -> String? {
    orderForms.first { orderNumber.utf8.starts(with: text[$0.beginning]) }.map { string($0.maker) }
  }
}
