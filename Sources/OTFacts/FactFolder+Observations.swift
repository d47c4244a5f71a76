import OTCore
import OTProtocols

/// One function a kind of observation: find its row or make one, then count.
extension FactFolder {
  @inline(__always)
  mutating func fold(
    _ operation: Operation, _ buffer: borrowing ObservationBuffer, _ scene: Scene, _ last: inout UInt32
  ) {
    let object: ObjectKey
    switch operation.object {
    case .none: object = ObjectKey()
    case .numbers(let a, let b, let c, let d): object = ObjectKey(a, b, c, d)
    case .text(let reference): object = key(of: buffer.octets(reference), scene.conversation, Int(last))
    }
    let client = operation.senderIsClient ? scene.sender : scene.receiver
    guard
      let row = recentRow(operation, object, client, scene.conversation, &last)
        ?? operationRow(
          operation.code, operation.layer, object, client, isFromClient: operation.senderIsClient,
          isPublished: operation.role == .publish, scene, &last)
    else { return }
    switch operations[row].count(operation, scene.sighting, eventsKept: bounds.eventsPerOperation) {
    case .counted: break
    case .event:
      keepEvent(
        EventRecord(
          operation: UInt32(truncatingIfNeeded: row), sighting: scene.sighting, role: operation.role,
          outcome: operation.outcome, values: operation.values))
    case .full: reached(.events)
    }
  }

  /// The row counted last, or one that followed it lately: polling goes in circles.
  @inline(__always)
  private func recentRow(
    _ operation: Operation, _ object: ObjectKey, _ client: UInt32, _ conversation: UInt32, _ last: inout UInt32
  ) -> Int? {
    let before = Int(last)
    guard before < operations.count else { return nil }
    if operations[before].isRow(conversation, client, operation.code, operation.layer, object) { return before }
    let followers = operations[before].followers
    var next = followers.0
    guard Int(next) < operations.count else { return nil }
    if !operations[Int(next)].isRow(conversation, client, operation.code, operation.layer, object) {
      next = followers.1
      guard Int(next) < operations.count,
        operations[Int(next)].isRow(conversation, client, operation.code, operation.layer, object)
      else { return nil }
    }
    last = next
    return Int(next)
  }

  /// The key of an object that is a text: mostly that of a row counted just now, else its number among all texts.
  @inline(never)
  private mutating func key(of text: Span<UInt8>, _ conversation: UInt32, _ last: Int) -> ObjectKey {
    if last < operations.count {
      if texts.holds(text, as: operations[last].object) { return operations[last].object }
      let followers = operations[last].followers
      let (next, other) = (Int(followers.0), Int(followers.1))
      if next < operations.count, texts.holds(text, as: operations[next].object) { return operations[next].object }
      if other < operations.count, texts.holds(text, as: operations[other].object) { return operations[other].object }
    }
    if let known = texts.find(text) { return ObjectKey(text: known) }
    return mayKeepObject(conversation) ? ObjectKey(text: texts.intern(text)) : ObjectKey()
  }

  @inline(never)
  private mutating func keepEvent(_ event: EventRecord) {
    guard events.count < bounds.events else { return reached(.allEvents) }
    events.makeRoom(limit: bounds.events)
    events.append(event)
  }

  /// The row of an operation by the table of all, or a new one. Takes it in parts: most are found before, and need not be
  /// put together for this.
  @inline(never)
  private mutating func operationRow(
    _ code: UInt64, _ layer: UInt8, _ object: ObjectKey, _ client: UInt32, isFromClient: Bool, isPublished: Bool,
    _ scene: Scene, _ last: inout UInt32
  ) -> Int? {
    let hash = operationHash(code, layer, object, client, scene.conversation)
    if let row = findOperation(hash, code, layer, object, client, scene.conversation, &last) { return row }
    var object = object
    var insertHash = hash
    if object.tag != .none, !mayKeepObject(scene.conversation) {
      object = ObjectKey()
      insertHash = operationHash(code, layer, object, client, scene.conversation)
      if let row = findOperation(insertHash, code, layer, object, client, scene.conversation, &last) { return row }
    }
    // What is counted without its object needs a row, too.
    let limit = bounds.operations / 4 * 5
    guard operations.count < limit else {
      reached(.operations)
      return nil
    }
    operations.makeRoom(limit: limit)
    let number = UInt32(truncatingIfNeeded: operations.count)
    conversations[Int(scene.conversation)].operationRows &+= 1
    follow(&last, number)
    recognise(scene.conversation, layer)
    operations.append(
      OperationRecord(
        conversation: scene.conversation, client: client, server: isFromClient ? scene.receiver : scene.sender,
        layer: layer, kind: kind(of: code, layer), isPublished: isPublished, code: code, object: object,
        first: scene.sighting))
    operationIndex.insert(insertHash, id: number)
    return Int(number)
  }

