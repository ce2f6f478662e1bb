// TwoVerifiersTests.swift: both verifiers accept what is genuine and reject each forged release.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases
import TestSupport
import Testing

@Suite(.enabled(if: IndependentVerifier.isAvailable, "there is no python3"))
struct `Two verifiers` {
  /// Releases of further shapes than `ReleaseTextSamples`.
  static let genuine: [SampleRelease] =
    ReleaseTextSamples.all + SampleRelease.hierarchies + SampleRelease.boxes + [
      SampleRelease(unit: .personDay, bounds: (7, 3, nil), epsilon: Rational(1, 3)),
      SampleRelease(
        keys: [("day", ["2026-11-01", "2026-11-02", "2026-11-03"])],
        fileSHA256: nil,
        filters: ["stage": ["ready"], "source": [], "intent": ["a\"b", "\u{7f}"]],
        window: ["2026-11-01T00:00:00Z", "2026-12-01T06:30:00Z"],
        nonnegative: true,
        measures: [.units, .signals]
      ),
      SampleRelease(
        bounds: (2_147_483_647, 512, 2_147_483_647),
        measures: [.signals],
        epsilon: Rational(1, 511),
        confidence: Rational(1, 1000)
      ),
      SampleRelease(
        bounds: (3, 5, nil),
        window: ["2026-12-31", "2027-01-01"],
        epsilon: Rational(2, 9),
        schedule: (.day, 365, 365, Rational(1, BigInteger(10).power(12)))
      ),
      // So many losses that each count is taken for the worst noise of its epsilon.
      SampleRelease(
        bounds: (40, 1 << 20, nil),
        window: ["2026-11-02", "2026-11-09"],
        measures: [.signals],
        schedule: (.week, 50, 1, Rational(1, 3_000_000))
      ),
      // Shares whose losses meet on no lattice that is coarse enough.
      SampleRelease(
        bounds: (2, 3, 5),
        window: nil,
        measures: [.signals, .units],
        epsilon: Rational(1999, 4001),
        shares: [Rational(997, 1999), Rational(1002, 1999)],
        schedule: (.month, 20, 7, Rational(1, 1_000_000_000))
      ),
      SampleRelease(epsilon: 1000, confidence: Rational(999, 1000)),
      SampleRelease(window: ["2026-11-01T23:59:60.5+01:00", "2026-11-02 00:00z"]),
      SampleRelease(window: ["2026-11-01t22:30", "2026-11-01T22:30-0001"]),
      .runningCounts, SampleRelease(continual: (3, 40, 40)),
      SampleRelease(continual: (13, 1000, 1)),
      SampleRelease(
        keys: [("region", (0..<1200).map { "r\($0)" })],
        nonnegative: true,
        continual: (29, 365, 364)
      ),
      .runByDay, .runOfPersonDays, SampleRelease(name: "für alle", schedule: (.month, 3, 1, .zero)),
      SampleRelease(name: "", schedule: (.month, 3, 1, .zero)),
      SampleRelease(
        keys: [("region", (0..<700).map { "r\($0)" }), ("stage", ["a", "b", "c"])],
        confidence: Rational(99, 100)
      ),
    ]

  /// What the independent verifier finds in each forged release.
  static let findings = try? IndependentVerifier.findings(in: ForgedRelease.all.map(\.bytes))

  @Test func `agree with the test vectors of RFC 8032`() throws {
    let outcome = try IndependentVerifier.run(["--self-test"])
    #expect(outcome.status == 0, "\(outcome.text)")
  }

  @Test(arguments: genuine.indices)
  func `accept a genuine release`(index: Int) throws {
    let release = try Self.genuine[index].release().encoded()
    #expect(ReleaseVerification(of: release).findings == [])
    let outcome = try IndependentVerifier.verify(release)
    #expect(outcome.status == 0, "\(outcome.text)")
    #expect(outcome.text.hasPrefix("The release 2026-11-weekly-1 of 'signals-2026' holds.\n"))
  }

  @Test func `have a set of forged releases`() {
    #expect(ForgedRelease.all.count > 90)
  }

  @Test(arguments: ForgedRelease.all.indices)
  func `reject each forged release`(index: Int) throws {
    let forged = ForgedRelease.all[index]
    #expect(!ReleaseVerification(of: forged.bytes).holds, "\(forged.testDescription)")
    let findings = try #require(Self.findings)[index]
    #expect(!findings.isEmpty, "\(forged.testDescription)")
    #expect(findings.allSatisfy { $0.utf8.count < 2000 && $0.hasSuffix(".") })
  }

  @Test func `end with 1 where a release does not hold, and say what it is`() throws {
    let scale = try #require(Forgery.all.first { $0.testDescription == "wrong scale" })
    let outcome = try IndependentVerifier.verify(try scale.forged())
    #expect(outcome.status == 1)
    #expect(
      outcome.text.hasPrefix(
        "  signals: the scale is 6, but sensitivity divided by epsilon is 12.\n"
      )
    )
    #expect(outcome.text.hasSuffix("The release does not hold.\n"))
  }

  @Test func `end with 2 where there is nothing to read`() throws {
    #expect(try IndependentVerifier.run(["/nonexistent/release.json"]).status == 2)
    #expect(try IndependentVerifier.run([]).status == 2)
    #expect(try IndependentVerifier.run(["--help"]).status == 0)
  }
}
