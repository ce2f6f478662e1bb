// Samples.swift: a spec and a policy that hold together, for tests to break.
// SPDX-License-Identifier: Apache-2.0

import PrivateAggregation
import TestSupport

@testable import Specifications

/// Texts that tests start from.
enum Samples {
  /// A spec, key by key; `nil` deletes a key and other values replace it.
  static func spec(_ changes: [String: String?] = [:]) -> String {
    let keys: [(String, String)] = [
      ("name", "weekly"),
      ("dataset", "signals-2026"),
      (
        "signals",
        "{files: [signals/*.csv], columns: {unit: user_id, region: fips, intent: intent, time: at}}"
      ),
      ("bounds", "{cells_per_unit: 4, signals_per_cell: 2}"),
      ("group_by", "[region, intent]"),
      ("regions", "[01001, NO]"),
      ("intents", "[auto.suv, home.loan]"),
      ("budget", "{epsilon: 1}"),
      ("measures", "[{count: signals, share: 1/2}, {count: units}]"),
    ]
    var text = ""
    for (key, value) in keys {
      let changed = changes[key] ?? value
      if let changed { text += "\(key): \(changed)\n" }
    }
    for (key, value) in changes.sorted(by: { $0.key < $1.key })
    where !keys.contains(where: { $0.0 == key }) {
      if let value { text += "\(key): \(value)\n" }
    }
    return text
  }

  /// Reads a spec as if it stood in `folder/spec.yaml`.
  static func read(
    _ text: String,
    in folder: String = "/data"
  ) throws(SpecificationError) -> ReportSpecification {
    try SpecificationReader.read(Array(text.utf8), path: folder + "/spec.yaml").0
  }

  /// The error of a spec, or of a policy, as text; `nil` where it is read.
  static func problem(_ text: String, in folder: String = "/data") -> String? {
    do {
      _ = try read(text, in: folder)
      return nil
    } catch {
      return error.description
    }
  }
}