  /// Notes that a row was counted behind the last one, and was not where it was looked for first.
  private mutating func follow(_ last: inout UInt32, _ row: UInt32) {
    if Int(last) < operations.count { operations[Int(last)].isFollowed(by: row) }
    last = row
  }

  /// Kind of an operation. To describe one makes texts of its code and name: only codes not met just now are described.
  private mutating func kind(of code: UInt64, _ layer: UInt8) -> OperationKind {
    let place = Int(truncatingIfNeeded: mix(code, UInt64(layer)) & UInt64(kinds.count - 1))
    if let known = kinds[place], known.code == code, known.layer == layer { return known.kind }
    let kind = table.describe(code: code, layer: layer).kind
    kinds[place] = (code, layer, kind)
    return kind
  }

  /// Whether one more operation may be told apart by its object; counts where not.
  private mutating func mayKeepObject(_ conversation: UInt32) -> Bool {
    if conversations[Int(conversation)].operationRows >= bounds.operationsPerConversation {
      reached(.objects)
      return false
    }
    if operations.count >= bounds.operations {
      reached(.allObjects)
      return false
    }
    return true
  }

  private func operationHash(
    _ code: UInt64, _ layer: UInt8, _ object: ObjectKey, _ client: UInt32, _ conversation: UInt32
  ) -> UInt64 {
    var hash = mix(UInt64(conversation) << 32 | UInt64(client), code ^ UInt64(layer) << 56)
    if object.tag != .none { hash = mix(hash ^ object.high, object.low) }
    return hash
  }

  private mutating func findOperation(
    _ hash: UInt64, _ code: UInt64, _ layer: UInt8, _ object: ObjectKey, _ client: UInt32, _ conversation: UInt32,
    _ last: inout UInt32
  ) -> Int? {
    var probe = operationIndex.probe(hash)
    while let candidate = operationIndex.next(&probe) {
      if operations[Int(candidate)].isRow(conversation, client, code, layer, object) {
        follow(&last, candidate)
        return Int(candidate)
      }
    }
    return nil
  }

  mutating func fold(
    _ claim: IdentityClaim, _ buffer: borrowing ObservationBuffer, _ scene: Scene, _ names: inout some HostNumbering
  ) {
    guard let host = host(claim.subject, scene, &names) else { return reached(.namedHosts) }
    recognise(scene.conversation, claim.layer)
    let place = UInt64(claim.layer) << 8 | UInt64(claim.attribute.rawValue)
    if let value = texts.find(buffer.octets(claim.value)) {
      var probe = identityIndex.probe(mix(UInt64(host) << 32 | UInt64(value), place))
      while let candidate = identityIndex.next(&probe) {
        let index = Int(candidate)
        if identities[index].host == host, identities[index].value == value, identities[index].layer == claim.layer,
          identities[index].attribute == claim.attribute
        {
          identities[index].count &+= 1
          identities[index].first = Swift.min(identities[index].first, scene.sighting)
          identities[index].last = Swift.max(identities[index].last, scene.sighting.time)
          return
        }
      }
    }
    guard identities.count < bounds.values else { return reached(.allIdentities) }
    guard mayKeepAnother(UInt64(host) << 16 | place, .identity) else { return }
    let value = text(claim.value, buffer)
    identityIndex.insert(
      mix(UInt64(host) << 32 | UInt64(value), place), id: UInt32(truncatingIfNeeded: identities.count))
    identities.append(
      IdentityRecord(
        host: host, layer: claim.layer, attribute: claim.attribute, value: value, count: 1, first: scene.sighting,
        last: scene.sighting.time))
  }

