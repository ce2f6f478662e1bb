// ReleaseVerification+Notes.swift: what is true of a release, or not verified, and has to be known.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

extension ReleaseVerification {
  /// The delta above which a warning is given.
  private static let largeDelta = Rational(1, 1000)

  /// What is no fault of a release, but has to be known by whoever relies on it, a sentence each.
  ///
  /// That is a large delta, and lists that nothing in the release can verify.
  public var notes: [String] {
    guard let body = release?.body else { return [] }
    var deltas = [("this release", body.privacy.loss.delta)]
    if let schedule = body.schedule {
      deltas.append(("all runs of its schedule", schedule.price.loss.delta))
    }
    var notes = deltas.filter { $0.1 > Self.largeDelta }.map { what, delta in
      "Warning: delta \(VisibleText.escaping("\(delta)", limit: 120)) of \(what) is above "
        + "\(Self.largeDelta); with a chance that large nothing may be protected, whatever epsilon "
        + "is."
    }
    if let note = Self.personNote(on: body) { notes.append(note) }
    if let purpose = body.query.purpose {
      notes.append(
        "Not verified: that only signals with consent to '\(VisibleText.escaping(purpose, limit: 120))' "
          + "were counted; that rests on the registry that the owner keeps."
      )
    }
    guard let selection = body.selection else { return notes }
    for key in body.query.keys where !selection.keys.contains(key.name) {
      notes.append(
        "Not verified: the list of '\(VisibleText.escaping(key.name, limit: 120))', its count "
          + "\(key.count) and its digests; cells were selected, so the release need not hold all of "
          + "it."
      )
    }
    return notes
  }
}
