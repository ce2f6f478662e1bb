// MechanismText.swift: `laplace:scale=B,sensitivity=S,times=K[,delta0=D]` on the command line.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

extension Account {
  /// Reads one `--mechanism`.
  static func read(_ text: String) throws(CommandFailure) -> ComposedMechanism {
    let shown = text.prefix(80)
    func failure(_ reason: String) -> CommandFailure {
      .invalid(
        "--mechanism: `\(shown)` \(reason); write laplace:scale=B,sensitivity=S,times=K[,delta0=D]"
      )
    }
    guard let colon = text.firstIndex(of: ":"), text[..<colon] == "laplace" else {
      throw failure("names no mechanism that is known")
    }
    var values: [String: String] = [:]
    for part in text[text.index(after: colon)...].split(separator: ",") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(pair[0])
      guard pair.count == 2, ["scale", "sensitivity", "times", "delta0"].contains(name) else {
        throw failure("has an unknown part `\(part.prefix(40))`")
      }
      guard values.updateValue(String(pair[1]), forKey: name) == nil else {
        throw failure("says \(name) twice")
      }
    }
    guard let scale = values["scale"], let sensitivity = values["sensitivity"] else {
      throw failure("lacks scale or sensitivity")
    }
    let delta = try values["delta0"].map { text throws(CommandFailure) in
      try ExactNumber.read(text, option: "--mechanism: delta0")
    }
    do {
      return try ComposedMechanism(
        scale: try ExactNumber.read(scale, option: "--mechanism: scale"),
        sensitivity: try whole(sensitivity, "sensitivity"),
        times: try whole(values["times"] ?? "1", "times"),
        delta: delta ?? .zero
      )
    } catch let error as CompositionError {
      throw failure(reason(error))
    } catch let error as CommandFailure {
      throw error
    } catch {
      throw failure("cannot be read")
    }
  }

  private static func whole(_ text: String, _ name: String) throws(CommandFailure) -> Int {
    let value = try ExactNumber.read(text, option: "--mechanism: \(name)")
    guard value.isInteger, let whole = Int(exactly: value.numerator) else {
      throw .invalid("--mechanism: \(name): `\(text.prefix(40))` is not a whole number")
    }
    return whole
  }

  private static func reason(_ error: CompositionError) -> String {
    switch error {
    case .scaleNotPositive: return "has a scale that is not above zero"
    case .outOfRange(let name, let limit): return "has \(name) outside 1 to \(limit)"
    case .deltaOutOfRange: return "has delta0 outside 0 to below 1"
    case .tooManyLosses(let limit):
      return "has sensitivity times times above \(limit); compose fewer at once"
    }
  }
}
