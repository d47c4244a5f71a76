import GRDB
import OTCase

extension Characterisation {
  /// Every vote becomes a row of `asset_reason`, the ones for the winner marked as chosen.
  func write(_ votes: RoleVotes, to database: Database) throws {
    try database.execute(sql: "DELETE FROM asset_reason WHERE field = 'role'")
    var row = try RowWriter("asset_reason", in: database)
    for asset in votes.votes.keys.sorted() {
      let winner = votes.winner(of: asset)?.role
      let sorted = (votes.votes[asset] ?? []).sorted {
        ($1.weight, $0.role.rawValue, $0.source, $0.reason) < ($0.weight, $1.role.rawValue, $1.source, $1.reason)
      }
      for vote in sorted {
        row.add(asset)
        row.add("role")
        row.add(vote.role.rawValue)
        row.add(vote.source)
        row.add(vote.reason)
        row.add(vote.weight)
        row.add(vote.role == winner)
        row.add(vote.evidence?.file)
        row.add(vote.evidence?.frame)
        try row.insert()
      }
    }
  }

  func write(_ judgements: [Judgement], to database: Database) throws {
    var row = try RowWriter(
      """
      UPDATE asset SET name = coalesce(?, name), name_reason = coalesce(?, name_reason),
        role = ?, role_reason = ?, zone_id = ?, zone_id_reason = ?, is_ot = ?, is_ot_reason = ?,
        purdue_level = ?, purdue_level_reason = ?, device_type = coalesce(?, device_type),
        device_type_reason = coalesce(?, device_type_reason), criticality = ?, criticality_reason = ?
      WHERE id = ?
      """, parameters: 15, of: "asset", in: database)
    for judgement in judgements {
      row.add(judgement.name?.value)
      row.add(judgement.name?.reason)
      row.add((judgement.role?.value ?? .unknown).rawValue)
      row.add(judgement.role?.reason ?? "nothing observed tells")
      row.add(judgement.zone?.value.id)
      row.add(judgement.zone?.reason)
      row.add(judgement.isOT?.value)
      row.add(judgement.isOT?.reason)
      row.add(judgement.level?.value)
      row.add(judgement.level?.reason)
      row.add(judgement.deviceType?.value)
      row.add(judgement.deviceType?.reason)
      row.add(judgement.criticality?.value)
      row.add(judgement.criticality?.reason)
      row.add(judgement.id)
      try row.insert()
    }
  }
}
