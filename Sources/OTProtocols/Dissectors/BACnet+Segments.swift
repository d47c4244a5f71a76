import OTCore

extension BACnet {
  /// Answers in segments that are put together: ANSI/ASHRAE 135-2016, clause 5.4. Segments are numbered modulo 256. They
  /// come again where they were not acknowledged, and a router may turn their order.
  struct Segments: Sendable {
    /// One answer: its segments in a row from the first, and those that came before one in front of them.
    private struct Answer: Sendable {
      /// Service and invoke id.
      var key: UInt16
      /// When it last had a segment: an invoke id is used again.
      var time: Timestamp
      /// Number of the last segment in the row; nil before the first.
      var last: UInt8?
      var octets: [UInt8] = []
      /// Octets of the first segment.
      var beginning = 0
      var waiting: [Waiting] = []
      /// Was read. What comes of it still is told again.
      var isWhole = false

      var byteCount: Int { octets.count + waiting.reduce(0) { $0 + $1.octets.count } }
    }

    private struct Waiting: Sendable {
      var number: UInt8
      var isLast: Bool
      var octets: [UInt8]
    }

    /// Answers that are joined at one time in one conversation, the octets of each and the segments that wait in it: half
    /// of their numbers, the widest window there is.
    private static let most = 4
    private static let mostBytes = 1 << 16
    private static let mostWaiting = 127
    /// Nanoseconds after which a sender has given up: four times the usual time for a segment.
    private static let patience: Int64 = 20_000_000_000

    private var answers: [Answer] = []

    /// The whole behind the segment that completes it, nothing before.
    mutating func join(
      _ part: Span<UInt8>, _ key: UInt16, _ number: UInt8, isLast: Bool, at time: Timestamp,
      into out: inout ObservationBuffer
    ) -> [UInt8]? {
      let place = place(of: key, at: time, into: &out)
      answers[place].time = time
      guard let last = answers[place].last else {
        if number == 0 { return begin(place, part, isLast: isLast) }
        if !answers[place].isWhole { hold(place, part, number, isLast: isLast, into: &out) }
        return nil
      }
      let step = (Int(number) - Int(last)) & 0xff
      if step == 1 {
        guard fits(place, part.count, into: &out) else { return nil }
        answers[place].octets.append(part)
        answers[place].last = number
        return isLast ? finish(place) : gather(place)
      }
      if number == 0 {
        // The first one again, or of another answer that has this one's number.
        let answer = answers[place]
        let beginning = answer.octets.span.clamped(from: 0, count: answer.beginning)
        if part.count == beginning.count, part.fingerprint(salt: 0) == beginning.fingerprint(salt: 0) { return nil }
        answers[place] = Answer(key: key, time: time)
        return begin(place, part, isLast: isLast)
      }
      // One that was there before comes again.
      if step != 0, step < 0x80 { hold(place, part, number, isLast: isLast, into: &out) }
      return nil
    }

    private mutating func place(of key: UInt16, at time: Timestamp, into out: inout ObservationBuffer) -> Int {
      if let place = answers.firstIndex(where: { $0.key == key }) {
        let (age, overflow) = time.nanoseconds.subtractingReportingOverflow(answers[place].time.nanoseconds)
        if overflow || age > Self.patience { answers[place] = Answer(key: key, time: time) }
        return place
      }
      if answers.count >= Self.most {
        if let done = answers.firstIndex(where: { $0.isWhole }) {
          answers.remove(at: done)
        } else {
          out.anomaly("segmented answers", .tooDeep, at: 0)
          answers.removeFirst()
        }
      }
      answers.append(Answer(key: key, time: time))
      return answers.count - 1
    }

    private mutating func begin(_ place: Int, _ part: Span<UInt8>, isLast: Bool) -> [UInt8]? {
      answers[place].isWhole = false
      answers[place].last = 0
      answers[place].beginning = part.count
      answers[place].octets.append(part)
      return isLast ? finish(place) : gather(place)
    }

    /// Takes up what waits for the segment that came.
    private mutating func gather(_ place: Int) -> [UInt8]? {
      while let last = answers[place].last,
        let next = answers[place].waiting.firstIndex(where: { $0.number == last &+ 1 })
      {
        let segment = answers[place].waiting.remove(at: next)
        answers[place].octets += segment.octets
        answers[place].last = segment.number
        if segment.isLast { return finish(place) }
      }
      return nil
    }

    private mutating func finish(_ place: Int) -> [UInt8] {
      var done = Answer(key: answers[place].key, time: answers[place].time)
      done.isWhole = true
      swap(&done, &answers[place])
      return done.octets
    }

    private mutating func hold(
      _ place: Int, _ part: Span<UInt8>, _ number: UInt8, isLast: Bool, into out: inout ObservationBuffer
    ) {
      guard !answers[place].waiting.contains(where: { $0.number == number }) else { return }
      guard answers[place].waiting.count < Self.mostWaiting else {
        out.anomaly("segmented answer", .tooDeep, at: 0)
        return
      }
      guard fits(place, part.count, into: &out) else { return }
      var octets: [UInt8] = []
      octets.append(part)
      answers[place].waiting.append(Waiting(number: number, isLast: isLast, octets: octets))
    }

    /// Gives up an answer that becomes too long.
    private mutating func fits(_ place: Int, _ count: Int, into out: inout ObservationBuffer) -> Bool {
      if answers[place].byteCount + count <= Self.mostBytes { return true }
      out.anomaly("segmented answer", .tooDeep, at: 0)
      answers[place] = Answer(key: answers[place].key, time: answers[place].time)
      answers[place].isWhole = true
      return false
    }
  }
}
