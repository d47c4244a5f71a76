/// A drawing in whole units, so that the same case is drawn with the same bytes. Renderers that cannot draw show the table
/// that says the same; the others show both.
public struct Drawing: Sendable, Equatable {
  public struct Point: Sendable, Equatable {
    public var x: Int
    public var y: Int
    public init(_ x: Int, _ y: Int) {
      self.x = x
      self.y = y
    }
  }
  public enum Anchor: String, Sendable { case start, middle, end }
  public enum Shape: Sendable, Equatable {
    /// `bow`: how far its middle is drawn aside from the straight, by ``Point``; zero: straight.
    case line(from: Point, to: Point, bow: Point, Tone, width: Int)
    case box(at: Point, width: Int, height: Int, Tone)
    case dot(at: Point, radius: Int, Tone)
    /// Plain text; only the renderer escapes it.
    case text(at: Point, String, Anchor, isStrong: Bool)
  }

  public var title: String
  /// How to read it, in one or two sentences.
  public var caption: String
  public var width: Int
  public var height: Int
  public var shapes: [Shape]
  /// The same in words and numbers.
  public var twin: Table

  public init(_ title: String, caption: String, width: Int, height: Int, shapes: [Shape], twin: Table) {
    self.title = title
    self.caption = caption
    self.width = width
    self.height = height
    self.shapes = shapes
    self.twin = twin
  }
}

extension String {
  /// At most `count` characters, the cut shown.
  func shortened(to count: Int) -> String { self.count <= count ? self : prefix(max(0, count - 1)) + "…" }

  /// The same with the cut in the middle: names of files often differ at their ends only.
  func shortenedInside(to count: Int) -> String {
    guard self.count > count, count > 2 else { return shortened(to: count) }
    return prefix((count - 1) / 2) + "…" + suffix(count / 2)
  }
}
