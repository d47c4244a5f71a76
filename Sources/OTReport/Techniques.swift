/// Names of ATT&CK for ICS techniques, v18.1. © The MITRE Corporation; the report prints ``notice`` where it shows them.
enum Techniques {
  static let notice = """
    © 2025 The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation. \
    ATT&CK is a registered trademark of The MITRE Corporation.
    """

  /// `T0843 Program Download`; the bare id where it is not known.
  static func title(_ id: String) -> String { names[id].map { "\(id) \($0)" } ?? id }

  private static let names: [String: String] = {
    var names: [String: String] = [:]
    for line in table.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      if parts.count == 2 { names[String(parts[0])] = String(parts[1]) }
    }
    return names
  }()

  private static let table = """
    T0800 Activate Firmware Update Mode
    T0801 Monitor Process State
    T0802 Automated Collection
    T0803 Block Command Message
    T0804 Block Reporting Message
    T0805 Block Serial COM
    T0806 Brute Force I/O
    T0807 Command-Line Interface
    T0808 Control Device Identification
    T0809 Data Destruction
    T0810 Data Historian Compromise
    T0811 Data from Information Repositories
    T0812 Default Credentials
    T0813 Denial of Control
    T0814 Denial of Service
    T0815 Denial of View
    T0816 Device Restart/Shutdown
    T0817 Drive-by Compromise
    T0818 Engineering Workstation Compromise
    T0819 Exploit Public-Facing Application
    T0820 Exploitation for Evasion
    T0821 Modify Controller Tasking
    T0822 External Remote Services
    T0823 Graphical User Interface
    T0824 I/O Module Discovery
    T0825 Location Identification
    T0826 Loss of Availability
    T0827 Loss of Control
    T0828 Loss of Productivity and Revenue
    T0829 Loss of View
    T0830 Adversary-in-the-Middle
    T0831 Manipulation of Control
    T0832 Manipulation of View
    T0833 Modify Control Logic
    T0834 Native API
    T0835 Manipulate I/O Image
    T0836 Modify Parameter
    T0837 Loss of Protection
    T0838 Modify Alarm Settings
    T0839 Module Firmware
    T0840 Network Connection Enumeration
    T0841 Network Service Scanning
    T0842 Network Sniffing
    T0843 Program Download
    T0844 Program Organization Units
    T0845 Program Upload
    T0846 Remote System Discovery
    T0847 Replication Through Removable Media
    T0848 Rogue Master
    T0849 Masquerading
    T0850 Role Identification
    T0851 Rootkit
    T0852 Screen Capture
    T0853 Scripting
    T0854 Serial Connection Enumeration
    T0855 Unauthorized Command Message
    T0856 Spoof Reporting Message
    T0857 System Firmware
    T0858 Change Operating Mode
    T0859 Valid Accounts
    T0860 Wireless Compromise
    T0861 Point & Tag Identification
    T0862 Supply Chain Compromise
    T0863 User Execution
    T0864 Transient Cyber Asset
    T0865 Spearphishing Attachment
    T0866 Exploitation of Remote Services
    T0867 Lateral Tool Transfer
    T0868 Detect Operating Mode
    T0869 Standard Application Layer Protocol
    T0870 Detect Program State
    T0871 Execution through API
    T0872 Indicator Removal on Host
    T0873 Project File Infection
    T0874 Hooking
    T0875 Change Program State
    T0877 I/O Image
    T0878 Alarm Suppression
    T0879 Damage to Property
    T0880 Loss of Safety
    T0881 Service Stop
    T0882 Theft of Operational Information
    T0883 Internet Accessible Device
    T0884 Connection Proxy
    T0885 Commonly Used Port
    T0886 Remote Services
    T0887 Wireless Sniffing
    T0888 Remote System Information Discovery
    T0889 Modify Program
    T0890 Exploitation for Privilege Escalation
    T0891 Hardcoded Credentials
    T0892 Change Credential
    T0893 Data from Local System
    T0894 System Binary Proxy Execution
    T0895 Autorun Image
    """
}
