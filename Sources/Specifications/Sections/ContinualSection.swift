// ContinualSection.swift: the part of a spec that asks for running counts over a horizon.
// Reference: `docs/continual.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import PrivateAggregation

/// The `continual` of a spec.
struct ContinualSection {
  /// What is asked.
  let request: ContinualRequest
  /// The periods of the horizon, as the runs of a schedule.
  let schedule: ReportSchedule
  /// What the first period counts.
  let window: TimeWindow

  /// Reads it where it is there.
  init?(
    _ top: MappingReader,
    _ signals: SignalSection,
    dataset: String,
    name: String,
    directory: String
  ) throws(SpecificationError) {
    guard let field = top.optional("continual") else { return nil }
    try Self.refuseOthers(top, field)
    guard signals.columns[.time] != nil else {
      throw field.error("running counts need a time; write `time: COLUMN` under `signals.columns`")
    }
    let keys = try field.mapping(["every", "horizon", "from", "arity", "store"])
    let every = try keys.required("every", example: "every: day").choice(SchedulePeriod.self)
    let horizon = try keys.required("horizon", example: "horizon: 365")
      .count(upTo: BalancedTree.longestHorizon)
    let first = try Self.first(keys, every)
    guard let id = ReportSchedule.name(dataset: dataset, spec: name) else {
      throw top.error(
        "name",
        "running counts need a name that leaves room for the days of their releases; write a shorter "
          + "one, here or as `dataset`"
      )
    }
    let schedule = ReportSchedule(
      name: id,
      every: every,
      times: horizon,
      first: first,
      delta: nil
    )
    guard schedule.endsInCalendar(from: first) else {
      throw keys.error("horizon", "the last period would end after the year 9999; write fewer")
    }
    let store = try keys.optional("store")?.text() ?? "hubbub-store"
    request = ContinualRequest(
      arity: try Self.arity(keys),
      store: PathText.absolute(store, from: directory)
    )
    self.schedule = schedule
    window = schedule.window(of: 0, from: first, like: nil)
  }

  /// The day on which the first period begins.
  private static func first(
    _ keys: MappingReader,
    _ every: SchedulePeriod
  ) throws(SpecificationError) -> CivilDay {
    let field = try keys.required("from", example: "from: 2026-11-01")
    let text = try field.text()
    guard let day = CivilDay(text) else {
      throw field.error("`\(text.prefix(40))` is not a day; write one such as 2026-11-30")
    }
    guard every.canBegin(on: day) else {
      throw field.error(
        "months begin on a day that every month has, from 1 to \(SchedulePeriod.lastDayOfMonth), and "
          + "not on \(day.label); write another day"
      )
    }
    return day
  }

  /// The arity of the tree, where it is written.
  private static func arity(_ keys: MappingReader) throws(SpecificationError) -> Int? {
    guard let field = keys.optional("arity") else { return nil }
    let arity = try field.count(upTo: BalancedTree.largestArity)
    guard BalancedTree.isArity(arity) else {
      throw field.error(
        "the arity of a balanced tree is odd, from 3 to \(BalancedTree.largestArity); leave it out for "
          + "the one with the smallest error"
      )
    }
    return arity
  }

  /// What cannot stand beside running counts.
  private static func refuseOthers(
    _ top: MappingReader,
    _ field: NodeReader
  ) throws(SpecificationError) {
    for (key, reason) in [
      ("schedule", "running counts are a schedule of their own, one run each period"),
      ("window", "running counts are about all periods from `from` on"),
      ("selection", "running counts have listed cells"),
      ("hierarchy", "running counts of a hierarchy are not offered"),
      ("places", "running counts by place are not offered"),
    ] where top.optional(key) != nil {
      throw top.error(key, "does not go with `continual`: \(reason); delete one of the two")
    }
  }

  /// Refuses keys, measures and regions that running counts do not offer.
  func check(
    _ top: MappingReader,
    keys: [GroupKey],
    isSelecting: Bool,
    measures: [MeasureRequest]
  ) throws(SpecificationError) {
    if let key = keys.first(where: { $0.column == .time }) {
      throw top.error(
        "group_by",
        "`\(key.rawValue)` does not go with `continual`, whose counts run over all periods; leave it "
          + "out, as each release tells the counts so far"
      )
    }
    if isSelecting {
      throw top.error(
        "continual",
        "does not go with `private` cells, of which nothing is known before the first period; list the "
          + "cells"
      )
    }
    if let other = measures.first(where: { $0.measure.range != nil }) {
      throw top.error(
        "measures",
        "`\(other.measure.rawValue)` does not go with `continual`; count signals or units"
      )
    }
  }
}
