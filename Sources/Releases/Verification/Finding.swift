// Finding.swift: one thing that a release claims and that does not follow.
// SPDX-License-Identifier: Apache-2.0

/// One thing that a release claims and that does not follow from the rest of it.
public struct Finding: Sendable, Hashable {
  /// The place in the release, as in `measures[0].scale`.
  public let what: String
  /// What the release has there.
  public let claimed: String
  /// What it should have there, and why.
  public let derived: String

  /// Makes a finding; text from the release is made fit for one line.
  public init(what: String, claimed: String, derived: String) {
    self.what = VisibleText.escaping(what, limit: 200)
    self.claimed = VisibleText.escaping(claimed, limit: 400)
    self.derived = VisibleText.escaping(derived, limit: 400)
  }
}

extension Finding: CustomStringConvertible {
  /// The finding as a sentence.
  public var description: String {
    "\(what): the release has \(claimed); it should have \(derived)."
  }
}
