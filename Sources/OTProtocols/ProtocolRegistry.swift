/// Every dissector of the program, in the order they are offered an unknown conversation. One line each.
public enum ProtocolRegistry {
  public static let dissectors: [any Dissector.Type] = [
  ]
}
