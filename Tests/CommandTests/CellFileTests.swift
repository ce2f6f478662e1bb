// CellFileTests.swift: a signal file is no list of cells, and no error shows what is in a file.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct `A file of cells` {
  struct Misuse: CustomTestStringConvertible, Sendable {
    let name: String
    /// What is done to the folder of `SmallReport`.
    let steps: String
    /// The ledger that `plan` is told of, where that matters.
    var ledger = ""
    /// What standard input is.
    var input = ""

    var testDescription: String { name }
  }

  private static func regions(_ text: String) -> String {
    "sed -i 's/^regions:.*/regions: \(text)/' spec.yaml"
  }

  /// Each names a signal file as the list of regions.
  static let misuses = [
    Misuse(name: "with units twice", steps: regions("{file: signals.csv, column: user_id}")),
    Misuse(name: "with another column", steps: regions("{file: signals.csv, column: no}")),
    Misuse(name: "without a column", steps: regions("signals.csv")),
    Misuse(
      name: "with a broken line",
      steps: "echo '\"alice' >> signals.csv; " + regions("{file: signals.csv, column: user_id}")
    ),
    Misuse(
      name: "through a link",
      steps: "ln -s signals.csv a.csv; ln signals.csv b.csv; "
        + regions("{file: b.csv, column: user_id}")
        + "; sed -i 's/files: .signals.csv./files: a.csv/' spec.yaml"
    ),
    Misuse(
      name: "with a bracket in its name",
      steps: "mv signals.csv 's[1].csv'; sed -i 's/\\[signals.csv\\]/\"s[1].csv\"/' spec.yaml; "
        + regions("{file: \"s[1].csv\", column: user_id}")
    ),
    Misuse(
      name: "as standard input",
      steps: "sed -i 's/\\[signals.csv\\]/\"-\"/' spec.yaml; "
        + regions("{file: signals.csv, column: user_id}"),
      input: "< signals.csv"
    ),
    Misuse(
      name: "as the owner pinned it",
      steps: """
        sed -i 's/\\[signals.csv\\]/other.csv/' spec.yaml; echo user_id,state,topic > other.csv
        printf 'state\\nCA\\n' > signals.csv
        printf 'dataset: d\\nlifetime: {epsilon: 2}\\nsignals: {files: "sig*.csv"}\\n' > p; rm base
        hubbub ledger create base --policy p > /dev/null
        \(regions("{file: signals.csv, column: state}"))
        """,
      ledger: "--ledger base"
    ),
  ]

  @Test(arguments: misuses)
  func `is refused where it is a signal file, before it is looked at`(misuse: Misuse) throws {
    let folder = try MemoryDirectory()
    try SmallReport.write(in: folder)
    let outcome = try folder.run(
      """
      printf 'alice,CA,car\\nalice,CA,car\\n' >> signals.csv
      \(misuse.steps)
      hubbub plan spec.yaml \(misuse.ledger) \(misuse.input); echo $?
      hubbub report spec.yaml --id a --ledger base \(misuse.input); echo $?
      hubbub ledger show base | grep Spent
      """
    )
    let lines = outcome.output.split(separator: "\n")
    try #require(lines.count == 3, "\(outcome.output)\(outcome.errors)")
    #expect(lines[0] == "2")
    #expect(lines[1] == "2")
    #expect(lines[2].hasPrefix("Spent so far: epsilon 0"))
    let errors = outcome.errors.split(separator: "\n")
    #expect(errors.count == 2)
    for error in errors {
      #expect(error.contains("and is also a signal file or the consent registry; "))
      #expect(!error.contains("alice"))
    }
  }

  /// Not even how its first line fails to be a map is told of a file that the owner pinned.
  @Test func `is no map either where the owner pinned it, whatever it holds`() throws {
    let folder = try MemoryDirectory()
    try SmallReport.write(in: folder)
    let outcome = try folder.run(
      """
      cp signals.csv other.csv; rm base
      printf 'dataset: d\\nlifetime: {epsilon: 2}\\nsignals: {files: "sig*.csv"}\\n' > p
      hubbub ledger create base --policy p > /dev/null
      sed -i 's/files: .signals.csv./files: other.csv/; /^output:/d' spec.yaml
      echo 'output: {map: signals.csv}' >> spec.yaml
      hubbub plan spec.yaml --ledger base; echo $?
      hubbub report spec.yaml --id a --ledger base; echo $?
      """
    )
    #expect(outcome.output == "2\n2\n")
    let errors = outcome.errors.split(separator: "\n")
    #expect(errors.count == 2 && errors.allSatisfy { $0.contains("is a file of signals or of") })
    #expect(!outcome.errors.contains("is not JSON"))
  }

  /// A file that the spec does not name as one of signals is not shown either.
  @Test(arguments: [
    ("{file: s.csv, column: x}", "regions.column: `s.csv` has no column `x`; "),
    ("s.csv", "regions: `s.csv` has several columns; "),
    ("{file: s.csv, column: alice}", "s.csv:3: has the same value as line 2; "),
    ("{file: s.csv, column: CA}", "s.csv:4: the value is longer than the 2 characters "),
  ])
  func `is never shown by an error`(regions: String, message: String) throws {
    let folder = try MemoryDirectory()
    try SmallReport.write(in: folder)
    let outcome = try folder.run(
      """
      printf 'alice,CA\\nbo,AK\\nbo,AL\\ncy,Utah\\n' > s.csv
      sed -i 's/region: state/region: {column: state, prefix: 2}/' spec.yaml
      \(Self.regions(regions))
      hubbub plan spec.yaml
      """
    )
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
    for word in ["cy", "Utah", "AK", "AL"] { #expect(!outcome.errors.contains(word)) }
  }
}
