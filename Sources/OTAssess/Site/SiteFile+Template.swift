extension SiteFile {
  /// What `otassess init` writes: every key with what it means, ready to be filled in.
  public static func template() -> String {
    """
    # What this site says about itself. Everything is optional: what is missing is unknown, never zero.
    site:
      name: My Container Terminal
      locode: XXXXX              # UN/LOCODE
      timezone: UTC              # of times written by people; captures carry their own
      # annual_teu: 900000
      # teu_factor: 1.65         # TEU per crane move; 1.65 where it is not given

    # One zone per machine: control from one crane to another is then seen. Values from 1 (little) to 5.
    # kind: \(ZoneKind.allCases.map(\.rawValue).joined(separator: " "))
    zones: []
    #  - id: Z-STS-01
    #    name: Quay crane 1
    #    kind: STS
    #    level: 1                # Purdue level 0 to 5, DMZ 3.5
    #    subnets: [10.20.1.0/24]
    #    criticality: 5
    #    safety: 4               # consequence scales, 0 to 5
    #    throughput: 5
    #    environment: 1
    #    target_sl: 2            # IEC 62443 security level aimed at

    # Machines that move boxes, for the throughput at risk.
    units: []
    #  - {id: STS01, kind: STS, zone: Z-STS-01, moves_per_hour: 28, manual_fallback: 0.0}

    # What the site knows better than the traffic tells.
    # role: \(AssetRole.allCases.map(\.rawValue).joined(separator: " "))
    assets: []
    #  - {address: 10.20.1.10, name: STS01-PLC, role: plc, zone: Z-STS-01, criticality: 5}

    approved:
      public_peers: []           # public addresses or subnets that OT may talk to
      engineering: []            # hosts that may program controllers
      vendor_channels: []        # declared remote access of vendors, by name

    """
  }
}
