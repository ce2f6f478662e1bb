// ReleaseVerificationTests.swift: forged releases are caught, and each finding says which part.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases
import TestSupport
import Testing

/// One way to forge a release, and the part that must be found.
struct Forgery: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// Replacements in the text, one after the other.
  let edits: [(String, String)]
  /// How a finding begins that must be among them.
  let finding: String
  /// Whether the forger signs the edited body anew, so that its digest does not give it away.
  var redigested = true
  /// What is forged.
  let sample: SampleRelease

  init(
    _ name: String,
    of sample: SampleRelease = SampleRelease(),
    _ edits: [(String, String)],
    finding: String,
    redigested: Bool = true
  ) {
    self.sample = sample
    testDescription = name
    self.edits = edits
    self.finding = finding
    self.redigested = redigested
  }

  static let all: [Forgery] =
    ofStatistics + ofSchedules + ofWindows + ofPlaces + ofConsent + ofRunningCounts
    + ofPersonLosses + ofHierarchies + ofDisjointRuns + [
      Forgery(
        "wrong scale",
        [("\"scale\":\"12\"", "\"scale\":\"6\"")],
        finding: "measures[0] (signals).scale: the release has 6; it should have 12,"
      ),
      Forgery(
        "wrong sensitivity, with the scale to match",
        [
          ("\"scale\":\"8\",\"sensitivity\":4", "\"scale\":\"4\",\"sensitivity\":2"),
          ("\"half_width\":24", "\"half_width\":12"),
        ],
        finding: "measures[1] (units).sensitivity: the release has 2; it should have 4,"
      ),
      Forgery(
        "wrong scale, with half-widths to match",
        [
          ("\"scale\":\"12\"", "\"scale\":\"6\""), ("\"half_width\":36", "\"half_width\":18"),
          ("\"simultaneous_half_width\":57", "\"simultaneous_half_width\":29"),
        ],
        finding: "measures[0] (signals).scale: the release has 6; it should have 12,"
      ),
      Forgery(
        "wrong sensitivity alone",
        [("\"sensitivity\":6", "\"sensitivity\":3")],
        finding: "measures[0] (signals).sensitivity: the release has 3; it should have 6,"
      ),
      Forgery(
        "epsilon of the whole understated",
        [("{\"delta\":\"0\",\"epsilon\":\"1\"", "{\"delta\":\"0\",\"epsilon\":\"1/2\"")],
        finding: "privacy.epsilon: the release has 1/2; it should have 1,"
      ),
      Forgery(
        "epsilon of a measure understated",
        [("\"epsilon\":\"1/2\",\"half_width\":24", "\"epsilon\":\"1/4\",\"half_width\":24")],
        finding: "measures[1] (units).scale: the release has 8; it should have 16,"
      ),
      Forgery(
        "delta claimed",
        [("{\"delta\":\"0\",\"epsilon\":\"1\"", "{\"delta\":\"1/1000\",\"epsilon\":\"1\"")],
        finding: "privacy.delta: the release has 1/1000; it should have 0,"
      ),
      Forgery(
        "half-width shrunk by one",
        [("\"half_width\":36", "\"half_width\":35")],
        finding: "measures[0] (signals).half_width: the release has 35; it should have 36,"
      ),
      Forgery(
        "simultaneous half-width shrunk to the single one",
        [("\"simultaneous_half_width\":57", "\"simultaneous_half_width\":36")],
        finding: "measures[0] (signals).simultaneous_half_width: the release has 36; it should have"
      ),
      Forgery(
        "confidence overstated",
        [("\"confidence\":\"19/20\"", "\"confidence\":\"99/100\"")],
        finding: "measures[0] (signals).half_width: the release has 36; it should have 55,"
      ),
      Forgery(
        "confidence of one",
        [("\"confidence\":\"19/20\"", "\"confidence\":\"1\"")],
        finding: "measures[0] (signals).confidence: the release has 1; it should have a probability"
      ),
      Forgery(
        "bounds tightened",
        [("\"cells_per_unit\":4", "\"cells_per_unit\":2")],
        finding: "measures[0] (signals).sensitivity: the release has 6; it should have 4,"
      ),
      Forgery(
        "a cell outside the list",
        [
          ("\"region\":\"36061\"", "\"region\":\"99999\""),
          ("\"region\":\"36061\"", "\"region\":\"99999\""),
        ],
        finding: "query.keys, list_sha256 of region"
      ),
      Forgery(
        "one cell outside the list",
        [("\"region\":\"36061\"", "\"region\":\"99999\"")],
        finding:
          "cells, key region: the release has 4 different values; it should have the 3 values"
      ),
      Forgery(
        "a cell left out",
        [("\n{\"intent\":\"home.loan\",\"region\":\"01001\",\"signals\":173,\"units\":170},", "")],
        finding: "cells: the release has 5 cells; it should have 6,"
      ),
      Forgery(
        "a cell given twice",
        [
          (
            "\n{\"intent\":\"home.loan\",\"region\":\"01001\",\"signals\":173,\"units\":170},",
            "\n{\"intent\":\"auto.suv\",\"region\":\"01001\",\"signals\":173,\"units\":170},"
          )
        ],
        finding: "cells[1]: the release has 01001, auto.suv once more; it should have every"
      ),
      Forgery(
        "cells in another order",
        [
          ("\"region\":\"01001\"", "\"region\":\"x\""),
          ("\"region\":\"01001\"", "\"region\":\"y\""),
          ("\"region\":\"06037\"", "\"region\":\"01001\""),
          ("\"region\":\"06037\"", "\"region\":\"01001\""),
          ("\"region\":\"x\"", "\"region\":\"06037\""),
          ("\"region\":\"y\"", "\"region\":\"06037\""),
        ],
        finding: "query.keys, list_sha256 of region"
      ),
      Forgery(
        "two counts that change places",
        [
          ("\"intent\":\"auto.suv\",\"region\":\"06037\"", "\"intent\":\"a\",\"region\":\"06037\""),
          (
            "\"intent\":\"home.loan\",\"region\":\"06037\"",
            "\"intent\":\"auto.suv\",\"region\":\"06037\""
          ),
          (
            "\"intent\":\"a\",\"region\":\"06037\"", "\"intent\":\"home.loan\",\"region\":\"06037\""
          ),
        ],
        finding: "cells: the release has the combinations of the listed values in another order"
      ),
      Forgery(
        "a list of another length",
        [("\"count\":3", "\"count\":4"), ("\"count\":3", "\"count\":4")],
        finding: "cells: the release has 6 cells; it should have 8,"
      ),
      Forgery(
        "a certificate for other lists",
        [("\"count\":3", "\"count\":4")],
        finding: "certificate.cells: the release has something else; it should have the lists"
      ),
      Forgery(
        "an edited count",
        [("\"signals\":173", "\"signals\":9173")],
        finding: "certificate.body_sha256",
        redigested: false
      ),
      Forgery(
        "an edited name",
        [("weekly-intent", "weakly-intent")],
        finding: "certificate.body_sha256",
        redigested: false
      ),
      Forgery(
        "counts below zero that are said to be raised",
        [
          ("\"nonnegative\":false", "\"nonnegative\":true"),
          ("\"postprocessing\":[]", "\"postprocessing\":[\"nonnegative\"]"),
        ],
        finding: "cells[0]: the release has a count below zero"
      ),
      Forgery(
        "post-processing that the certificate hides",
        [
          ("\"nonnegative\":false", "\"nonnegative\":true"), ("\"signals\":-12", "\"signals\":0"),
          ("\"units\":-15", "\"units\":0"),
        ],
        finding: "certificate.postprocessing"
      ),
      Forgery(
        "an entry that follows itself",
        [
          (
            SampleRelease.digest(of: "entry 16"),
            SampleRelease.digest(of: "entry 17")
          )
        ],
        finding: "certificate.ledger.previous_sha256"
      ),
      Forgery(
        "an account other than the one that paid",
        [("\"ledger\":{\"dataset\":\"signals-2026\"", "\"ledger\":{\"dataset\":\"signals-2025\"")],
        finding: "certificate.ledger.dataset"
      ),
      Forgery(
        "a fraction not in lowest terms",
        [("\"scale\":\"12\"", "\"scale\":\"24/2\"")],
        finding:
          "the file: the release has a fault in its form (measures[0].scale must be a fraction"
      ),
      Forgery(
        "an extra key",
        [("\"created\"", "\"units_seen\":123456,\n\"created\"")],
        finding: "the file: the release has a fault in its form (units_seen is not a part"
      ),
      Forgery(
        "a space more",
        [("\"signals\":173", "\"signals\": 173")],
        finding: "the file: the release has the same content in another form from byte"
      ),
      Forgery(
        "keys in another order",
        [("\"signals\":173,\"units\":170", "\"units\":170,\"signals\":173")],
        finding: "the file: the release has the same content in another form from byte"
      ),
      Forgery(
        "a needless escape",
        [("weekly-intent", "weekly\\u002dintent")],
        finding: "the file: the release has the same content in another form from byte"
      ),
      Forgery(
        "an enormous scale",
        [("\"scale\":\"12\"", "\"scale\":\"1" + String(repeating: "0", count: 9000) + "\"")],
        finding: "measures[0] (signals).half_width: the release has what cannot be derived"
      ),
      Forgery(
        "an enormous confidence",
        [("\"confidence\":\"19/20\"", "\"confidence\":\"\(nearlyOne(digits: 4900))\"")],
        finding: "measures[0] (signals).half_width: the release has what cannot be derived"
      ),
      Forgery(
        "an enormous half-width",
        [("\"half_width\":36", "\"half_width\":36" + String(repeating: "0", count: 9000))],
        finding: "measures[0] (signals).half_width: the release has 36000"
      ),
      Forgery(
        "an enormous list",
        [
          ("\"count\":3", "\"count\":9223372036854775807"),
          ("\"count\":3", "\"count\":9223372036854775807"),
        ],
        finding: "cells: the release has 6 cells; it should have 18446744073709551614,"
      ),
    ]

  private static func nearlyOne(digits: Int) -> Rational {
    let power = BigInteger(10).power(digits)
    return Rational(power - 1, power)
  }

  /// The text of the forged release.
  func forged() throws -> [UInt8] {
    var text = try sample.text()
    for (old, new) in edits {
      let range = try #require(text.firstRange(of: old), "the sample holds no \(old)")
      text.replaceSubrange(range, with: new)
    }
    guard redigested else { return Array(text.utf8) }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let digest = SampleRelease.digest(
      of: lines.filter { !$0.hasPrefix("\"certificate\":") }.joined(separator: "\n")
    )
    let old = try sample.release().receipt.bodySHA256
    text.replace(old, with: digest)
    return Array(text.utf8)
  }
}

