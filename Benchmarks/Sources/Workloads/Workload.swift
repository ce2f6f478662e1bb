// Workload.swift: small jobs of each part of the library, of the same size every time.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Hubbub

/// A job that benchmarks time and count.
public enum Workload: String, CaseIterable, Sendable {
  /// 100,000 draws at scale 8.
  case noise
  /// The smallest epsilon of 1,000 releases at scale 100.
  case accounting
  /// 200 spends from one account in a file.
  case ledger
  /// One report of 100,000 signals in 2,000 cells, on one thread, from CSV.
  case csv
  /// The same from JSON Lines.
  case jsonLines

  /// Makes the files that the job needs, in a folder that exists.
  public func prepare(in folder: String) throws {
    switch self {
    case .noise, .accounting: break
    case .ledger: try Self.createLedger(in: folder)
    case .csv: try Self.writeSignals(in: folder, format: .csv, name: "signals.csv")
    case .jsonLines: try Self.writeSignals(in: folder, format: .jsonLines, name: "signals.jsonl")
    }
  }

  /// Does the job once.
  public func run(in folder: String) async throws {
    switch self {
    case .noise:
      var values = [Int64](repeating: 0, count: 100_000)
      DiscreteLaplaceSampler(scale: 8).fill(&values)
    case .accounting:
      let releases = try ComposedMechanism(scale: 100, sensitivity: 1, times: 1_000)
      let delta = Rational(1, BigInteger(1_000_000_000))
      guard Composition([releases]).epsilon(delta: delta, digits: 20) != nil else {
        throw CocoaError(.featureUnsupported)
      }
    case .ledger:
      let ledger = try SQLiteLedger(opening: folder + "/budget.ledger")
      for number in 0..<200 {
        let loss = try PrivacyLoss(epsilon: Rational(1, 1_000))
        _ = try ledger.spend(Spend(loss: loss, day: "day \(number)"), dataset: "bench", id: nil)
      }
    case .csv, .jsonLines:
      let (specification, _) = try SpecificationReader.read(path: folder + "/spec.yaml")
      let ledger = try SQLiteLedger(opening: folder + "/budget.ledger")
      let releaser = Releaser(ledger: ledger, options: AggregationOptions(threads: 1))
      let id = try ReleaseID("bench-\(UInt64.random(in: 0 ... .max))")
      _ = try await releaser.release(
        under: AggregationPlan(specification),
        id: id,
        analyst: nil,
        day: "2026-11-01"
      )
    }
  }

  private static func createLedger(in folder: String) throws {
    let policy = LedgerPolicy(
      dataset: "bench",
      lifetime: try PrivacyLoss(epsilon: Rational(1_000_000))
    )
    try SQLiteLedger.create(at: folder + "/budget.ledger", policy: policy)
  }

  private static func writeSignals(
    in folder: String,
    format: SyntheticSignals.Format,
    name: String
  ) throws {
    let signals = SyntheticSignals(
      count: 100_000,
      units: 10_000,
      regions: 100,
      intents: 20,
      seed: 1
    )
    var bytes = Data()
    signals.write(format) { bytes.append(contentsOf: $0) }
    try bytes.write(to: URL(fileURLWithPath: folder + "/" + name))
    let spec = """
      name: bench
      dataset: bench
      signals:
        files: [\(name)]
        columns: {unit: user_id, region: region, intent: intent}
      bounds: {cells_per_unit: 4, signals_per_cell: 2}
      group_by: [region, intent]
      regions: [\(signals.regions.map { "\"\($0)\"" }.joined(separator: ", "))]
      intents: [\(signals.intents.joined(separator: ", "))]
      budget: {epsilon: 1}
      measures: [{count: signals}]
      """
    try Data(spec.utf8).write(to: URL(fileURLWithPath: folder + "/spec.yaml"))
    try createLedger(in: folder)
  }
}
