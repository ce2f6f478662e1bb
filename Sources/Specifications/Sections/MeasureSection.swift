// MeasureSection.swift: the part of a spec that says what is counted.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import PrivateAggregation

/// What can be counted.
private enum CountName: String, CaseIterable {
  case signals, units
}

/// The `measures` of a spec.
enum MeasureSection {
  /// Reads the measures with their shares; those that are left open, of the selection of cells too,
  /// share the rest equally.
  ///
  /// - Returns: The measures, and the share of selection; zero where nothing is selected.
  static func read(
    _ top: MappingReader,
    besides selection: SelectionSection
  ) throws(SpecificationError) -> ([MeasureRequest], selection: Rational) {
    let field = try top.required("measures", example: "measures: [{count: signals}]")
    var found: [(measure: Measure, share: Rational?)] = []
    for item in try field.items() {
      let keys = try item.mapping(["count", "share"], later: ["sum", "range", "grid", "mean"])
      let count = try keys.required("count", example: "{count: signals}")
      let name = try count.choice(CountName.self).rawValue
      let measure: Measure = name == Measure.units.rawValue ? .units : .signals
      guard !found.contains(where: { $0.measure == measure }) else {
        throw count.error("`\(measure.rawValue)` is counted twice; keep one")
      }
      let share = try keys.optional("share")?.rational()
      if let share, share.signum <= 0 || share > .one {
        throw keys.error("share", "a share lies above 0 and is at most 1; write one such as 1/2")
      }
      found.append((measure, share))
    }
    let measured = found.compactMap(\.share).reduce(Rational.zero) { $0 + $1 }
    let given = measured + (selection.share ?? .zero)
    let open = found.count { $0.share == nil } + (selection.isShareOpen ? 1 : 0)
    guard given < .one || (given == .one && open == 0) else {
      throw field.error(
        open == 0
          ? "the shares add up to \(given), which is more than 1; make them smaller"
          : "the shares that are written leave nothing for the others; make them smaller"
      )
    }
    let rest = (.one - given) / Rational(max(open, 1))
    let requests = found.map { MeasureRequest(measure: $0.measure, share: $0.share ?? rest) }
    return (requests, selection.share ?? (selection.isShareOpen ? rest : .zero))
  }
}
