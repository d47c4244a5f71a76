import OTCore

/// What was made of octets that a conversation says again and again (the text of a list of items that a panel polls, the
/// operations of a message a scanner repeats): to compare the octets costs a tenth of reading them anew.
///
/// A few values a conversation; of those nobody holds, the one unused for longest goes first.
struct RepeatedOctets<Value: Sendable>: Sendable {
  /// What is compared first; apart from octets and values, which are not touched before they are wanted.
  private struct Key: Sendable {
    var octetCount: Int
    /// What else the value depends on.
    var salt: UInt64
    /// Tells one that took the place of another.
    var number: UInt32
    var lastUse: UInt32
    /// Where what followed last time stands.
    var follower: UInt32 = 0
    /// How many ask to keep it.
    var holders: UInt32 = 0

    /// What is lowest goes first.
    var age: UInt64 { UInt64(lastUse) | (holders == 0 ? 0 : 1 << 32) }
  }

  /// A value that was kept, for as long as nothing else takes its place.
  struct Reference: Sendable, Equatable {
    fileprivate var place: UInt32
    fileprivate var number: UInt32
  }

  private var keys: [Key] = []
  private var octets: [[UInt8]] = []
  private var values: [Value] = []
  private var latest = 0
  private var clock: UInt32 = 0
  private let maximum: Int

  init(maximum: Int) { self.maximum = maximum }

  /// What was made of these octets, if it is kept. What is polled goes in circles: what followed last time comes first.
  mutating func find(_ wanted: Span<UInt8>, salt: UInt64 = 0) -> Reference? {
    guard !wanted.isEmpty, latest < keys.count else { return nil }
    let guess = Int(keys[latest].follower)
    if isKept(wanted, salt, at: guess) { return use(guess) }
    for place in keys.indices where place != guess && isKept(wanted, salt, at: place) { return use(place) }
    return nil
  }

  @inline(__always)
  private mutating func isKept(_ wanted: Span<UInt8>, _ salt: UInt64, at place: Int) -> Bool {
    keys[place].octetCount == wanted.count && keys[place].salt == salt && octets[place].hold(wanted)
  }

  /// Keeps what was made of these octets. What is made of none is kept for its reference alone and not found again.
  mutating func remember(_ value: Value, of wanted: Span<UInt8>, salt: UInt64 = 0) -> Reference {
    var kept = value
    return exchange(&kept, for: value, of: wanted, salt: salt)
  }

  /// The same, giving for the value the one that goes, whose room is good for the next; a fresh one as long as none has to.
  mutating func exchange(
    _ value: inout Value, for fresh: Value, of wanted: Span<UInt8>, salt: UInt64 = 0
  ) -> Reference {
    let key = Key(octetCount: wanted.count, salt: salt, number: clock, lastUse: clock)
    var place = 0
    if keys.count < maximum {
      place = keys.count
      if place == 0 {
        // Who repeats one message repeats some.
        keys.reserveCapacity(min(maximum, 8))
        octets.reserveCapacity(min(maximum, 8))
        values.reserveCapacity(min(maximum, 8))
      }
      keys.append(key)
      octets.append([])
      values.append(fresh)
    } else {
      for other in keys.indices where keys[other].age < keys[place].age { place = other }
      keys[place] = key
    }
    octets[place].empty()
    octets[place].append(wanted)
    swap(&value, &values[place])
    return use(place)
  }

  private mutating func use(_ place: Int) -> Reference {
    clock &+= 1
    keys[place].lastUse = clock
    keys[latest].follower = UInt32(truncatingIfNeeded: place)
    latest = place
    return Reference(place: UInt32(truncatingIfNeeded: place), number: keys[place].number)
  }

  /// Keeps what is referred to until it is released as often.
  mutating func hold(_ reference: Reference) {
    if holds(reference) { keys[Int(reference.place)].holders &+= 1 }
  }

  mutating func release(_ reference: Reference) {
    if holds(reference) { keys[Int(reference.place)].holders &-= 1 }
  }

  /// Whether nothing else took the place of what is referred to.
  func holds(_ reference: Reference) -> Bool {
    reference.place < keys.count && keys[Int(reference.place)].number == reference.number
  }

  /// What is referred to; ask ``holds(_:)`` first.
  subscript(_ reference: Reference) -> Value {
    _read { yield values[Int(reference.place)] }
    _modify { yield &values[Int(reference.place)] }
  }
}

extension Array where Element == UInt8 {
  /// Whether these octets are the wanted ones. Mutating, because what is asked of an element of an array is else copied.
  fileprivate mutating func hold(_ wanted: Span<UInt8>) -> Bool { span.equals(wanted) }
}

extension RepeatedOctets where Value == [UInt8] {
  /// Writes a text again; nil where something else took its place.
  func text(_ reference: Reference, into out: inout ObservationBuffer) -> TextRef? {
    guard holds(reference) else { return nil }
    let text = values[Int(reference.place)]
    return out.text(made: text.span)
  }
}
