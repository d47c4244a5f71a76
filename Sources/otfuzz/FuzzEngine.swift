import OTCore
import OTProtocols

/// libFuzzer's entry: the input's first bytes choose where the rest is met, and how it is cut into segments.
///
/// `OT_FUZZ=1 swift build --scratch-path .build-fuzz --sanitize fuzzer --sanitize address --product otfuzz`
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = unsafe UnsafeBufferPointer(start: start, count: count)
  unsafe run(input.span)
  return 0
}

private func run(_ input: Span<UInt8>) {
  guard input.count > 4 else { return }
  let ports: [Claim] = places
  let claim = ports[Int(input[0]) % ports.count]
  let step = Int(input[1]) * 4 + 1
  let gaps = input[2]
  let body = input.extracting(4..<input.count)
  var engine = DissectionEngine()
  var out = ObservationBuffer()
  let channel = engine.open()
  var context = PDUContext(
    sender: .ipv4(0x0a00_0001), receiver: .ipv4(0x0a00_0002), senderPort: 49152, receiverPort: 502)
  func place(_ kind: DissectionEngine.Place.Kind, _ port: UInt16) -> DissectionEngine.Place {
    DissectionEngine.Place(kind, server: port, client: 49152)
  }
  switch claim {
  case .tcp(let port):
    context.isStream = true
    var at = 0
    var turn = 0
    while at < body.count {
      let end = Swift.min(body.count, at + step)
      let forward = input[3] >> UInt8(turn & 7) & 1 == 0
      context.senderIsClient = forward
      context.afterGap = false
      let gap = gaps >> UInt8(turn & 7) & 1 == 1 && gaps != 0xff ? turn : 0
      engine.stream(
        channel, forward: forward, body.extracting(at..<end), gap: gap, &context, place(.tcp, port), into: &out)
      out.removeAll()
      at = end
      turn += 1
    }
  case .udp(let port): engine.datagram(channel, body, &context, place(.udp, port), into: &out)
  case .etherType(let type): engine.datagram(channel, body, &context, place(.etherType, type), into: &out)
  case .llc(let sap): engine.datagram(channel, body, &context, place(.llc, UInt16(sap)), into: &out)
  case .linkType(let type): engine.datagram(channel, body, &context, place(.linkType, type), into: &out)
  case .snap(let organisation, let id):
    engine.datagram(
      channel, body, &context, .init(.snap, server: id, client: id, organisation: organisation), into: &out)
  case .inner:
    engine.datagram(channel, body, &context, place(.udp, 9), into: &out)
  }
  engine.close(channel)
}

/// Every place any dissector claims, once.
private let places: [Claim] = {
  var seen: [Claim] = []
  for type in ProtocolRegistry.dissectors {
    for claim in type.claims where !seen.contains(claim) { seen.append(claim) }
  }
  return seen
}()

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ entry: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// The symbol SwiftPM links as `main`.
@_cdecl("otfuzz_main")
public func fuzzMain(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
  var count = count
  var arguments = unsafe arguments
  return unsafe runDriver(&count, &arguments, fuzz)
}
