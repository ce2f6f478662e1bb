// HTMLReport+Map.swift: the regions as a map, where their shapes are known.
// Reference: [WCAG22].
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import Releases

extension HTMLReport {
  /// The map of a release; empty where the regions have no shapes.
  static func map(of body: ReleaseBody, file: MapFile?) -> Markup {
    let layers = max(1, FigureLayer.layers(of: body).count)
    guard
      let views = FigureViews(
        of: body,
        along: "region",
        most: MapFigure.mostNumbers / layers
      )
    else { return "" }
    guard views.axis.count <= RegionMap.mostRegions else {
      return file == nil ? "" : mapSection("\(tooMany(views.axis.count))")
    }
    let shapes = file.map { RegionShapes($0, regions: views.axis) }
    let placed = body.places.flatMap { RegionMap($0, regions: views.axis, over: shapes) }
    let drawn = placed ?? shapes.flatMap { RegionMap($0) }
    guard let regions = drawn ?? RegionMap(statesOf: views.axis),
      let figure = MapFigure(of: body, regions: regions, views: views)
    else { return shapes == nil ? "" : mapSection("\(noMatch)") }
    var notes: [Markup] = []
    if let shapes, placed == nil { notes = drawn == nil ? [noMatch] : remarks(on: shapes) }
    return mapSection(
      """
      \(introduction(of: figure, body))\(controls(figure.layers, figure.views, of: "map"))\
      \(drawing(of: figure))\(notes.joined())\(absences(in: figure, body))
      """
    )
  }

  private static func mapSection(_ content: Markup) -> Markup {
    """
    <section aria-labelledby="map">
    <h2 id="map">The map</h2>
    \(content)</section>

    """
  }

  private static func tooMany(_ count: Int) -> Markup {
    """
    <p class="warning">A map shows at most \(PlainNumber.grouped(RegionMap.mostRegions)) regions; \
    this release has \(PlainNumber.grouped(count)), which are in <code>counts.csv</code>.</p>

    """
  }

  private static let noMatch: Markup = """
    <p class="warning">None of the regions has a shape in the map's file, so that it is not drawn. \
    The property of a shape that holds the region's code can be named by <code>key</code> under \
    <code>output.map</code>.</p>

    """

  private static func introduction(of figure: MapFigure, _ body: ReleaseBody) -> Markup {
    let halfWidths = figure.layers.filter { !$0.halfWidth.isEmpty }.map {
      "\u{B1}\($0.halfWidth) for \($0.name)"
    }
    let plusMinus: Markup =
      halfWidths.isEmpty ? "" : " (\(halfWidths.sentence("and")))"
    let isSigned = figure.layers.contains(where: \.isSigned)
    let negative: Markup =
      body.query.nonnegative || isSigned
      ? "" : " A count below zero is noise: read it as few or none."
    return """
      <p>Colours stand for the noisy count of each region. No step of colour is narrower than the ± \
      of one region\(plusMinus). <strong>Hatched</strong> regions have a ± that exceeds their count: \
      there may be nothing but noise.\(negative) A region that stands out among many often does so \
      by noise.</p>

      """
  }

  /// The lists from which a reader chooses a view; they appear where scripts run.
  static func controls(
    _ layers: [FigureLayer],
    _ views: FigureViews,
    of figure: String
  ) -> Markup {
    var lists: [Markup] = []
    func list(_ name: String, _ options: [(value: Int, text: String)]) {
      let items: [Markup] = options.map { "<option value=\"\($0.value)\">\($0.text)</option>" }
      let isOnly = options.count < 2
      lists.append(
        """
        <label\(isOnly ? " hidden" : "" as Markup)>\(name) <select>\(items.joined())</select></label>

        """
      )
    }
    list("measure", layers.enumerated().map { ($0, $1.name) })
    for (index, other) in views.others.enumerated() {
      let used = Set(views.views.map { $0.choice[index] })
      list(other.name, other.values.enumerated().filter { used.contains($0.0) }.map { ($0, $1) })
    }
    let omission: Markup =
      views.omitted == 0
      ? ""
      : """
      <p>Only the \(PlainNumber.count(views.views.count, "view")) with the largest counts can be \
      chosen here; \(PlainNumber.grouped(views.omitted)) more are in <code>counts.csv</code>.</p>

      """
    return """
      <p class="views" data-of="\(figure)" hidden>
      \(lists.joined())</p>
      \(omission)
      """
  }

