// ForgedLedgerTests.swift: `hubbub verify --ledger` derives the whole ledger, not one release of it.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite struct `A release and a forged ledger` {
  private static let hasPython =
    (try? HubbubProcess.run("python3 --version", in: "/tmp").status) == 0

  @Test(.enabled(if: hasPython, "there is no python3"))
  func `do not hold together where its run was committed under a second id`() throws {
    let folder = try MemoryDirectory()
    let made = try folder.run(
      """
      cat > spec.yaml <<END
      name: daily
      dataset: d
      signals: {files: [a.csv], columns: {unit: user_id, region: state, time: at}}
      bounds: {cells_per_unit: 1, signals_per_cell: 1}
      group_by: [region]
      regions: [CA, NY]
      schedule: {every: day, times: 3, from: 2025-11-01}
      budget: {epsilon: 1}
      measures: [{count: signals}]
      END
      printf 'dataset: d\\nlifetime: {epsilon: 3}\\n' > p
      hubbub ledger create l --policy p > /dev/null
      printf 'user_id,state,at\\nu,CA,2025-11-01\\n' > a.csv
      hubbub report spec.yaml --day 2025-11-01 --ledger l > /dev/null 2>&1
      hubbub verify out/2025-11-01/release.json --ledger l > /dev/null; echo $?
      """
    )
    #expect(made.output == "0\n", "\(made.errors)")
    // The schedule is entry 2, the run entries 3 to 5.
    let arguments = try ForgedEntries.arguments(
      adding: (3...5).map { .init($0, ["release_id": "again"]) },
      to: folder.path + "/l"
    )
    let words = arguments.map { "'" + $0.replacing("'", with: "'\\''") + "'" }
    let forged = try folder.run("python3 " + words.joined(separator: " "))
    #expect(forged.status == 0, "\(forged.errors)")
    let outcome = try folder.run("hubbub verify out/2025-11-01/release.json --ledger l")
    #expect(outcome.status == 1)
    #expect(
      outcome.output.contains(
        "does not hold (entry 6 holds a run that is not the next one of a schedule)"
      ),
      "\(outcome.output)"
    )
    #expect(outcome.output.hasSuffix("The release does not hold.\n"))
  }
}
