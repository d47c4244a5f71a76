import OTAssess
import OTCase
import OTCore

/// `manifest.json`, schema `otassess.manifest/1`: what the report rests on and how far it was read. No path and no clock
/// of the computer it was made on.
enum ManifestDocument {
  static func json(_ reading: CaseReading) throws -> [UInt8] {
    let interfaces = Dictionary(grouping: try reading.store.all(EvidenceInterfaceRow.self), by: \.evidenceID)
    let damages = Dictionary(grouping: try reading.store.all(EvidenceDamageRow.self), by: \.evidenceID)
    var writer = JSONWriter(pretty: true)
    writer.object { writer in
      writer.field("schema", "otassess.manifest/1")
      writer.field("program_version", reading.meta["program_version"])
      writer.field("schema_version", reading.meta["schema_version"])
      writer.field("knowledge_version", reading.meta["knowledge_version"])
      writer.field("risk_model_version", RiskModel.version)
      writer.field("rules", reading.rules.count)
      writer.key("evidence")
      writer.array { writer in
        for file in reading.evidence {
          write(file, interfaces[file.id] ?? [], damages[file.id] ?? [], &writer)
        }
      }
    }
    writer.newline()
    return writer.bytes
  }

  private static func write(
    _ file: EvidenceRow, _ interfaces: [EvidenceInterfaceRow], _ damages: [EvidenceDamageRow],
    _ writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.field("name", file.name)
      writer.field("kind", file.kind)
      writer.field("sha256", file.sha256)
      writer.field("size", file.size)
      writer.field("format", file.format)
      writer.field("compression", file.compression)
      writer.field("status", file.status)
      writer.field("status_reason", file.statusReason)
      writer.field("frames", file.frames)
      writer.field("cut_frames", file.cutFrames)
      writer.field("out_of_order", file.outOfOrder)
      writer.field("first_time", file.firstTime)
      writer.field("last_time", file.lastTime)
      writer.key("interfaces")
      writer.array { writer in
        for interface in interfaces { write(interface, &writer) }
      }
      writer.key("damage")
      writer.array { writer in
        for damage in damages {
          writer.object { writer in
            writer.field("offset", damage.offset)
            writer.key("frame")
            if let frame = damage.frame { writer.value(frame) } else { writer.null() }
            writer.field("reason", damage.reason)
          }
        }
      }
    }
  }

  private static func write(_ interface: EvidenceInterfaceRow, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("number", interface.number)
      writer.field("name", interface.name)
      writer.field("link_type", interface.linkType)
      writer.field("snap_length", interface.snapLength)
      writer.field("filter", interface.filter)
      let counts: [(StaticString, Int64?)] = [("received", interface.received), ("dropped", interface.dropped)]
      for (name, count) in counts {
        writer.key(name)
        if let count { writer.value(count) } else { writer.null() }
      }
    }
  }
}
