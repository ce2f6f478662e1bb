// ClockTests.swift: a clock that runs backwards across midnight moves no spend to another day.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: Machine.canFakeTime, "needs faketime"))
struct `A clock that runs backwards across midnight` {
  @Test func `leaves each spend under the day that the clock said, and entries in order`() throws {
    let folder = try MemoryDirectory()
    try folder.write(
      "dataset: d\nlifetime: {epsilon: 2}\ndaily: {epsilon: 1/2}\n",
      to: "policy.yaml"
    )
    let outcome = try folder.run(
      """
      export TZ=UTC FAKETIME_DONT_FAKE_MONOTONIC=1
      at() { time=$1; shift; faketime -f "$time" "$@"; }
      spend() { at "$1" hubbub ledger spend l --epsilon $2 --id $3 2>/dev/null | head -n 1; }
      at '2026-03-01 12:00:00' hubbub ledger create l --policy policy.yaml > /dev/null
      spend '2026-03-01 23:59:50' 1/4 a
      spend '2026-03-02 00:00:10' 1/2 b
      spend '2026-03-01 23:59:55' 1/4 c
      # Each day is used up, whatever the clock does, and the same id stays on its first day.
      spend '2026-03-01 23:59:59' 1e-9 d
      spend '2026-03-02 00:00:20' 1e-9 e
      spend '2026-03-02 00:00:20' 1/4 a
      # A clock that jumps years is a label like any other.
      spend '2001-01-01 00:00:00' 1/2 f
      hubbub ledger history l --after 1 | sed -E 's/ +/ /g; s/ $//'
      hubbub ledger show l --day 2026-03-01 --format json | grep -oE '"daily": \\["0[^]]*\\]'
      hubbub ledger verify l | head -n 1
      """
    )
    #expect(
      outcome.output + outcome.errors == """
        accepted
        accepted
        accepted
        refused
        refused
        accepted
        accepted
         entry time what account epsilon delta day id
         2 2026-03-01T23:59:50Z spend d 1/4 0 2026-03-01 a
         3 2026-03-02T00:00:10Z spend d 1/2 0 2026-03-02 b
         4 2026-03-01T23:59:55Z spend d 1/4 0 2026-03-01 c
         5 2001-01-01T00:00:00Z spend d 1/2 0 2001-01-01 f
        "daily": ["0", "0"]
        The ledger holds: 5 entries.

        """
    )
  }

  @Test(.enabled(if: Machine.canInject, "needs strace, which may trace here"))
  func `keeps a run that died under the day of its first attempt`() throws {
    let folder = try MemoryDirectory()
    try SmallReport.write(in: folder)
    let outcome = try folder.run(
      """
      export TZ=UTC FAKETIME_DONT_FAKE_MONOTONIC=1
      printf 'dataset: d\\nlifetime: {epsilon: 2}\\ndaily: {epsilon: 1}\\n' > policy.yaml
      hubbub ledger create l --policy policy.yaml > /dev/null
      # The fourth sync is that of the step after signals were opened for reading.
      faketime -f '2026-03-02 00:00:05' strace -f -o trace -e trace=fdatasync \\
        -e inject=fdatasync:signal=KILL:when=4 hubbub report spec.yaml --ledger l --id a \\
        > /dev/null 2>&1
      hubbub ledger history l --after 1 | sed -E 's/ +/ /g; s/ $//' | cut -d' ' -f3-
      faketime -f '2026-03-01 23:59:50' hubbub report spec.yaml --ledger l --id a > /dev/null 2>&1
      echo $?
      hubbub ledger history l --after 1 | sed -E 's/ +/ /g; s/ $//' | cut -d' ' -f3-
      for day in 2026-03-01 2026-03-02; do
        hubbub ledger show l --day $day --format json | grep -oE '"remaining": [^}]*'
      done
      hubbub ledger verify l | head -n 1
      """
    )
    #expect(
      outcome.output + outcome.errors == """
        time what account epsilon delta day id
        2026-03-02T00:00:05Z reserve d 1 0 2026-03-02 a
        2026-03-02T00:00:05Z open d a
        0
        time what account epsilon delta day id
        2026-03-02T00:00:05Z reserve d 1 0 2026-03-02 a
        2026-03-02T00:00:05Z open d a
        2026-03-01T23:59:50Z resume d a
        2026-03-01T23:59:50Z open d a
        2026-03-01T23:59:50Z commit d a
        "remaining": {"lifetime": ["1", "0"], "daily": ["1", "0"]
        "remaining": {"lifetime": ["1", "0"], "daily": ["0", "0"]
        The ledger holds: 6 entries.

        """
    )
  }
}