@Suite struct `Release verification` {
  @Test(arguments: ReleaseTextSamples.all.indices)
  func `finds nothing in a release that holds`(index: Int) throws {
    let release = try ReleaseTextSamples.all[index].release()
    let verification = ReleaseVerification(of: release.encoded())
    #expect(verification.holds, "\(verification.findings)")
    #expect(verification.release == release)
  }

  @Test(arguments: Forgery.all)
  func `finds a forgery`(forgery: Forgery) throws {
    let verification = ReleaseVerification(of: try forgery.forged())
    #expect(!verification.holds)
    #expect(
      verification.findings.contains { $0.description.hasPrefix(forgery.finding) },
      "\(verification.findings.map(\.description))"
    )
    #expect(verification.findings.allSatisfy { $0.description.utf8.count < 2000 })
    #expect(
      forgery.redigested
        == !verification.findings.contains { $0.what == "certificate.body_sha256" }
        || verification.findings.contains { $0.what == "the file" }
    )
  }

  @Test func `finds a body that holds every cell twice`() throws {
    let body = try SampleRelease().body()
    let doubled = ReleaseBody(
      id: body.id,
      name: body.name,
      dataset: body.dataset,
      created: body.created,
      specSHA256: body.specSHA256,
      privacy: body.privacy,
      bounds: body.bounds,
      query: body.query,
      measures: body.measures,
      cells: body.cells + body.cells,
      remaining: body.remaining
    )
    let release = Release(body: doubled, receipt: try SampleRelease().release().receipt)
    let findings = ReleaseVerification(of: release.encoded()).findings.map(\.description)
    #expect(findings.contains { $0.hasPrefix("cells[6]: the release has 01001, auto.suv once") })
    #expect(findings.contains { $0.hasPrefix("cells: the release has 12 cells;") })
  }

  @Test(arguments: ["", "not JSON", "{", "PK\u{3}\u{4}", "{}"])
  func `calls what is no release unreadable`(text: String) {
    let verification = ReleaseVerification(of: Array(text.utf8))
    #expect(verification.findings.count == 1)
    #expect(verification.findings.first?.what == "the file")
    #expect(verification.release == nil)
  }

  @Test func `calls a part of a release and a bare body unreadable`() throws {
    let release = try SampleRelease().release()
    for bytes in [Array(release.encoded().dropLast(40)), release.body.encoded()] {
      #expect(ReleaseVerification(of: bytes).findings.first?.what == "the file")
    }
  }

  @Test func `agrees with the ledger that holds the release`() throws {
    let release = try SampleRelease().release()
    let stored = StoredRelease(body: release.body.encoded(), receipt: release.receipt)
    #expect(ReleaseVerification(of: release.encoded()).matches(stored).isEmpty)
  }

  @Test func `tells each part in which the ledger differs`() throws {
    let release = try SampleRelease().release()
    let other = try SampleRelease(count: { _, _ in 0 }).release()
    let stored = StoredRelease(
      body: other.body.encoded(),
      receipt: LedgerReceipt(
        position: 18,
        head: SampleRelease.digest(of: "entry 18"),
        previous: release.receipt.head,
        bodySHA256: other.receipt.bodySHA256,
        dataPinned: false
      )
    )
    let findings = ReleaseVerification(of: release.encoded()).matches(stored)
    #expect(
      findings.map(\.what) == [
        "the body", "certificate.body_sha256", "certificate.ledger.position",
        "certificate.ledger.entry_sha256", "certificate.ledger.previous_sha256",
        "certificate.data",
      ]
    )
    #expect(ReleaseVerification(of: []).matches(stored).count == 1)
  }
}
