// ConsentForgeries.swift: releases whose rule on consent is none.
// Reference: `docs/consent.md`.
// SPDX-License-Identifier: Apache-2.0

import Releases
import Testing

extension SampleRelease {
  /// Signals counted with consent in a column of their own, and in the registry.
  static let underBoth = SampleRelease(purpose: "reports")
  /// Signals counted with consent in the registry.
  static let underRegistry = SampleRelease(consent: false, purpose: "re\u{301}ports <1>")
}

extension Forgery {
  private static let rule = "\"consent\":{\"by\":[\"column\",\"registry\"],\"purpose\":\"reports\"}"

  private static func consent(_ text: String, _ fault: String) -> Forgery {
    Forgery(
      "consent is \(text)",
      of: .underBoth,
      [(rule, "\"consent\":\(text)")],
      finding: "the file: the release has a fault in its form (query.consent\(fault)"
    )
  }

  private static let ways = " must be [\"column\",\"registry\"] or [\"registry\"]"

  /// Forged rules on consent.
  static let ofConsent: [Forgery] = [
    consent("{\"by\":[\"registry\",\"column\"],\"purpose\":\"reports\"}", ".by" + ways),
    consent("{\"by\":[\"column\"],\"purpose\":\"reports\"}", ".by" + ways),
    consent("{\"by\":[],\"purpose\":\"reports\"}", ".by" + ways),
    consent("{\"by\":[\"registry\"],\"purpose\":\"\"}", ".purpose must be the name"),
    consent("{\"by\":[\"registry\"]}", ".purpose is missing"),
    consent("{\"purpose\":\"reports\"}", ".by is missing"),
    // How many were left out is told nowhere, so a release that tells it is none.
    consent(
      "{\"by\":[\"registry\"],\"dropped\":3,\"purpose\":\"reports\"}",
      ".dropped is not a part of any release"
    ),
    consent("[\"registry\"]", " must be true or false"),
  ]
}

@Suite struct `Releases under a registry` {
  @Test(arguments: [SampleRelease.underBoth, .underRegistry])
  func `say the rule, and come back as they were`(sample: SampleRelease) throws {
    let release = try sample.release()
    let bytes = release.encoded()
    #expect(try Release(decoding: bytes) == release)
    let text = String(decoding: bytes, as: UTF8.self)
    let ways = sample.consent ? "[\"column\",\"registry\"]" : "[\"registry\"]"
    #expect(text.contains("\"consent\":{\"by\":\(ways),\"purpose\":\"\(sample.purpose ?? "")\"}"))
  }
}
