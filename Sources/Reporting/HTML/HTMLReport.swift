// HTMLReport.swift: a release as one page that needs nothing else.
// Reference: [HTML]; [WCAG22].
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

/// A release as one self-contained page: no network, no fonts of its own, legible without scripts.
///
/// Numbers that are printed are exact, or say how they were rounded; floating point is used for
/// the places of bars alone.
///
/// - Privacy: Post-processing of a release; it costs nothing.
/// - Reference: [WCAG22].
public enum HTMLReport {
  /// The most cells that are drawn; of more, those with the largest counts.
  public static let mostCells = 2000

  /// The whole page.
  ///
  /// - Parameters:
  ///   - release: The release.
  ///   - file: The shapes of the regions, from a public file. Without one, states of the United
  ///     States are drawn as tiles, and other regions are not drawn.
  /// - Returns: The page, in UTF-8.
  /// - Complexity: O(n log n) in the number of cells, and linear in the points of the map.
  public static func page(of release: Release, map file: MapFile? = nil) -> String {
    let body = release.body
    let line = runningSeries(of: body) ?? series(of: body)
    let figures = (map: map(of: body, file: file), series: line)
    let hasFigures = !figures.map.html.isEmpty || !figures.series.html.isEmpty
    let digest = hasFigures ? figureScriptSHA256 : scriptSHA256
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="\(policy(digest))">
      <meta name="color-scheme" content="light dark">
      <title>\(body.name): noisy counts</title>
      <style>
      \(style)\(hasFigures ? figureStyle : "")</style>
      </head>
      <body>
      <a class="skip" href="#counts">Skip to the counts</a>
      \(header(of: body))\(navigation(figures))<main>
      \(glance(of: body))\(asked(in: body))\(selection(of: body))\
      \(guarantee(of: body))\(figures.map)\(figures.series)\(counts(of: body))\(bias(of: body))\
      \(cost(of: body))\(noise(of: body))\(verification(of: release))</main>
      <footer>
      <p>Rendered by Hubbub from <code>release.json</code> alone. This page loads nothing from the \
      network and sends nothing to it.</p>
      </footer>
      <script>\(script)\(hasFigures ? figureScript : "")</script>
      </body>
      </html>

      """
    return page.html
  }

  /// What the page may load: nothing but its own style and the one script, known by its digest.
  private static func policy(_ digest: Markup) -> Markup {
    """
    default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-\(digest)'; \
    base-uri 'none'; form-action 'none'
    """
  }

  private static func header(of body: ReleaseBody) -> Markup {
    """
    <header>
    <p class="kind">Noisy counts with a privacy guarantee</p>
    <h1>\(value: body.name)</h1>
    <p class="facts">Data set \(value: body.dataset) <span aria-hidden="true">·</span> made \
    <time datetime="\(body.created)">\(instant(body.created))</time> \
    <span aria-hidden="true">·</span> release <code>\(body.id.description)</code></p>
    </header>

    """
  }

  private static func navigation(_ figures: (map: Markup, series: Markup)) -> Markup {
    let map: Markup = figures.map.html.isEmpty ? "" : "<li><a href=\"#map\">The map</a></li>\n"
    let series: Markup =
      figures.series.html.isEmpty ? "" : "<li><a href=\"#series\">Over time</a></li>\n"
    return """
      <nav aria-label="On this page">
      <ul>
      <li><a href="#asked">What was asked</a></li>
      <li><a href="#guarantee">The guarantee</a></li>
      \(map)\(series)<li><a href="#counts">The counts</a></li>
      <li><a href="#bias">What ± leaves out</a></li>
      <li><a href="#cost">The cost</a></li>
      <li><a href="#noise">The noise</a></li>
      <li><a href="#verify">How to verify</a></li>
      </ul>
      </nav>

      """
  }

  /// `2026-12-02T08:15:00Z` as `2026-12-02 08:15:00 UTC`.
  private static func instant(_ text: String) -> String {
    guard text.utf8.count == 20, text.hasSuffix("Z") else { return text }
    return text.prefix(10) + " " + text.dropFirst(11).dropLast() + " UTC"
  }

  private static func glance(of body: ReleaseBody) -> Markup {
    var tiles: [Markup] = [
      tile(
        PlainNumber.grouped(body.cells.count),
        body.cells.count == 1 ? "cell" : "cells",
        body.selection == nil
          ? "every combination that was listed in advance"
          : "selected among those found in the signals"
      )
    ]
    for index in body.shownMeasures {
      let measure = body.measures[index]
      tiles.append(
        tile(
          "\u{B1}\(measure.measure.shown(measure.halfWidth))",
          measure.measure.rawValue,
          "in each cell, with \(PlainNumber.percent(measure.confidence)) confidence"
        )
      )
    }
    tiles.append(
      tile(
        PlainNumber.loss(body.schedule?.price.loss ?? body.privacy.loss),
        "per \(UnitWords(body.privacy.unit).each)",
        body.schedule.map { "what all \(PlainNumber.count($0.times, "run")) cost together" }
          ?? "what this release cost"
      )
    )
    return """
      <section aria-labelledby="glance">
      <h2 id="glance" class="unseen">At a glance</h2>
      <ul class="tiles">
      \(tiles.joined())</ul>
      </section>

      """
  }

  private static func tile(_ figure: String, _ name: String, _ note: String) -> Markup {
    """
    <li><strong>\(figure)</strong> <span>\(name)</span> <small>\(note)</small></li>

    """
  }

  private static func asked(in body: ReleaseBody) -> Markup {
    let query = body.query
    var rows: [(String, Markup)] = []
    let measures = body.measures.map { measure in
      switch measure.measure {
      case .signals: "signals"
      case .units: "units (one unit is \(UnitWords(body.privacy.unit).one))"
      case .sum, .cellSum, .deviation: measure.measure.inWords
      }
    }
    let derived = body.derivedInWords
    rows.append(("Counted", "\((measures + derived).sentence("and"))"))
    if query.keys.isEmpty {
      rows.append(("In", "the whole data set, as one cell"))
    } else {
      let keys: [Markup] = query.keys.map { key in
        let isSelected = body.selection?.keys.contains(key.name) ?? false
        let values = PlainNumber.count(key.count, "value")
        return "\(value: key.name) (\(isSelected ? "any; \(values) shown" : values))"
      }
      rows.append(("In every", keys.joined(" × ")))
    }
    for (column, values) in query.filters.sorted(by: {
      $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
    }) {
      let alternatives: [Markup] = values.map { "\(value: $0)" }
      rows.append(("Where", "\(value: column) is \(alternatives.joined(" or "))"))
    }
    if let window = query.window {
      rows.append(("From", "\(value: window[0]) to before \(value: window[1]) (UTC)"))
    } else {
      rows.append(("From", "all time"))
    }
    if let schedule = body.schedule {
      rows.append(
        (
          "Schedule",
          """
          run \(String(schedule.run)) of \(String(schedule.times)), one each \
          \(schedule.every.rawValue) on \(schedule.first) to \(schedule.last); this is the run of \
          \(schedule.day)
          """
        )
      )
    }
    rows.append(
      (
        "Consent",
        consent(in: query)
      )
    )
    rows.append(("Bounds", "\(body.boundsInWords)"))
    let items: [Markup] = rows.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>\n" }
    return """
      <section aria-labelledby="asked">
      <h2 id="asked">What was asked</h2>
      <dl class="pairs">
      \(items.joined())</dl>
      <p>Which of the signals beyond the bounds were kept was decided by a secret random choice, \
      independent of their order.</p>
      </section>

      """
  }
}
