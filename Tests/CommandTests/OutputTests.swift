// OutputTests.swift: outputs never stand where an input stands, and what to run again is whole.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct `Outputs of a report` {
  struct Clash: CustomTestStringConvertible, Sendable {
    let name: String
    /// What is done to the folder of `SmallReport`.
    let steps: String
    /// Further options of `hubbub report`.
    var options = ""
    /// The output that clashes, and what it would replace.
    let message: String

    var testDescription: String { name }
  }

  private static func signals(_ path: String) -> String {
    "sed -i 's|\\[signals.csv\\]|\(path)|' spec.yaml"
  }

  static let clashes = [
    Clash(
      name: "a signal file",
      steps: "mkdir out; mv signals.csv out/counts.csv; " + signals("out/counts.csv"),
      message: "HERE/out/counts.csv: the output would take the place of a signal file"
    ),
    Clash(
      name: "a signal file through a link",
      steps: "mkdir out; ln signals.csv out/counts.csv; ln -s out far",
      options: "--output far",
      message: "far/counts.csv: the output would take the place of a signal file"
    ),
    Clash(
      name: "a pattern of signal files",
      steps: "mkdir gl; mv signals.csv gl; " + signals("\"gl/*.csv\""),
      options: "--output gl",
      message: "gl/counts.csv: the output would take the place of signal files: it fits "
        + "`HERE/gl/*.csv`"
    ),
    Clash(
      name: "a pattern through a link",
      steps: "mkdir gl; mv signals.csv gl; ln -s gl far; " + signals("\"fa?/*.csv\""),
      options: "--output ./gl",
      message: "./gl/counts.csv: the output would take the place of signal files: it fits "
        + "`HERE/fa?/*.csv`"
    ),
    Clash(
      name: "the spec",
      steps: "mkdir out; mv spec.yaml out/counts.csv; ln -s out/counts.csv spec.yaml; "
        + "cp signals.csv out/",
      options: "--output out",
      message: "out/counts.csv: the output would take the place of the spec"
    ),
    Clash(
      name: "the ledger",
      steps: "mkdir out; cp l out/release.json; rm l; ln -s out/release.json l",
      message: "HERE/out/release.json: the output would take the place of the ledger"
    ),
    Clash(
      name: "a file of cells",
      steps: "mkdir out; printf 's\\nCA\\n' > out/counts.csv; "
        + "sed -i 's|^regions:.*|regions: out/counts.csv|' spec.yaml",
      message: "HERE/out/counts.csv: the output would take the place of a file of cells"
    ),
  ]

  @Test(arguments: clashes)
  func `are refused where an input stands, and nothing is spent`(clash: Clash) throws {
    let folder = try MemoryDirectory()
    try SmallReport.write(in: folder)
    let outcome = try folder.run(
      """
      cp base l
      \(clash.steps)
      find . -type f ! -name before | sort | xargs sha256sum > before
      hubbub report spec.yaml --ledger l --id a \(clash.options); echo $?
      sha256sum -c --quiet before
      hubbub ledger show l | grep Spent
      """
    )
    let lines = outcome.output.split(separator: "\n")
    try #require(lines.count == 2, "\(outcome.output)\(outcome.errors)")
    #expect(lines[0] == "2")
    #expect(lines[1].hasPrefix("Spent so far: epsilon 0"))
    let errors = outcome.errors.replacingOccurrences(of: folder.path, with: "HERE")
    #expect(
      errors == "Error: \(clash.message); name another folder with --output; nothing was spent\n"
    )
  }

  /// The first run cannot write its files; the command that it prints does.
  @Test func `that could not be written are written by the command that is printed`() throws {
    let folder = try MemoryDirectory()
    try SmallReport.write(in: folder)
    let outcome = try folder.run(
      """
      printf 'dataset: d\\nlifetime: {epsilon: 2}\\nanalysts: {"*": {epsilon: 2}}\\n' > p
      hubbub ledger create "l; x" --policy p > /dev/null
      mkdir -p "o ut/counts.csv"
      mv spec.yaml "it's.yaml"
      hubbub report "it's.yaml" --ledger "l; x" --id a --analyst "an a" --day 2026-11-30 \
        --output "o ut" 2> errors; echo $?
      rmdir "o ut/counts.csv"
      cut -d '`' -f 2 errors | grep '^hubbub' > again; cat again
      sh again > /dev/null; echo $?
      ls -A "o ut"
      """
    )
    #expect(
      outcome.output == """
        3
        hubbub report 'it'\\''s.yaml' --ledger 'l; x' --id a --analyst 'an a' --day 2026-11-30 \
        --output 'o ut'
        0
        counts.csv
        release.json
        report.html

        """
    )
    #expect(outcome.errors.contains("Release a was paid before"), "\(outcome.errors)")
  }

  @Test func `are not led elsewhere by a link under a name that can be foreseen`() throws {
    let folder = try MemoryDirectory()
    try SmallReport.write(in: folder)
    let outcome = try folder.run(
      """
      mkdir out; echo kept > other; exec 2> /dev/null
      sh -c 'ln -s ../other out/counts.csv.new-$$; exec hubbub report spec.yaml --ledger base' \
        > /dev/null
      cat other; find out -type f | sort
      """
    )
    #expect(outcome.output == "kept\nout/counts.csv\nout/release.json\nout/report.html\n")
  }

  @Test func `come with a warning where consent is declared without a time`() throws {
    let folder = try MemoryDirectory()
    try SmallReport.write(in: folder)
    let outcome = try folder.run(
      """
      sed -i 's/intent: topic/intent: topic, consent: c/' spec.yaml; hubbub plan spec.yaml
      sed -i 's/consent: c/consent: c, time: t/' spec.yaml; hubbub plan spec.yaml
      """
    )
    #expect(outcome.status == 0)
    #expect(
      outcome.errors
        == "Warning: `consent` is declared without `time`: a consent that is a date of "
        + "expiry then never counts as valid; write `time: COLUMN` under `signals.columns` if "
        + "there are any\n"
    )
  }
}
