// ConsentSectionTests.swift: the registry that a spec names, and what each mistake is told.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import PrivateAggregation
import TestSupport
import Testing

@testable import Specifications

@Suite struct `Consent in a spec` {
  @Test func `names a registry and a purpose`() throws {
    let spec = try Samples.read(
      Samples.spec(["consent": "{registry: sub/../consent.csv, purpose: 007}"])
    )
    #expect(spec.consent == ConsentRequest(registry: "/data/consent.csv", purpose: "007"))
    #expect(spec.pins.registry == "/data/consent.csv" && spec.pins.purpose == "007")
    #expect(try Samples.read(Samples.spec()).consent == nil)
  }

  @Test(arguments: [
    (
      "consent.csv",
      "consent: is a registry and a purpose; write `consent: {registry: consent.csv, purpose: "
        + "reports}`; a column of consents goes under `signals.columns`"
    ),
    (
      "{registry: consent.csv}",
      "consent: the key `purpose` is missing; write `purpose: reports` under `consent`"
    ),
    (
      "{purpose: reports}",
      "consent: the key `registry` is missing; write `registry: consent.csv` under `consent`"
    ),
    (
      "{registry: c.csv, purposes: [a]}",
      "consent: the key `purposes` is not known; did you mean `purpose`?"
    ),
    (
      "{registry: '-', purpose: a}",
      "consent.registry: `-` is another thing at each run; a registry of consents is a file that "
        + "stays"
    ),
    (
      "{registry: c.csv, purpose: ''}",
      "consent.purpose: is empty; write a value or leave it out"
    ),
  ])
  func `tells what is wrong, and what to write`(text: String, message: String) {
    let problem = Samples.problem(Samples.spec(["consent": text]))
    #expect(problem?.hasSuffix(message) == true, "\(problem ?? "none")")
    #expect(problem?.hasPrefix("/data/spec.yaml:10:") == true)
  }

  /// A list of cells is public, and a registry is the owner's.
  @Test func `is no list of cells`() throws {
    let folder = try TemporaryDirectory()
    _ = try folder.write("unit,purpose\na,reports\n", to: "consent.csv")
    let problem = Samples.problem(
      Samples.spec([
        "consent": "{registry: consent.csv, purpose: reports}",
        "regions": "{file: consent.csv, column: unit}",
      ]),
      in: folder.path
    )
    let refusal = "`consent.csv` lists the values of `region` and is also a signal file or the"
    #expect(problem?.contains(refusal) == true)
  }
}
