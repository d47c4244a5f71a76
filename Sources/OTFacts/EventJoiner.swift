import OTCore
import OTProtocols

/// Joins the events of all workers.
struct EventJoiner: Sendable {
  /// Per worker its events, which refer to its operations by number, and the number of its first one among all workers'.
  private var events: [[EventRecord]] = []
  private var firstOperations: [Int] = []

  /// Takes the folders' events; their operations still stand in them.
  init(taking parts: [FolderPart]) {
    var before = 0
    for part in parts {
      events.append(part.folder.events)
      part.folder.events = []
      firstOperations.append(before)
      before += part.folder.operations.count
    }
  }

  /// An event where it is, and what tells it from most others.
  private struct EventPlace {
    var time: Timestamp
    var worker: UInt32
    var record: UInt32
  }

  /// Makes the facts of events in the order of their sightings.
  ///
  /// - Parameter operations: per operation of all workers, one worker's behind the other's, the index of its fact.
  func facts(_ operations: [UInt32]) -> [EventFact] {
    var places: [EventPlace] = []
    places.reserveCapacity(events.reduce(0) { $0 + $1.count })
    for (worker, records) in events.enumerated() {
      for (number, record) in records.enumerated() {
        places.append(
          EventPlace(
            time: record.sighting.time, worker: UInt32(truncatingIfNeeded: worker),
            record: UInt32(truncatingIfNeeded: number)))
      }
    }
    func fact(_ place: EventPlace) -> EventFact {
      let record = events[Int(place.worker)][Int(place.record)]
      return EventFact(
        operation: Int(operations[firstOperations[Int(place.worker)] + Int(record.operation)]),
        sighting: record.sighting, role: record.role, outcome: record.outcome, values: record.values)
    }
    places.sort { left, right in
      if left.time != right.time { return left.time < right.time }
      let (one, other) = (fact(left), fact(right))
      return (one.sighting, one.operation, one.role.rawValue) < (other.sighting, other.operation, other.role.rawValue)
    }
    return places.map(fact)
  }
}
