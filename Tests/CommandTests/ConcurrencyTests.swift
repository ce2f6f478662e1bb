// ConcurrencyTests.swift: several processes on one ledger at once.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite struct `Processes at once` {
  @Test func `never spend more than the budget`() throws {
    let folder = try MemoryDirectory()
    try folder.write("dataset: d\nlifetime: {epsilon: 1}\n", to: "policy.yaml")
    let outcome = try folder.run(
      """
      hubbub ledger create l --policy policy.yaml > /dev/null
      for i in 1 2 3 4 5 6 7 8; do
        (hubbub ledger spend l --epsilon 1/3 > /dev/null 2>&1; echo $?) &
      done
      wait
      hubbub ledger spend l --epsilon 1e-30 2>/dev/null | tail -n 1
      hubbub ledger verify l > /dev/null || echo broken
      """
    )
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count(where: { $0 == "0" }) == 3)
    #expect(lines.count(where: { $0 == "1" }) == 5)
    #expect(lines.last == "  left for ever      epsilon 0")
  }

  @Test func `open one account between them`() throws {
    let folder = try MemoryDirectory()
    try folder.write("dataset: d\nlifetime: {epsilon: 1}\n", to: "policy.yaml")
    let outcome = try folder.run(
      """
      for i in 1 2 3 4; do
        (hubbub ledger create l --policy policy.yaml > /dev/null 2>&1; echo $?) &
      done
      wait
      hubbub ledger verify l > /dev/null || echo broken
      ls
      """
    )
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count(where: { $0 == "0" }) == 1)
    #expect(lines.count(where: { $0 == "2" }) == 3)
    #expect(!lines.contains("broken"))
  }
}
