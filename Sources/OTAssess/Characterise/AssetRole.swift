/// What a host is in the terminal. `unknown` is a value of its own: nothing observed tells.
public enum AssetRole: String, Sendable, CaseIterable {
  case plc, hmi
  case engineeringWorkstation = "engineering_workstation"
  case scada, historian, drive, io, gateway, rtu, meter, sensor
  case `switch`, router, server, workstation, camera, printer, external, unknown

  /// As one says it: `PLC`, `engineering workstation`.
  public var words: String {
    switch self {
    case .plc, .hmi, .rtu, .scada: rawValue.uppercased()
    case .io: "remote I/O"
    case .unknown: "role not known"
    default: rawValue.replacing("_", with: " ")
    }
  }

  /// One of them: `a PLC`, `an HMI`.
  var withArticle: String {
    switch self {
    case .hmi, .rtu, .engineeringWorkstation: "an \(words)"
    case .scada: "a \(words) system"
    case .unknown: "a host whose role is not known"
    case .external: "an outside host"
    default: "a \(words)"
    }
  }

  /// Part of the control system by its role alone.
  public var isControl: Bool {
    switch self {
    case .plc, .hmi, .engineeringWorkstation, .scada, .historian, .drive, .io, .gateway, .rtu, .meter, .sensor: true
    default: false
    }
  }

  /// Purdue level a host of this role usually stands on; nil where the role does not tell.
  public var purdueLevel: Double? {
    switch self {
    case .io, .sensor, .drive: 0
    case .plc, .rtu, .meter, .gateway: 1
    case .hmi: 2
    case .scada, .engineeringWorkstation: 2
    case .historian: 3
    default: nil
    }
  }

  /// Consequence if its control is lost or misused, on the scales safety, throughput and environment (0...5), and the
  /// criticality (1...5) of HANDBOOK §1.2's classes that have this role; as ranges, for the class is not known.
  public var consequence: Consequence? {
    switch self {
    case .plc: Consequence(criticality: 4...5, safety: 4...5, throughput: 3...5, environment: 0...2)
    case .drive: Consequence(criticality: 4...4, safety: 4...4, throughput: 4...4, environment: 1...1)
    case .io, .gateway: Consequence(criticality: 3...4, safety: 3...4, throughput: 3...3, environment: 0...1)
    case .rtu: Consequence(criticality: 4...5, safety: 4...5, throughput: 3...5, environment: 2...3)
    case .meter: Consequence(criticality: 2...3, safety: 1...2, throughput: 1...2, environment: 0...1)
    case .sensor: Consequence(criticality: 3...4, safety: 3...4, throughput: 3...3, environment: 0...0)
    case .hmi, .engineeringWorkstation:
      Consequence(criticality: 4...5, safety: 4...4, throughput: 4...4, environment: 1...1)
    case .scada: Consequence(criticality: 4...5, safety: 2...4, throughput: 3...5, environment: 0...2)
    case .historian: Consequence(criticality: 3...3, safety: 1...1, throughput: 1...3, environment: 1...1)
    case .switch, .router: Consequence(criticality: 4...4, safety: 2...2, throughput: 3...5, environment: 0...0)
    case .server: Consequence(criticality: 3...5, safety: 0...2, throughput: 2...5, environment: 0...1)
    case .workstation, .printer: Consequence(criticality: 1...3, safety: 0...1, throughput: 0...3, environment: 0...0)
    case .camera: Consequence(criticality: 2...2, safety: 1...1, throughput: 1...1, environment: 0...0)
    case .external, .unknown: nil
    }
  }
}

/// What is at stake, each scale as the range of what it may be.
public struct Consequence: Sendable, Equatable {
  public var criticality: ClosedRange<Int>
  public var safety: ClosedRange<Int>
  public var throughput: ClosedRange<Int>
  public var environment: ClosedRange<Int>

  public init(
    criticality: ClosedRange<Int>, safety: ClosedRange<Int>, throughput: ClosedRange<Int>, environment: ClosedRange<Int>
  ) {
    self.criticality = criticality
    self.safety = safety
    self.throughput = throughput
    self.environment = environment
  }
}
