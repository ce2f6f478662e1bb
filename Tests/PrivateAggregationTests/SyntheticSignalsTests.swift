// SyntheticSignalsTests.swift: made-up signals are reproducible, and their truth is what is written.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrivateAggregation
import Testing

@Suite struct `Synthetic signals` {
  private func text(
    _ signals: SyntheticSignals,
    _ format: SyntheticSignals.Format = .csv
  ) -> String {
    var bytes: [UInt8] = []
    signals.write(format) { bytes.append(contentsOf: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private struct Tally: Hashable {
    var signals = 0
    var units: Set<String> = []
    var consentedSignals = 0
    var consentedUnits: Set<String> = []
  }

  private func add(_ row: [String], to tallies: inout [String: Tally]) {
    let cell = row[1] + "/" + row[2]
    let isConsented =
      switch row[7] {
      case "true": true
      case "false": false
      default: row[3] < row[7]  // Both are in the same form, in which later is greater.
      }
    tallies[cell, default: Tally()].signals += 1
    tallies[cell, default: Tally()].units.insert(row[0])
    guard isConsented else { return }
    tallies[cell, default: Tally()].consentedSignals += 1
    tallies[cell, default: Tally()].consentedUnits.insert(row[0])
  }

  @Test(arguments: [0, 1, 2, 999, 20_000]) func `state the truth about what they write`(count: Int)
  {
    let signals = SyntheticSignals(count: count, units: 300, regions: 7, intents: 5, seed: 11)
    let lines = text(signals).split(separator: "\n")
    #expect(lines.first == "user_id,region,intent,timestamp,source,stage,amount,consent")
    #expect(lines.count == count + 1)
    var tallies: [String: Tally] = [:]
    for line in lines.dropFirst() {
      add(
        line.split(separator: ",", omittingEmptySubsequences: false).map(String.init),
        to: &tallies
      )
    }
    let truth = signals.truth()
    #expect(truth.count == 35)
    #expect(truth.reduce(0) { $0 + $1.signals } == count)
    for cell in truth {
      let tally = tallies[cell.region + "/" + cell.intent] ?? Tally()
      #expect(tally.signals == cell.signals)
      #expect(tally.units.count == cell.units)
      #expect(tally.consentedSignals == cell.consentedSignals)
      #expect(tally.consentedUnits.count == cell.consentedUnits)
    }
    if count == 20_000 {
      #expect(truth.allSatisfy { $0.consentedSignals < $0.signals || $0.signals < 50 })
      #expect(Set(tallies.values.flatMap(\.units)).count == 300)
    }
  }

  @Test func `are the same for the same seed and others for another`() {
    let one = SyntheticSignals(count: 500, units: 40, regions: 60, intents: 20, seed: 1)
    let again = SyntheticSignals(count: 500, units: 40, regions: 60, intents: 20, seed: 1)
    let other = SyntheticSignals(count: 500, units: 40, regions: 60, intents: 20, seed: 2)
    #expect(text(one) == text(again))
    #expect(text(one) != text(other))
    #expect(Set(one.regions).count == 60)
    #expect(Set(one.intents).count == 20)
    #expect(one.regions.first == "01001")
  }

  @Test func `say the same in both formats`() throws {
    let signals = SyntheticSignals(count: 200, units: 20, regions: 3, intents: 3, seed: 5)
    let rows = text(signals).split(separator: "\n").dropFirst()
    let objects = text(signals, .jsonLines).split(separator: "\n")
    #expect(rows.count == objects.count)
    for (row, object) in zip(rows, objects) {
      let decoded = try JSONSerialization.jsonObject(with: Data(object.utf8)) as? [String: Any]
      for ((_, name), value) in zip(SyntheticSignals.columns, row.split(separator: ",")) {
        if name == "amount" {
          #expect(object.contains("\"amount\":\(value),"))
        } else {
          #expect(decoded?[name] as? String == String(value))
        }
      }
    }
  }

  @Test func `have a few very active units and many quiet ones`() {
    let signals = SyntheticSignals(count: 10_000, units: 1000, regions: 2, intents: 2, seed: 3)
    var counts: [Substring: Int] = [:]
    for line in text(signals).split(separator: "\n").dropFirst() {
      counts[line.prefix(9), default: 0] += 1
    }
    let sizes = counts.values.sorted()
    #expect(sizes[sizes.count / 2] < 10)
    #expect((sizes.last ?? 0) > 80)
  }
}
