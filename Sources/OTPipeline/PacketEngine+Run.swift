import OTCore
import OTFacts
import OTNetwork
import OTProtocols

/// The short way of a frame that goes on with the conversation of the frame before it.
///
/// A batch brings the frames of a host pair right behind each other (``FrameBatch``), so what the first of them took the
/// long way for still holds for the next: who the hosts are, which flow, conversation and channel they have, who is the
/// client. What hosts sent is counted here and told to the folder once.
extension PacketEngine {
  /// The conversation that frames go on with.
  struct Run {
    var flow: FlowID = .max
    var conversation: UInt32 = .max
    /// Whether somebody can read its payload.
    var isRead = false
    /// Number of the lane of the frame before.
    var current = -1
    var lanes: InlineArray<2, Lane> = [Lane(), Lane()]
  }

  /// One direction of it.
  struct Lane {
    var isOpen = false
    var key = PlainFrame.Key()
    var macs = (destination: MACAddress.zero, source: MACAddress.zero)
    var hit = FlowHit(id: 0, side: .forward, isNew: false, isOverflow: false)
    var sender: UInt32 = 0
    var receiver: UInt32 = 0
    var isToServer = false
    var place = DissectionEngine.Place(.tcp, server: 0, client: 0)
    var context = PDUContext(sender: .none, receiver: .none)
    /// Of the frames that came the short way and were not told yet.
    var traffic = Traffic()
  }

  /// Takes a frame the short way; false, and nothing done, where it is none that goes on.
  mutating func goOn(_ plain: PlainFrame, _ bytes: Span<UInt8>, wireBytes: Int) -> Bool {
    let macs = PlainFrame.macs(bytes)
    let lane: Int
    if run.lanes[0].key == plain.key, run.lanes[0].macs == macs, run.lanes[0].isOpen {
      lane = 0
    } else if run.lanes[1].key == plain.key, run.lanes[1].macs == macs, run.lanes[1].isOpen {
      lane = 1
    } else {
      return false
    }
    let hit = run.lanes[lane].hit
    let sighting = met.scene.sighting
    var delivery = Delivery()
    if plain.isTCP {
      let tcp = plain.tcp(bytes)
      guard tcp.flags.isDisjoint(with: [.syn, .fin, .rst]), plain.missing == 0 else { return false }
      if run.isRead {
        guard streams.acceptInTurn(hit.id, hit.side, tcp, plain.payloadCount, &delivery) else { return false }
      }
      flows.count(
        hit, tcp, payload: plain.payloadCount, wireBytes: wireBytes, time: sighting.time, evidence: sighting.packed)
    } else {
      flows.count(
        hit, nil, payload: plain.payloadCount + plain.missing, wireBytes: wireBytes, time: sighting.time,
        evidence: sighting.packed)
    }
    decoder.count(plain)
    run.lanes[lane].count(wireBytes, sighting)
    guard plain.payloadCount > 0 else { return true }
    if run.current != lane { meet(lane) }
    if run.lanes[lane].isToServer { folder.beat(run.conversation, sighting.time) }
    let count = plain.isTCP ? delivery.count : plain.payloadCount
    if run.isRead, count > 0 {
      read(
        bytes.clamped(from: plain.payloadStart + delivery.offset, count: count), lane, gap: delivery.gapBefore,
        missing: plain.missing, isStream: plain.isTCP)
    }
    if states[Int(met.hit.id)].recognised == 255 {
      unrecognised(
        bytes.clamped(from: plain.payloadStart, count: plain.payloadCount), missing: plain.missing,
        start: plain.isTCP ? plain.tcp(bytes).sequence : nil)
    }
    return true
  }

  private mutating func read(_ bytes: Span<UInt8>, _ lane: Int, gap: Int, missing: Int, isStream: Bool) {
    let channel = channel(Int(run.flow))
    run.lanes[lane].context.frame = met.scene.sighting.frame
    run.lanes[lane].context.time = met.scene.sighting.time
    run.lanes[lane].context.afterGap = false
    if isStream {
      dissection.stream(
        channel, forward: met.hit.side == .forward, bytes, gap: gap, &run.lanes[lane].context, run.lanes[lane].place,
        into: &buffer)
    } else {
      run.lanes[lane].context.missingBytes = missing
      dissection.datagram(channel, bytes, &run.lanes[lane].context, run.lanes[lane].place, into: &buffer)
    }
    drain()
  }

  private mutating func meet(_ lane: Int) {
    run.current = lane
    met.hit = run.lanes[lane].hit
    met.scene.conversation = run.conversation
    met.scene.sender = run.lanes[lane].sender
    met.scene.receiver = run.lanes[lane].receiver
  }

  /// Lets the next frame go the short way, if it goes on with the conversation of the one at hand.
  mutating func stay(_ plain: PlainFrame) {
    let id = Int(met.hit.id)
    guard flows.isSteady(met.hit.id), !states[id].isOver, states[id].conversation != .max else { return endRun() }
    let state = states[id]
    if run.flow != met.hit.id || run.conversation != state.conversation {
      endRun()
      run.flow = met.hit.id
      run.conversation = state.conversation
    }
    run.isRead = state.channel == .max || !dissection.isGivenUp(state.channel)
    run.current = -1
    let number = Int(met.hit.side.rawValue)
    tell(number)
    let flow = flows.flows[id]
    run.lanes[number].isOpen = true
    run.lanes[number].key = plain.key
    run.lanes[number].macs = (met.frame.destinationMAC, met.frame.sourceMAC)
    run.lanes[number].hit = FlowHit(id: met.hit.id, side: met.hit.side, isNew: false, isOverflow: false)
    run.lanes[number].sender = met.scene.sender
    run.lanes[number].receiver = met.scene.receiver
    run.lanes[number].isToServer = flow.client == met.hit.side
    run.lanes[number].place = Self.oriented(met.place, flow)
    run.lanes[number].context = Self.context(met, flow, isStream: plain.isTCP)
  }

  /// Ends the run and tells what was counted in it.
  mutating func endRun() {
    guard run.flow != .max else { return }
    tell(0)
    tell(1)
    run.flow = .max
    run.lanes[0].isOpen = false
    run.lanes[1].isOpen = false
  }

  private mutating func tell(_ number: Int) {
    let traffic = run.lanes[number].traffic
    guard run.lanes[number].isOpen, traffic.packets > 0 else { return }
    let context = run.lanes[number].context
    let vlan = run.lanes[number].vlan
    folder.sent(
      run.lanes[number].sender, context.sender, mac: context.senderMAC, vlan: vlan, ttl: run.lanes[number].ttl, traffic)
    folder.received(run.lanes[number].receiver, context.receiver, traffic)
    run.lanes[number].traffic.packets = 0
  }
}

extension PacketEngine.Lane {
  var vlan: UInt16 {
    let vlan = UInt16(truncatingIfNeeded: key.tags >> 16)
    return vlan == DecodedFrame.noVLAN ? 0 : vlan
  }
  var ttl: UInt8 { UInt8(truncatingIfNeeded: key.tags >> 8) }

  @inline(__always)
  mutating func count(_ wireBytes: Int, _ sighting: Sighting) {
    if traffic.packets == 0 {
      traffic = Traffic(bytes: wireBytes, toGroup: macs.destination.isGroup, sighting)
    } else {
      traffic.add(wireBytes, sighting.time)
    }
  }
}
