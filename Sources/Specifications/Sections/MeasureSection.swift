// MeasureSection.swift: the part of a spec that says what is counted, added up and derived.
// Reference: `docs/measures.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import PrivateAggregation

/// The `measures` of a spec.
struct MeasureSection {
  /// The measures with their shares.
  let requests: [MeasureRequest]
  /// The share that selecting cells gets; zero where nothing is selected.
  let selection: Rational
  /// Whether the number of signals of a unit in a cell makes a difference.
  let needsSignalBound: Bool

  private let items: [MeasureItem]
  private let values: ValueSection
  private let quantileShare: Rational

  /// Reads the measures with their shares; those that are left open, of the selection of cells too,
  /// share the rest equally.
  init(_ top: MappingReader, besides selection: SelectionSection) throws(SpecificationError) {
    let field = try top.required("measures", example: "measures: [{count: signals}]")
    var items: [MeasureItem] = []
    for reader in try field.items() {
      let item = try MeasureItem(reader)
      if items.contains(where: { $0.kind == item.kind }) {
        throw item.named.error("`\(item.kind.name)` is asked for twice; keep one")
      }
      items.append(item)
    }
    values = try ValueSection(items)
    // A share of signals and a ranking are read off the numbers of signals.
    let isCounted = items.contains { $0.kind == .signals || $0.kind == .mean }
    let addsSignals = !isCounted && items.contains { $0.kind == .top || $0.kind == .share }
    let paying = items.filter(\.kind.costs)
    let given = paying.compactMap(\.share).reduce(selection.share ?? .zero, +)
    let open =
      paying.count { $0.share == nil } + (selection.isShareOpen ? 1 : 0) + (addsSignals ? 1 : 0)
    guard given < .one || (given == .one && open == 0) else {
      throw field.error(
        open == 0
          ? "the shares add up to \(given), which is more than 1; make them smaller"
          : "the shares that are written leave nothing for the others; make them smaller"
      )
    }
    let rest = (.one - given) / Rational(max(open, 1))
    var requests: [MeasureRequest] = []
    let hasSignals = items.contains { $0.kind == .signals }
    for item in items {
      requests += Self.requests(item, share: item.share ?? rest, values, hasSignals: hasSignals)
    }
    if addsSignals { requests.append(MeasureRequest(measure: .signals, share: rest)) }
    guard !requests.isEmpty else {
      throw field.error("quantiles stand beside a count or a sum; add `{count: signals}`")
    }
    self.items = items
    self.requests = requests
    self.selection = selection.share ?? (selection.isShareOpen ? rest : .zero)
    quantileShare = items.first { $0.kind == .quantiles }.map { $0.share ?? rest } ?? .zero
    needsSignalBound = addsSignals || items.contains { $0.kind != .units }
  }

  /// The measures that one item asks for, which split its share.
  private static func requests(
    _ item: MeasureItem,
    share: Rational,
    _ values: ValueSection,
    hasSignals: Bool
  ) -> [MeasureRequest] {
    switch item.kind {
    case .signals: return [MeasureRequest(measure: .signals, share: share)]
    case .units: return [MeasureRequest(measure: .units, share: share)]
    case .sum:
      guard let range = values.sum else { return [] }
      let measure: Measure = values.isPerCell ? .cellSum(range) : .sum(range)
      return [MeasureRequest(measure: measure, share: share)]
    case .mean:
      // A mean needs the number of signals too; where that is counted anyway, nothing is split.
      guard let range = values.mean else { return [] }
      guard !hasSignals else { return [MeasureRequest(measure: .deviation(range), share: share)] }
      return [
        MeasureRequest(measure: .signals, share: share / 2),
        MeasureRequest(measure: .deviation(range), share: share / 2),
      ]
    case .quantiles, .share, .top: return []
    }
  }

  /// What is asked of values and derived, once the keys of a cell are known.
  ///
  /// - Returns: `nil` where nothing but counts is asked for.
  func statistics(
    _ cells: CellSection,
    _ signals: SignalSection,
    isContinual: Bool
  ) throws(SpecificationError) -> StatisticsRequest? {
    for item in items where !item.kind.isCount && !cells.found.isEmpty {
      throw item.named.error(
        "`\(item.kind.name)` needs cells that are listed, and some are `private`; list them, or "
          + "leave it out"
      )
    }
    for item in items where !item.kind.isCount && isContinual {
      throw item.named.error(
        "`\(item.kind.name)` does not go with running counts; leave it out, or leave out `continual`"
      )
    }
    for item in items where item.kind.needsValues && signals.columns[.value] == nil {
      throw item.named.error(
        "needs a column of values; write `value: COLUMN` under `signals.columns`"
      )
    }
    var share: ShareTotal?
    var top: TopRequest?
    for item in items {
      if item.kind == .share { share = try RankingSection.share(item, cells) }
      if item.kind == .top { top = try RankingSection.top(item, cells) }
    }
    let request = StatisticsRequest(
      values: values.grid,
      mean: values.mean != nil,
      share: share,
      quantiles: try values.quantiles(share: quantileShare),
      top: top
    )
    return request.isEmpty ? nil : request
  }
}
