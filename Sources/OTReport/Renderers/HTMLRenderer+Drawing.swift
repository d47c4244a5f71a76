extension HTMLRenderer {
  /// A drawing as SVG within the page: no style of its own, colours by the page's classes, every text escaped.
  static func figure(_ drawing: Drawing) -> String {
    var text = "<figure>\n<svg viewBox=\"0 0 \(drawing.width) \(drawing.height)\" role=\"img\">\n"
    text += "<title>\(escape(drawing.title))</title>\n"
    for shape in drawing.shapes { text += element(shape) + "\n" }
    text +=
      "</svg>\n<figcaption><strong>\(escape(drawing.title)).</strong> \(escape(drawing.caption))</figcaption>\n</figure>\n"
    return text
  }

  private static func element(_ shape: Drawing.Shape) -> String {
    switch shape {
    case .line(let from, let to, let bow, let tone, let width):
      "<path class=\"\(tone.rawValue)\" d=\"M\(from.x) \(from.y)Q\((from.x + to.x) / 2 + bow.x) "
        + "\((from.y + to.y) / 2 + bow.y) \(to.x) \(to.y)\" stroke-width=\"\(width)\"/>"
    case .box(let corner, let width, let height, let tone):
      "<rect class=\"\(tone.rawValue)\" x=\"\(corner.x)\" y=\"\(corner.y)\" width=\"\(width)\" height=\"\(height)\" rx=\"4\"/>"
    case .dot(let centre, let radius, let tone):
      "<circle class=\"\(tone.rawValue)\" cx=\"\(centre.x)\" cy=\"\(centre.y)\" r=\"\(radius)\"/>"
    case .text(let place, let words, let anchor, let isStrong):
      "<text x=\"\(place.x)\" y=\"\(place.y)\" text-anchor=\"\(anchor.rawValue)\"\(isStrong ? " class=\"strong\"" : "")>"
        + "\(escape(words))</text>"
    }
  }
}
