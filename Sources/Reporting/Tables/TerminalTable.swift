// TerminalTable.swift: a release as a table for a terminal.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

/// A release as a table for a terminal, in the order of the release.
///
/// - Privacy: Post-processing of a release; it costs nothing.
public enum TerminalTable {
  /// The most rows that are shown; `counts.csv` holds them all.
  public static let mostRows = 40
  /// The fewest columns that the value of a key is cut to.
  private static let narrowest = 6
  private static let gap = "  "

  /// The table with what it cost and how far it may be off.
  ///
  /// Values of keys are cut with an ellipsis where the table is wider than `width`, counts never.
  /// Control characters are shown as `\u{...}`, so that no value can steer the terminal.
  ///
  /// - Parameters:
  ///   - release: What is shown.
  ///   - width: The columns of the terminal.
  /// - Returns: Lines that end with a line feed.
  public static func text(of release: Release, width: Int) -> String {
    let body = release.body
    var lines = [title(of: body)]
    lines += rows(of: body, width: width)
    let more = body.cells.count - mostRows
    if more > 0 {
      lines.append("... \(PlainNumber.grouped(more)) more, see counts.csv")
    }
    lines += other(of: body)
    lines.append("")
    lines += accuracy(of: body)
    lines.append(cost(of: body))
    return lines.joined(separator: "\n") + "\n"
  }

  private static func title(of body: ReleaseBody) -> String {
    let name = VisibleText.escaping(body.name, limit: 80)
    return "\(name) (release \(body.id), \(PlainNumber.count(body.cells.count, "cell")))"
  }

  /// What the cells that were not selected hold together.
  private static func other(of body: ReleaseBody) -> [String] {
    guard let other = body.selection?.other else { return [] }
    let counts = body.measures.map { measure in
      let name = measure.measure.rawValue
      return "\(PlainNumber.grouped(Int(other[name] ?? 0))) \(name) \u{B1}\(measure.halfWidth)"
    }
    return ["other cells, which are not shown: " + counts.joined(separator: ", ")]
  }

  private static func rows(of body: ReleaseBody, width: Int) -> [String] {
    if let levels = HierarchyView(body) {
      let rows = TerminalLevels(body, levels).rows(mostRows)
      return aligned(rows, keys: body.query.keys.count + 1, width: width)
    }
    let keyCount = body.query.keys.count
    var table = [body.query.keys.map { VisibleText.escaping($0.name, limit: 200) }]
    let measures = body.shownMeasures
    for index in measures {
      table[0].append(body.measures[index].measure.rawValue)
      table[0].append("")
    }
    let derived = StatisticsColumn.all(of: body)
    for column in derived { table[0] += [column.name, ""] }
    for (index, cell) in body.cells.prefix(mostRows).enumerated() {
      var row = cell.values.map { VisibleText.escaping($0, limit: 200) }
      for place in measures {
        let measure = body.measures[place]
        row.append(measure.measure.written(BigInteger(cell.counts[place])))
        row.append("\u{B1}\(measure.measure.written(measure.halfWidth))")
      }
      for column in derived {
        let text = column.shown(index)
        row += [text.estimate, text.interval]
      }
      table.append(row)
    }
    return aligned(table, keys: keyCount, width: width)
  }

  private static func aligned(_ table: [[String]], keys keyCount: Int, width: Int) -> [String] {
    var widths = [Int](repeating: 0, count: table[0].count)
    for row in table {
      for (column, text) in row.enumerated() {
        widths[column] = max(widths[column], DisplayWidth.columns(of: text))
      }
    }
    shrink(&widths, keys: keyCount, to: width)
    return table.map { line(of: $0, keys: keyCount, widths: widths) }
  }

  /// Takes columns from the widest key until the table fits, or every key is as narrow as allowed.
  private static func shrink(_ widths: inout [Int], keys: Int, to limit: Int) {
    // A half-width stands one space after its count, everything else after a whole gap.
    let measures = (widths.count - keys) / 2
    let gaps = gap.count * max(keys + measures - 1, 0) + measures
    func total() -> Int { widths.reduce(gaps, +) }
    while total() > limit, let widest = widths.prefix(keys).max(), widest > narrowest,
      let column = widths.prefix(keys).firstIndex(of: widest)
    {
      widths[column] -= 1
    }
  }

  /// Keys to the left, counts to the right, half-widths to the left after their counts.
  private static func line(of row: [String], keys: Int, widths: [Int]) -> String {
    var line = ""
    for (column, text) in row.enumerated() {
      let fitted = column < keys ? DisplayWidth.fitting(text, limit: widths[column]) : text
      let isCount = column >= keys && (column - keys).isMultiple(of: 2)
      if column > 0 { line += column >= keys && !isCount ? " " : gap }
      let padding = String(
        repeating: " ",
        count: max(0, widths[column] - DisplayWidth.columns(of: fitted))
      )
      line += isCount ? padding + fitted : fitted + padding
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  private static func accuracy(of body: ReleaseBody) -> [String] {
    if let levels = HierarchyView(body) { return TerminalLevels(body, levels).accuracy }
    return body.shownMeasures.map { index in
      let measure = body.measures[index]
      let percent = PlainNumber.percent(measure.confidence)
      let width = measure.measure.written(measure.halfWidth)
      let all = measure.measure.written(measure.simultaneousHalfWidth)
      return "\(measure.measure.rawValue): \u{B1}\(width) for each cell by itself, "
        + "\u{B1}\(all) for all cells at once (\(percent), noise alone)"
    } + derived(of: body)
  }

  /// What was derived, in a line each.
  private static func derived(of body: ReleaseBody) -> [String] {
    guard let statistics = body.statistics else { return [] }
    let percent = PlainNumber.percent(statistics.confidence)
    var lines: [String] = []
    if statistics.mean != nil || statistics.share != nil || statistics.quantiles != nil {
      lines.append("in brackets: what holds for each cell by itself (\(percent), noise alone)")
    }
    guard let top = statistics.top else { return lines }
    for group in top.groups.prefix(mostRows) {
      let others = group.others.map { VisibleText.escaping($0, limit: 200) }
      let entries = group.entries.map { entry in
        let ranks = entry.best == entry.worst ? "\(entry.best)" : "\(entry.best) to \(entry.worst)"
        return "\(VisibleText.escaping(entry.value, limit: 200)) (\(entry.count), rank \(ranks))"
      }
      let place = others.isEmpty ? "" : others.joined(separator: ", ") + ": "
      lines.append("top \(top.count) of \(top.key): \(place)\(entries.joined(separator: "; "))")
    }
    let more = top.groups.count - mostRows
    if more > 0 { lines.append("... \(PlainNumber.grouped(more)) more, see release.json") }
    lines.append("ranks hold for a whole line at once (\(percent), noise alone)")
    return lines
  }

  private static func cost(of body: ReleaseBody) -> String {
    let each = UnitWords(body.privacy.unit).each
    let remained = "remained \(PlainNumber.left(body.remaining.lifetime))"
    let cost = "cost \(PlainNumber.loss(body.privacy.loss)) per \(each)"
    guard let schedule = body.schedule else { return "\(cost); \(remained)" }
    guard body.continual == nil else {
      return "period \(schedule.run) of \(schedule.times), one each \(schedule.every.rawValue), of "
        + "\(schedule.day): counts since \(schedule.first)\n"
        + "the running counts of the whole horizon \(cost); \(remained)"
    }
    return "run \(schedule.run) of \(schedule.times), one each \(schedule.every.rawValue), of "
      + "\(schedule.day); all together \(schedule.costInWords(per: each))\n"
      + "by itself this run would \(cost); \(remained)"
  }
}
