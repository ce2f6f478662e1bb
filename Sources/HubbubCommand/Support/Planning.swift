// Planning.swift: from the path of a spec to its plan, with the warnings that a user should see.
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import Hubbub

/// A spec that was read and planned.
struct PlannedReport {
  let plan: AggregationPlan
  let output: OutputOptions
  /// The files of cells that the spec names.
  let cellFiles: [NamedCellFile]
  /// The shapes of the regions, where the spec names any.
  let map: ReportMap?
  private let path: String

  /// Reads and plans the spec at a path; reads no data.
  ///
  /// A map is parsed only once the pins of the account in `ledger`, if one is named, do not hold it.
  init(
    spec path: String,
    ledger: (() throws(CommandFailure) -> OpenedLedger)? = nil
  ) throws(CommandFailure) {
    let (specification, output, cellFiles) = try reading { () throws(SpecificationError) in
      try SpecificationReader.readNamingFiles(path: path)
    }
    do {
      plan = try AggregationPlan(specification)
    } catch {
      throw .invalid("\(path): \(Self.described(error))")
    }
    let dataset = specification.dataset
    map = try ReportMap(of: output, plan.specification) {
      (options, identity) throws(CommandFailure) in
      guard let ledger = try ledger?() else { return }
      if try Self.pinned(in: ledger, dataset).contains(identity) {
        throw CommandFailure(options.error(MapOptions.refusal))
      }
    }
    self.output = output
    self.cellFiles = cellFiles
    self.path = path
  }

  /// Refuses files of cells that the owner of the account pinned as signal files.
  func refusePinnedCells(_ ledger: OpenedLedger) throws(CommandFailure) {
    guard !cellFiles.isEmpty || map != nil else { return }
    let signals = try Self.pinned(in: ledger, plan.specification.dataset)
    for file in cellFiles where signals.contains(file.identity) {
      throw .invalid("\(path): \(file.refusal)")
    }
    if let map, signals.contains(map.identity) {
      throw CommandFailure(map.options.error(MapOptions.refusal))
    }
  }

  /// The files that the owner of an account pinned: of signals, and the registry of consents.
  private static func pinned(
    in ledger: OpenedLedger,
    _ dataset: String
  ) throws(CommandFailure) -> Set<FileIdentity> {
    let policy = try asking { () throws(LedgerError) in try ledger.policy(of: dataset) }
    guard let pins = policy.pins else { return [] }
    return FileIdentity.owned(by: pins.files ?? [], registry: pins.registry)
  }

  /// What a user should think about, in one sentence each.
  var warnings: [String] {
    PlanWarnings.of(plan) + [map?.warning].compactMap { $0 }
      + (PlaceText(plan)?.warnings(plan.specification.bounds) ?? [])
  }

  /// Writes the warnings to standard error.
  func warn() {
    for warning in warnings { Diagnostics.warn(warning) }
  }

  /// Writes those that follow from the owner's policy, which it gives.
  @discardableResult
  func warn(under ledger: OpenedLedger) throws(CommandFailure) -> LedgerPolicy {
    let dataset = plan.specification.dataset
    let policy = try asking { () throws(LedgerError) in try ledger.policy(of: dataset) }
    for warning in PlanWarnings.of(plan, under: policy) { Diagnostics.warn(warning) }
    return policy
  }

  static func described(_ error: PlanError) -> String {
    switch error {
    case .tooManyCells(let count, let limit):
      "group_by: the lists make \(count) cells, and one release holds at most \(limit); shorten a "
        + "list or group by fewer keys"
    case .scaleOutOfRange(let measure, let scale):
      "budget.epsilon: the noise on `\(measure.rawValue)` would have the scale \(scale), outside "
        + "1/1000 to 2^40; write another epsilon"
    case .selectionOutOfRange(let scale):
      "selection.share: selecting cells would need noise of the scale \(scale), outside 1/1000 to "
        + "2^40; write another share or another epsilon"
    case .quantilesOutOfRange(let scale):
      "budget.epsilon: the noise on the histogram of values would have the scale \(scale), outside "
        + "1/1000 to 2^40; write another epsilon"
    case .estimatesTooLong:
      "regions: the exact estimates of so irregular a hierarchy would be too long for a release; write "
        + "`consistent: none` for the raw counts alone, or a hierarchy of fewer levels"
    case .selectionWithoutDelta:
      "budget: cells that are found in the signals need a delta above 0 and below 1; write one such "
        + "as 1e-9"
    }
  }
}

/// The clock on the wall, in UTC.
enum Today {
  /// Today's label, `YYYY-MM-DD`.
  static var label: String { Date.now.formatted(.iso8601.year().month().day()) }

  /// The time, in whole seconds since 1970.
  static var second: Int64 { Int64(time(nil)) }

  /// The day that the user names, or today.
  static func day(named text: String?) throws(CommandFailure) -> CivilDay {
    guard let day = CivilDay(text ?? label) else {
      throw .invalid("--day: `\(text?.prefix(40) ?? "")` is not a day; write it as 2026-11-30")
    }
    return day
  }
}
