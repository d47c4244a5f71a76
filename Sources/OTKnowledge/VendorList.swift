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
    return VendorList(unsafe String(decoding: bytes, as: UTF8.self))
  }()

  private var names: [Registry: [Substring: Substring]] = [:]
  /// Makers by the beginnings of their order numbers.
  private var orderForms: [(beginning: Substring, maker: Substring)] = []

  /// - Parameter text: lines of list, number and name between tabs; `order` is no list of numbers but of beginnings. Lines
  ///   that begin with `#` are comments.
  public init(_ text: String) {
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      if parts[0] == "order" {
        orderForms.append((parts[1], parts[2]))
      } else if let registry = Registry(rawValue: String(parts[0])) {
        names[registry, default: [:]][parts[1]] = parts[2]
      }
    }
  }

  public func count(of registry: Registry) -> Int { names[registry]?.count ?? 0 }

  /// Who has a number, written in decimal digits or behind `0x` in hexadecimal ones.
  public func vendor(_ number: String, in registry: Registry) -> String? {
    let value = number.hasPrefix("0x") ? UInt32(number.dropFirst(2), radix: 16) : UInt32(number)
    return value.flatMap { names[registry]?[Substring(String($0))] }.map(String.init)
  }

  /// Whose order number this is, if its beginning tells.
  public func vendor(orderNumber: String) -> String? {
    orderForms.first { orderNumber.hasPrefix($0.beginning) }.map { String($0.maker) }
  }
}
