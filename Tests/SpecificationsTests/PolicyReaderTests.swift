// PolicyReaderTests.swift: what a policy means, and what each mistake is told.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Testing

@testable import Specifications

@Suite struct `Ledger policy` {
  private func read(_ text: String) throws(SpecificationError) -> LedgerPolicy {
    try PolicyReader.read(Array(text.utf8), path: "/data/policy.yaml")
  }

  @Test func `is read with all its parts`() throws {
    let policy = try read(
      """
      dataset: signals-2026
      privacy_unit: person-day
      signals: {files: [s/*.csv, /b.csv], unit: user_id, consent: ok, time: seen, registry: c/../consent.csv, purpose: reports}
      lifetime: {epsilon: 10, delta: 1e-6}
      daily: {epsilon: 1/3}
      analysts:
        "*": {epsilon: 1}
        alice: {epsilon: 2}
      dimension: {name: cohort, values: [north, south], touches: 2}
      population: 10000
      accounting: sum
      signing_key: keys/../owner.pem

      """
    )
    #expect(
      policy
        == LedgerPolicy(
          dataset: "signals-2026",
          privacyUnit: .personDay,
          pins: SignalPins(
            files: ["/data/s/*.csv", "/b.csv"],
            unitColumn: "user_id",
            consentColumn: "ok",
            timeColumn: "seen",
            registry: "/data/consent.csv",
            purpose: "reports"
          ),
          lifetime: try PrivacyLoss(epsilon: 10, delta: Rational(1, 1_000_000)),
          daily: try PrivacyLoss(epsilon: Rational(1, 3)),
          analysts: ["*": try PrivacyLoss(epsilon: 1), "alice": try PrivacyLoss(epsilon: 2)],
          dimension: SliceDimension(name: "cohort", values: ["north", "south"], touches: 2),
          population: 10_000,
          signingKey: SigningKey(file: "/data/owner.pem")
        )
    )
  }

  private static let changing =
    "is another thing at each run, so it pins nothing; name files that "
    + "stay"

  @Test func `may pin files of a folder in memory`() throws {
    let text = "dataset: a\nlifetime: {epsilon: 1}\nsignals: {files: /dev/shm/a/*.csv}\n"
    #expect(try read(text).pins?.files == ["/dev/shm/a/*.csv"])
  }

  @Test(arguments: [
    (
      "dataset: a\n",
      "1:1: the key `lifetime` is missing; write `lifetime: {epsilon: 10, delta: 1e-6}`"
    ),
    (
      "dataset: a\nlifetime: {epsilon: -1}\n",
      "2:21: lifetime.epsilon: a cap is at least zero; write a number such as 10"
    ),
    (
      "dataset: a\nlifetime: {epsilon: 1}\naccounting: zcdp\n",
      "3:13: accounting: under `zcdp` the lifetime needs a delta above 0, at which losses are held "
        + "against its epsilon; write `lifetime: {epsilon: 3, delta: 1e-6}`, or `accounting: sum`"
    ),
    (
      "dataset: a\nlifetime: {epsilon: 1, delta: 1e-9}\naccounting: rdp\n",
      "3:13: accounting: `rdp` is not known; write sum or zcdp"
    ),
    (
      "dataset: a\nlifetime: {epsilon: 1}\nanalyst: {}\n",
      "3:1: the key `analyst` is not known; did you mean `analysts`?"
    ),
    (
      "dataset: a\nlifetime: {epsilon: 1}\ndimension: {name: d, values: [a, a], touches: 1}\n",
      "3:34: dimension.values[2]: `a` is written twice; keep one"
    ),
    (
      "dataset: a\nlifetime: {epsilon: 1}\nprivacy_unit: person-day\nsignals: {unit: u}\n",
      "4:10: signals: does not pin the time, by which `person-day` tells units apart; write "
        + "`time: COLUMN` there too"
    ),
    (
      "dataset: a\nlifetime: {epsilon: 1}\nprivacy_unit: person-week\nsignals: {files: [a]}\n",
      "4:10: signals: does not pin the time, by which `person-week` tells units apart; write "
        + "`time: COLUMN` there too"
    ),
    (
      "lifetime: {epsilon: 1}\ndataset: a\nsignals: {registry: c.csv}\n",
      "3:21: signals.registry: needs its purpose beside it; write `purpose: reports` under `signals`"
    ),
    (
      "lifetime: {epsilon: 1}\ndataset: a\nsignals: {purpose: reports}\n",
      "3:20: signals.purpose: needs a registry beside it; write `registry: consent.csv` under "
        + "`signals`"
    ),
    (
      "lifetime: {epsilon: 1}\ndataset: a\nsignals: {registry: /dev/fd/3, purpose: p}\n",
      "3:21: signals.registry: `/dev/fd/3` is another thing at each run; a registry of consents is a "
        + "file that stays"
    ),
    (
      "lifetime: {epsilon: 1}\ndataset: a\nsignals: {files: [a.csv, '-']}\n",
      "3:18: signals.files: `-` \(changing)"
    ),
    (
      "lifetime: {epsilon: 1}\ndataset: a\nsignals: {files: /dev/stdin}\n",
      "3:18: signals.files: `/dev/stdin` \(changing)"
    ),
    (
      "lifetime: {epsilon: 1}\ndataset: a\nsignals: {files: '/d?v/fd/0'}\n",
      "3:18: signals.files: `/d?v/fd/0` \(changing)"
    ),
    (
      "lifetime: {epsilon: 1}\ndataset: a\nsignals: {files: ../proc/self/fd/0}\n",
      "3:18: signals.files: `/proc/self/fd/0` \(changing)"
    ),
  ])
  func `tells what is wrong, where and what to write`(text: String, expected: String) {
    let error = #expect(throws: SpecificationError.self) { try read(text) }
    #expect(error?.description == "/data/policy.yaml:" + expected)
  }
}
