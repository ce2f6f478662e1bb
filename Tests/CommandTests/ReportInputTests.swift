// ReportInputTests.swift: what a report says to bad input, and that it then spends nothing.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite struct `Input of a report` {
  /// A mistake: what is done to the folder, what is printed, and how the run ends.
  struct Mistake: CustomTestStringConvertible, Sendable {
    let name: String
    let steps: String
    let message: String
    var status: Int32 = 2

    var testDescription: String { name }
  }

  static func epsilon(_ text: String, _ message: String) -> Mistake {
    Mistake(
      name: "epsilon \(text)",
      steps: "sed -i 's|epsilon: 1|epsilon: \(text)|' spec.yaml",
      message: "spec.yaml:8:19: budget.epsilon: " + message
    )
  }

  private static let aboveZero =
    "epsilon must be above zero; write a number such as 1, 0.5 or 1/3 (a smaller one means more "
    + "privacy and more noise)"
  private static let exact =
    "is not an exact number; write an integer, a decimal such as 0.1 or 1e-9, or a fraction such "
    + "as 1/3"

  static let mistakes = [
    Mistake(
      name: "empty file",
      steps: ": > signals.csv",
      message: "HERE/signals.csv: has no header line; the first line names the columns; nothing "
        + "was spent"
    ),
    Mistake(
      name: "binary file",
      steps: "head -c 100000 /dev/zero | tr '\\0' '\\377' > signals.csv",
      message: "HERE/signals.csv: has no column `user_id`; check `signals.columns` in the spec; "
        + "nothing was spent"
    ),
    Mistake(
      name: "unknown column",
      steps: "sed -i 1s/state/region/ signals.csv",
      message: "HERE/signals.csv: has no column `state`; check `signals.columns` in the spec; "
        + "nothing was spent"
    ),
    Mistake(
      name: "directory",
      steps: "rm signals.csv; mkdir signals.csv",
      message: "HERE/signals.csv: is a folder; name its files in `signals.files`, such as "
        + "HERE/signals.csv/*.csv; nothing was spent",
      status: 3
    ),
    Mistake(
      name: "missing file",
      steps: "rm signals.csv",
      message:
        "HERE/signals.csv: there is no such file; check `signals.files` in the spec; nothing "
        + "was spent",
      status: 3
    ),
    Mistake(
      name: "pattern without a file",
      steps: "sed -i 's/signals.csv/\"*.none\"/' spec.yaml",
      message: "HERE/*.none: no file fits this pattern; check `signals.files` in the spec; nothing "
        + "was spent",
      status: 3
    ),
    Mistake(
      name: "pattern without quotes",
      steps: "sed -i 's/signals.csv/*.csv/' spec.yaml",
      message: "spec.yaml:3:20: a value that begins with * or & needs quotes; write \"*.csv\""
    ),
    Mistake(
      name: "unknown key",
      steps: "echo 'grup_by: [region]' >> spec.yaml",
      message: "spec.yaml:10:1: the key `grup_by` is not known; did you mean `group_by`?"
    ),
    epsilon("0", aboveZero),
    epsilon("-1", aboveZero),
    epsilon("nan", "`nan` " + exact),
    epsilon("1/0", "`1/0` divides by zero; write a fraction with another denominator"),
    epsilon(
      "1000000000000000000000000000000",
      "asks for so little noise on `signals` that it protects nobody (a scale below 1/1000); write "
        + "at most 2000"
    ),
    Mistake(
      name: "bound of zero",
      steps: "sed -i 's/signals_per_cell: 1/signals_per_cell: 0/' spec.yaml",
      message: "spec.yaml:4:47: bounds.signals_per_cell: `0` is out of range; write a whole number "
        + "from 1 to 2147483647"
    ),
    Mistake(
      name: "duplicate cells",
      steps: "printf 'CA\\nNY\\nCA\\n' > s.txt; sed -i 's/regions:.*/regions: s.txt/' spec.yaml",
      message: "HERE/s.txt:3: has the same value as line 1; keep one of the two lines"
    ),
    Mistake(
      name: "more cells than memory holds",
      steps:
        "seq 10000 > s; mv s s.txt; sed -i 's/s:.*CA.*/s: s.txt/; s/s:.*car.*/s: s.txt/' spec.yaml",
      message: "spec.yaml:5:11: group_by: the lists make 100000000 cells (10000 of region times "
        + "10000 of intent), and one release holds at most 4194304; shorten a list or group by "
        + "fewer keys"
    ),
    Mistake(
      name: "no ledger",
      steps: "rm l",
      message: "l: there is no ledger (no such file); create one, or name the place of yours"
    ),
    Mistake(
      name: "output that is a file",
      steps: "echo 'output: {directory: spec.yaml}' >> spec.yaml",
      message: "HERE/spec.yaml: `HERE/spec.yaml` is not a folder; name another with --output"
    ),
    Mistake(
      name: "more than the budget",
      steps: "sed -i 's/epsilon: 1/epsilon: 2.1/' spec.yaml",
      message:
        "the spend of epsilon 21/10 would pass the lifetime budget, of which epsilon 2 is left "
        + "for ever; nothing was charged; at most epsilon 2 fits now",
      status: 1
    ),
  ]

  @Test(arguments: mistakes)
  func `is told what is wrong, and nothing is spent`(mistake: Mistake) throws {
    let folder = try MemoryDirectory()
    try SmallReport.write(in: folder)
    let outcome = try folder.run(
      """
      cp base l
      \(mistake.steps)
      hubbub report spec.yaml --ledger l --id a
      """
    )
    let errors = outcome.errors.replacingOccurrences(of: folder.path, with: "HERE")
    #expect(errors == "Error: \(mistake.message)\n")
    #expect(outcome.status == mistake.status)
    #expect(outcome.output.isEmpty)
    #expect(try Self.spent(folder) == "0")
  }

  /// Signals that cannot be counted; the report is made all the same, and looks as any other.
  static let uncountable = [
    ("header only", "head -n 1 signals.csv > s; mv s signals.csv"),
    ("a line of 10 MB", "(printf 'u,CA,'; head -c 10000000 /dev/zero | tr '\\0' x) >> signals.csv"),
    ("empty units", "printf ',CA,car\\n,NY,car\\n' >> signals.csv"),
    ("a binary body", "(head -n 1 signals.csv; head -c 100000 /dev/urandom) > s; mv s signals.csv"),
    ("ragged rows", "printf 'u\\nu,CA\\nu,CA,car,more\\n\"u' >> signals.csv"),
  ]

  @Test(arguments: uncountable)
  func `that cannot be counted stops nothing and shows nowhere`(
    name: String,
    steps: String
  ) throws {
    let folder = try MemoryDirectory()
    try SmallReport.write(in: folder)
    let outcome = try folder.run(
      """
      cp base l
      \(steps)
      hubbub report spec.yaml --ledger l --id a --format csv | cut -d, -f 1,2,4
      """
    )
    #expect(
      outcome.output == """
        region,intent,signals_half_width
        CA,car,6
        CA,home,6
        NY,car,6
        NY,home,6

        """
    )
    let errors = outcome.errors.replacingOccurrences(of: folder.path, with: "HERE")
    #expect(
      errors == """
        Paid epsilon 1; left for ever: epsilon 1.
        Wrote HERE/out/release.json, HERE/out/counts.csv, HERE/out/report.html

        """
    )
    #expect(try Self.spent(folder) == "1")
  }

  @Test(.enabled(if: Machine.canMount, "needs to be root, to become somebody else"))
  func `that may not be read is exit 3, and nothing is spent`() throws {
    let folder = try MemoryDirectory()
    try SmallReport.write(in: folder)
    let outcome = try folder.run(
      """
      cp base l; chmod 777 . ; chmod 666 l; chmod 000 signals.csv
      cp "$(command -v hubbub)" tool
      setpriv --reuid 65534 --regid 65534 --clear-groups \
        ./tool report spec.yaml --ledger l --id a
      """
    )
    let errors = outcome.errors.replacingOccurrences(of: folder.path, with: "HERE")
    #expect(
      errors == "Error: HERE/signals.csv: cannot be read; check its permissions and the disk; "
        + "nothing was spent\n"
    )
    #expect(outcome.status == 3)
    #expect(try Self.spent(folder) == "0")
  }

  /// The whole epsilon that the ledger `l` has charged; `0` where it was taken away.
  private static func spent(_ folder: MemoryDirectory) throws -> String {
    let shown = try folder.run(
      "[ -e l ] || { echo 0; exit; }; hubbub ledger show l | sed -n 's/Spent so far: epsilon \\([^ ]*\\) .*/\\1/p'"
    )
    return shown.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
