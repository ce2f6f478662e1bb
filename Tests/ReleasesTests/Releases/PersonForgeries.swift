// PersonForgeries.swift: releases that say less than their unit costs a person.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases
import Testing

extension SampleRelease {
  /// Each day of a person is protected, over a window of thirty.
  static let ofPersonDays = SampleRelease(unit: .personDay, saysPerson: true)
  /// Each week of a person is protected, over a window of six.
  static let ofPersonWeeks = SampleRelease(unit: .personWeek, saysPerson: true)
  /// The person is protected.
  static let ofPersons = SampleRelease(saysPerson: true)
}

extension Forgery {
  private static func person(
    _ name: String,
    of sample: SampleRelease = .ofPersonDays,
    _ edits: (String, String)...
  ) -> Forgery {
    Forgery(name, of: sample, edits, finding: "privacy.person: the release has")
  }

  private static let words =
    "The signals of one person on one day (UTC) are protected together; for a person who was "
    + "active on several days the losses add up."

  /// Forged losses of a person.
  static let ofPersonLosses: [Forgery] = [
    person("person: fewer days", ("\"periods\":30", "\"periods\":1")),
    person("person: a smaller loss", ("\"epsilon\":\"30\"", "\"epsilon\":\"3\"")),
    person(
      "person: another delta",
      ("\"delta\":\"0\",\"epsilon\":\"30\"", "\"delta\":\"1/9\",\"epsilon\":\"30\"")
    ),
    person("person: no loss", ("\"delta\":\"0\",\"epsilon\":\"30\",", "")),
    person("person: no days", (",\"periods\":30", "")),
    person(
      "person: neither",
      ("\"delta\":\"0\",\"epsilon\":\"30\",", ""),
      (",\"periods\":30", "")
    ),
    person("person: fewer weeks", of: .ofPersonWeeks, ("\"periods\":6", "\"periods\":5")),
    person(
      "person: days of a whole person",
      of: .ofPersons,
      ("every day.\"}", "every day.\",\"periods\":30}")
    ),
    Forgery(
      "person: another meaning",
      of: .ofPersonDays,
      [(words, "All signals of one person are protected together.")],
      finding: "the file: the release has a fault in its form (privacy.person.meaning must be"
    ),
    Forgery(
      "person: half a loss",
      of: .ofPersonDays,
      [("\"delta\":\"0\",\"epsilon\":\"30\"", "\"epsilon\":\"30\"")],
      finding: "the file: the release has a fault in its form (privacy.person"
    ),
  ]
}

@Suite struct `Releases of days and weeks` {
  @Test(arguments: [SampleRelease.ofPersonDays, .ofPersonWeeks, .ofPersons])
  func `say what they cost a person, and come back as they were`(sample: SampleRelease) throws {
    let release = try sample.release()
    let bytes = release.encoded()
    #expect(try Release(decoding: bytes) == release)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("\"meaning\":\"\(sample.unit.meaning)\""))
    let said = ["person": "", "person-day": "\"epsilon\":\"30\"", "person-week": "\"periods\":6"]
    #expect(text.contains(said[sample.unit.rawValue] ?? "nothing"))
  }
}