  private static func drawing(of figure: MapFigure) -> Markup {
    let map = figure.regions
    let letters = figure.letters(layer: 0, view: 0)
    let paths: [Markup] = map.order.map { index in
      let path = map.paths[index]
      guard !path.isEmpty else { return "" }
      // With very many regions their names would be most of the page; the script shows them.
      let title: Markup = map.paths.count <= 400 ? "<title>\(figure.label(index))</title>" : ""
      return """
        <path class="\(String(letters[index]))" data-r="\(index)" d="\(path)">\(title)</path>

        """
    }
    let labels: [Markup] = map.labels.sorted { $0.key < $1.key }.map { index, label in
      """
      <text class="\(String(letters[index]))" data-r="\(index)" x="\(label.x)" y="\(label.y)">\
      \(label.text)</text>

      """
    }
    let ground: Markup =
      map.background.isEmpty ? "" : "<path class=\"ground\" d=\"\(map.background)\"/>"
    let lines: Markup = map.lines.isEmpty ? "" : "<path class=\"lines\" d=\"\(map.lines)\"/>"
    let ruler: Markup = map.ruler.isEmpty ? "" : "<path class=\"ruler\" d=\"\(map.ruler)\"/>\n"
    let kind: Markup = map.labels.isEmpty ? "" : " statetiles"
    let overlaps: Markup = map.overlaps ? " over" : ""
    let uncertain = letters.count { $0.isUppercase }
    let absent = letters.count { $0 == "x" }
    return """
      <figure class="map\(kind)\(overlaps)" id="map-figure">
      <svg viewBox="0 0 \(map.width) \(map.height)" role="img" aria-labelledby="map-title" \
      aria-describedby="map-desc">
      <title id="map-title">Map: \(figure.title(layer: 0, view: 0))</title>
      <desc id="map-desc">\(PlainNumber.count(letters.count, "region")), \
      \(PlainNumber.grouped(uncertain)) of them hatched and \(PlainNumber.grouped(absent)) without a \
      count. All numbers are in the tables below.</desc>
      \(hatching(grain: map.grain))\(ground)\(lines)<g class="regions">
      \(paths.joined())</g>
      <g class="names" aria-hidden="true">\(labels.joined())</g>
      \(ruler)<path class="mark halo" d=""/><path class="mark" d=""/>
      </svg>
      <p class="readout" hidden></p>
      \(legend(of: figure))\
      <figcaption>\(map.remarks.joined(separator: " "))</figcaption>
      <details hidden><summary>These numbers as a table</summary>
      <div class="scroll" role="region" aria-label="The view as a table" tabindex="0"></div>
      </details>
      <div class="data" hidden>\(figure.data)</div>
      </figure>

      """
  }

  /// The patterns of hatched regions, one for each colour.
  private static func hatching(grain: Double) -> Markup {
    let size = Int((9 * grain).rounded(.up))
    let patterns: [Markup] = "abcdefn".map { letter in
      """
      <pattern id="hatch-\(String(letter))" patternUnits="userSpaceOnUse" width="\(size)" \
      height="\(size)" patternTransform="rotate(45)"><path class="\(String(letter))" \
      d="M0 0h\(size)v\(size)h-\(size)z"/><path class="line \(String(letter))" \
      d="M0 0v\(size)" stroke-width="\(max(1, size / 3))"/></pattern>
      """
    }
    return "<defs>\(patterns.joined())</defs>\n"
  }

  private static func legend(of figure: MapFigure) -> Markup {
    var texts: [Character: String] = [:]
    for (letter, text) in figure.scale(layer: 0, view: 0).legend { texts[letter] = text }
    let letters = figure.letters(layer: 0, view: 0)
    if letters.contains(where: { $0 == "n" || $0 == "N" }) { texts["n"] = "below 0" }
    if letters.contains("x") { texts["x"] = "not released" }
    if letters.contains(where: \.isUppercase) { texts["h"] = "hatched: ± exceeds the count" }
    let items: [Markup] = "nabcdefhx".map { letter in
      let swatch: Markup =
        letter == "h"
        ? """
        <path class="c" d="M0 0h26v16h-26z"/>\
        <path class="line c" d="M-2 14L14 -2M4 18L22 0M12 18L28 2" stroke-width="3"/>
        """
        : "<path class=\"\(String(letter))\" d=\"M0 0h26v16h-26z\"/>"
      return """
        <li data-l="\(String(letter))"\(texts[letter] == nil ? " hidden" : "" as Markup)>\
        <svg width="26" height="16" aria-hidden="true">\(swatch)</svg> \
        <span>\(texts[letter] ?? "")</span></li>

        """
    }
    return """
      <ul class="legend" aria-label="Legend">
      \(items.joined())</ul>

      """
  }

  /// What is said about a file whose shapes were used.
  private static func remarks(on shapes: RegionShapes) -> [Markup] {
    var notes: [Markup] = []
    if shapes.isTranslated {
      notes.append(
        """
        <p>Postal and FIPS codes of states were taken for one another, because the file uses the \
        other kind.</p>

        """
      )
    }
    if shapes.otherCount > 0 {
      notes.append(
        """
        <p>\(PlainNumber.count(shapes.otherCount, "shape")) of the file \
        \(shapes.otherCount == 1 ? "is" : "are") no region of this release, and \
        \(shapes.otherCount == 1 ? "is" : "are") drawn without a colour.</p>

        """
      )
    }
    return notes
  }

  /// Which regions have no place on the map, and what it means that some have no count.
  private static func absences(in figure: MapFigure, _ body: ReleaseBody) -> Markup {
    var notes: Markup = ""
    let missing = figure.regions.missing
    if !missing.isEmpty {
      let named: [Markup] = missing.prefix(12).map { "\(value: figure.views.axis[$0])" }
      let rest: Markup =
        missing.count > 12 ? " and \(PlainNumber.grouped(missing.count - 12)) more" : ""
      notes += """
        <p class="warning">Not on the map, because no shape for them is known: \
        \(named.joined(", "))\(rest). Their counts are in the tables below.</p>

        """
    }
    if body.selection != nil {
      notes += """
        <p>A region that is not on the map or has no count in a view was not selected there: it may \
        hold few units, or none. See <a href="#selected">Which cells are shown</a>.</p>

        """
    }
    return notes
  }
}
