import GRDB

extension Characterisation {
  /// Every vote becomes a row of `asset_reason`, the ones for the winner marked as chosen.
  func write(_ votes: RoleVotes, to database: Database) throws {
    try database.execute(sql: "DELETE FROM asset_reason WHERE field = 'role'")
    for asset in votes.votes.keys.sorted() {
      let winner = votes.winner(of: asset)?.role
      let sorted = (votes.votes[asset] ?? []).sorted {
        ($1.weight, $0.role.rawValue, $0.source, $0.reason) < ($0.weight, $1.role.rawValue, $1.source, $1.reason)
      }
      for vote in sorted {
        try database.execute(
          sql: """
            INSERT INTO asset_reason (asset_id, field, value, source, reason, confidence, chosen, evidence_id, frame)
            VALUES (?, 'role', ?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            asset, vote.role.rawValue, vote.source, vote.reason, vote.weight, vote.role == winner, vote.evidence?.file,
            vote.evidence?.frame,
          ])
      }
    }
  }

  func write(_ judgement: Judgement, to database: Database) throws {
    try database.execute(
      sql: """
        UPDATE asset SET name = coalesce(?, name), name_reason = coalesce(?, name_reason),
          role = ?, role_reason = ?, zone_id = ?, zone_id_reason = ?, is_ot = ?, is_ot_reason = ?,
          purdue_level = ?, purdue_level_reason = ?, device_type = coalesce(?, device_type),
          device_type_reason = coalesce(?, device_type_reason), criticality = ?, criticality_reason = ?
        WHERE id = ?
        """,
      arguments: [
        judgement.name?.value, judgement.name?.reason, (judgement.role?.value ?? .unknown).rawValue,
        judgement.role?.reason ?? "nothing observed tells", judgement.zone?.value.id, judgement.zone?.reason,
        judgement.isOT?.value, judgement.isOT?.reason, judgement.level?.value, judgement.level?.reason,
        judgement.deviceType?.value, judgement.deviceType?.reason, judgement.criticality?.value,
        judgement.criticality?.reason, judgement.id,
      ])
  }
}