  mutating func fold(
    _ property: SessionProperty, _ buffer: borrowing ObservationBuffer, _ scene: Scene,
    _ names: inout some HostNumbering
  ) {
    guard let host = host(property.subject, scene, &names) else { return reached(.namedHosts) }
    recognise(scene.conversation, property.layer)
    let place = UInt64(host) << 16 | UInt64(property.layer) << 8 | UInt64(property.attribute.rawValue)
    if let value = texts.find(buffer.octets(property.value)) {
      var probe = propertyIndex.probe(mix(UInt64(scene.conversation) << 32 | UInt64(value), place))
      while let candidate = propertyIndex.next(&probe) {
        let index = Int(candidate)
        if properties[index].conversation == scene.conversation, properties[index].value == value,
          properties[index].host == host, properties[index].layer == property.layer,
          properties[index].attribute == property.attribute
        {
          properties[index].count &+= 1
          properties[index].first = Swift.min(properties[index].first, scene.sighting)
          properties[index].last = Swift.max(properties[index].last, scene.sighting.time)
          return
        }
      }
    }
    guard properties.count < bounds.values else { return reached(.allProperties) }
    let kind =
      UInt64(1) << 62 | UInt64(scene.conversation) << 16 | UInt64(property.layer) << 8
      | UInt64(property.attribute.rawValue)
    guard mayKeepAnother(kind, .property) else { return }
    let value = text(property.value, buffer)
    propertyIndex.insert(
      mix(UInt64(scene.conversation) << 32 | UInt64(value), place), id: UInt32(truncatingIfNeeded: properties.count))
    properties.append(
      PropertyRecord(
        conversation: scene.conversation, host: host, layer: property.layer, attribute: property.attribute,
        value: value, count: 1, first: scene.sighting, last: scene.sighting.time))
  }

  mutating func fold(_ exposure: CredentialExposure, _ buffer: borrowing ObservationBuffer, _ scene: Scene) {
    let client = exposure.senderAuthenticates ? scene.sender : scene.receiver
    let server = exposure.senderAuthenticates ? scene.receiver : scene.sender
    recognise(scene.conversation, exposure.layer)
    let place =
      UInt64(exposure.layer) << 16 | UInt64(exposure.scheme.rawValue) << 8 | UInt64(exposure.strength.rawValue)
      | UInt64(client) << 32 ^ 1 << 24
    if let account = texts.find(buffer.octets(exposure.account)) {
      var probe = smallIndex.probe(mix(UInt64(scene.conversation) << 32 | UInt64(account), place))
      while let candidate = smallIndex.next(&probe) {
        let index = Int(candidate)
        guard index < credentials.count else { continue }
        let record = credentials[index]
        if record.conversation == scene.conversation, record.client == client, record.account == account,
          record.layer == exposure.layer, record.scheme == exposure.scheme, record.strength == exposure.strength,
          record.accepted == exposure.accepted
        {
          credentials[index].count &+= 1
          credentials[index].first = Swift.min(record.first, scene.sighting)
          credentials[index].last = Swift.max(record.last, scene.sighting.time)
          return
        }
      }
    }
    guard credentials.count < bounds.values else { return reached(.rows) }
    guard mayKeepAnother(2 << 60 | UInt64(scene.conversation), .accounts) else { return }
    let account = text(exposure.account, buffer)
    smallIndex.insert(
      mix(UInt64(scene.conversation) << 32 | UInt64(account), place),
      id: UInt32(truncatingIfNeeded: credentials.count))
    credentials.append(
      CredentialRecord(
        conversation: scene.conversation, client: client, server: server, layer: exposure.layer,
        scheme: exposure.scheme, account: account, strength: exposure.strength, accepted: exposure.accepted, count: 1,
        first: scene.sighting, last: scene.sighting.time))
  }

  mutating func fold(_ file: FileSeen, _ buffer: borrowing ObservationBuffer, _ scene: Scene) {
    recognise(scene.conversation, file.layer)
    let place = UInt64(file.layer) << 8 | UInt64(file.direction.rawValue) | 2 << 24
    if let name = texts.find(buffer.octets(file.name)) {
      var probe = smallIndex.probe(mix(UInt64(scene.conversation) << 32 | UInt64(name), place))
      while let candidate = smallIndex.next(&probe) {
        let index = Int(candidate)
        guard index < files.count else { continue }
        if files[index].conversation == scene.conversation, files[index].name == name,
          files[index].layer == file.layer, files[index].direction == file.direction
        {
          files[index].count &+= 1
          if let size = file.size { files[index].size = Swift.max(size, files[index].size ?? 0) }
          return
        }
      }
    }
    guard files.count < bounds.values else { return reached(.rows) }
    guard mayKeepAnother(3 << 60 | UInt64(scene.conversation), .files) else { return }
    let name = text(file.name, buffer)
    smallIndex.insert(
      mix(UInt64(scene.conversation) << 32 | UInt64(name), place), id: UInt32(truncatingIfNeeded: files.count))
    files.append(
      FileRecord(
        conversation: scene.conversation, layer: file.layer, name: name, direction: file.direction, size: file.size,
        count: 1, first: scene.sighting))
  }

