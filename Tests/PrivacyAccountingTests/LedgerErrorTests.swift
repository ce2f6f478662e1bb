// LedgerErrorTests.swift: ids that are taken, and errors that say what is wrong and the way out.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Testing

@Suite struct `Release ids` {
  @Test(arguments: ["a", "2026-01-01.weekly_7", "A" + String(repeating: "-", count: 127)])
  func `are letters, digits, dots, underscores and hyphens`(text: String) throws {
    #expect(try ReleaseID(text).description == text)
  }

  @Test(arguments: ["", "-a", ".a", "a b", "a/b", "\u{E9}", String(repeating: "a", count: 129)])
  func `are nothing else`(text: String) {
    #expect(throws: ReleaseIDError.malformed) { try ReleaseID(text) }
  }
}

@Suite struct `Ledger errors` {
  @Test func `say which caps stand in the way and what would fit`() throws {
    let refusal = BudgetRefusal(
      violated: [.analyst, .lifetime],
      remaining: RemainingBudget(
        lifetime: try loss("1/10", "1e-9"),
        daily: nil,
        analyst: try loss("1/3")
      ),
      asked: try loss("1/2")
    )
    #expect(
      "\(LedgerError.refused(refusal))"
        == "the spend of epsilon 1/2 would pass the lifetime budget, of which epsilon 1/10 and delta "
        + "1/1000000000 is left for ever, and the analyst's budget, of which epsilon 1/3 is left; "
        + "nothing was charged; at most epsilon 1/10 fits now"
    )
  }

  @Test func `say when nothing more fits, and repeat no endless number`() throws {
    let refusal = BudgetRefusal(
      violated: [.daily],
      remaining: RemainingBudget(lifetime: try loss("1"), daily: .zero, analyst: nil),
      asked: try loss("1e900")
    )
    #expect(
      "\(refusal)"
        == "the spend would pass the budget of the day, of which epsilon 0 is left under this "
        + "label; nothing was charged; nothing more fits now"
    )
  }

  @Test func `say where a store failed and what to do`() {
    let failure = LedgerFailure(kind: .full, place: "x/l", detail: "database or disk is full")
    #expect(
      "\(LedgerError.unavailable(failure))"
        == "x/l: the disk is full (database or disk is full); make room and try again; "
        + "nothing is lost"
    )
  }
}
