import OTCore

extension GOOSE {
  /// State and sequence number of the control blocks of one conversation. A publisher adds one to the state number with
  /// each event and counts repetitions from 0 (IEC 61850-8-1:2011 section 18.1.2.5); both start anew after a restart. What
  /// goes back without that was replayed, or sent by somebody else.
  struct StreamCounters: Sendable {
    /// What one message says.
    struct Reading {
      /// Of the control block's reference.
      var name: UInt64 = 0
      var state: Int64?
      var sequence: Int64?
    }

    private struct Entry: Sendable {
      var name: UInt64
      var state: Int64
      var sequence: Int64
    }

    private var entries: [Entry] = []
    private static var maximum: Int { 32 }

    mutating func compare(_ reading: Reading, into out: inout ObservationBuffer) {
      guard reading.name != 0, let state = reading.state, let sequence = reading.sequence else { return }
      let now = Entry(name: reading.name, state: state, sequence: sequence)
      for index in entries.indices where entries[index].name == reading.name {
        let before = entries[index]
        entries[index] = now
        let isRestart = state <= 1 && sequence <= 1
        if state < before.state, !isRestart {
          out.anomaly("stNum went back", .inconsistent)
        } else if state == before.state, sequence < before.sequence, sequence != 0 {
          out.anomaly("sqNum went back", .inconsistent)
        }
        return
      }
      if entries.count < Self.maximum { entries.append(now) }
    }
  }
}