  mutating func fold(_ neighbour: Neighbour, _ buffer: borrowing ObservationBuffer, _ scene: Scene) {
    recognise(scene.conversation, neighbour.layer)
    if let chassis = texts.find(buffer.octets(neighbour.chassis)), let port = texts.find(buffer.octets(neighbour.port)),
      let name = texts.find(buffer.octets(neighbour.systemName))
    {
      var probe = smallIndex.probe(Self.hash(scene.sender, chassis, port, name))
      while let candidate = smallIndex.next(&probe) {
        let index = Int(candidate)
        guard index < neighbours.count else { continue }
        let record = neighbours[index]
        if record.host == scene.sender, record.chassis == chassis, record.port == port, record.systemName == name,
          record.layer == neighbour.layer, record.managementAddress == neighbour.managementAddress
        {
          neighbours[index].count &+= 1
          neighbours[index].first = Swift.min(record.first, scene.sighting)
          neighbours[index].last = Swift.max(record.last, scene.sighting.time)
          return
        }
      }
    }
    guard neighbours.count < bounds.values else { return reached(.rows) }
    guard mayKeepAnother(1 << 60 | UInt64(scene.sender), .rows) else { return }
    let chassis = text(neighbour.chassis, buffer)
    let port = text(neighbour.port, buffer)
    let name = text(neighbour.systemName, buffer)
    smallIndex.insert(
      Self.hash(scene.sender, chassis, port, name), id: UInt32(truncatingIfNeeded: neighbours.count))
    neighbours.append(
      NeighbourRecord(
        host: scene.sender, layer: neighbour.layer, chassis: chassis, port: port, systemName: name,
        managementAddress: neighbour.managementAddress, count: 1, first: scene.sighting, last: scene.sighting.time))
  }

  private static func hash(_ host: UInt32, _ chassis: UInt32, _ port: UInt32, _ name: UInt32) -> UInt64 {
    mix(UInt64(host) << 32 | UInt64(chassis), UInt64(port) << 32 | UInt64(name) ^ 3 << 24)
  }

  mutating func fold(_ binding: AddressBinding, _ scene: Scene) {
    let hash = mix(
      binding.address.high ^ binding.address.low &* 31, binding.mac.value << 8 | UInt64(binding.source.rawValue))
    var probe = bindingIndex.probe(hash)
    while let candidate = bindingIndex.next(&probe) {
      let index = Int(candidate)
      if bindings[index].address == binding.address, bindings[index].mac == binding.mac,
        bindings[index].source == binding.source
      {
        bindings[index].count &+= 1
        bindings[index].first = Swift.min(bindings[index].first, scene.sighting)
        bindings[index].last = Swift.max(bindings[index].last, scene.sighting.time)
        return
      }
    }
    guard bindings.count < bounds.values else { return reached(.bindings) }
    bindingIndex.insert(hash, id: UInt32(truncatingIfNeeded: bindings.count))
    bindings.append(
      BindingRecord(
        address: binding.address, mac: binding.mac, source: binding.source, count: 1, first: scene.sighting,
        last: scene.sighting.time))
  }

  mutating func fold(_ anomaly: Anomaly, _ scene: Scene) {
    let field = texts.intern(anomaly.field)
    let place = UInt64(anomaly.layer) << 8 | UInt64(anomaly.reason.rawValue) | 4 << 24
    let hash = mix(UInt64(scene.conversation) << 32 | UInt64(field), place)
    var probe = smallIndex.probe(hash)
    while let candidate = smallIndex.next(&probe) {
      let index = Int(candidate)
      guard index < anomalies.count else { continue }
      if anomalies[index].conversation == scene.conversation, anomalies[index].field == field,
        anomalies[index].layer == anomaly.layer, anomalies[index].reason == anomaly.reason
      {
        anomalies[index].count &+= 1
        return
      }
    }
    guard anomalies.count < bounds.values else { return reached(.rows) }
    smallIndex.insert(hash, id: UInt32(truncatingIfNeeded: anomalies.count))
    anomalies.append(
      AnomalyRecord(
        conversation: scene.conversation, layer: anomaly.layer, field: field, reason: anomaly.reason, count: 1,
        first: scene.sighting))
  }

  /// Whether there may be one more row of what its peers can make up without end; `kind` says of which host or
  /// conversation and what. Counts where not.
  private mutating func mayKeepAnother(_ kind: UInt64, _ bound: FactBound) -> Bool {
    let known = attributeCounts[kind, default: 0]
    guard known < bounds.valuesPerAttribute else {
      reached(bound)
      return false
    }
    attributeCounts[kind] = known + 1
    return true
  }
}
