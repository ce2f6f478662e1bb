// StandardInputTests.swift: signals from standard input are all counted, piped or redirected.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@Suite struct `Standard input` {
  /// A program of awk for `count` signals, one a unit.
  enum Form: String, CaseIterable {
    case csv = #"BEGIN { print "user_id,state,topic"; for (; i < N; i++) print "u" i ",CA,car" }"#
    case jsonl = ##"""
      BEGIN { for (; i < N; i++) printf "{\"user_id\":\"u%d\",\"state\":\"CA\",\"topic\":\"car\"}\n", i }
      """##
  }

  /// Fewer than a megabyte of bytes, and more than two.
  @Test(arguments: Form.allCases, [20, 200_000])
  func `is counted as a whole, from a pipe and from a file`(form: Form, count: Int) throws {
    let folder = try MemoryDirectory()
    try SmallReport.write(in: folder)
    try folder.write("dataset: d\nlifetime: {epsilon: 10000}\n", to: "policy.yaml")
    // So little noise that a count differs from the exact one once in e^1000 runs.
    let outcome = try folder.run(
      """
      sed -i 's/signals.csv/"-"/; s/epsilon: 1/epsilon: 2000/' spec.yaml
      awk -v N=\(count) '\(form.rawValue)' > input
      hubbub ledger create l --policy policy.yaml > /dev/null
      hubbub report spec.yaml --ledger l --id a --format csv < input | cut -d, -f 1-3
      cat input | hubbub report spec.yaml --ledger l --id b --format csv | cut -d, -f 1-3
      """
    )
    let counts = "region,intent,signals\nCA,car,\(count)\nCA,home,0\nNY,car,0\nNY,home,0\n"
    #expect(outcome.output == counts + counts, "\(outcome.errors)")
  }

  @Test(arguments: ["", "user_id,state,topic\nu,CA,car\n", #"{"user_id":"u","state":"CA"}"#])
  func `ends alike without a byte and with one signal`(text: String) throws {
    let folder = try MemoryDirectory()
    try SmallReport.write(in: folder)
    try folder.write(text, to: "input")
    let outcome = try folder.run(
      """
      sed -i 's/signals.csv/"-"/' spec.yaml; cp base l
      cat input | hubbub report spec.yaml --ledger l --id a --format csv | wc -l
      """
    )
    #expect(outcome.output == "5\n", "\(outcome.errors)")
  }

  @Test func `is of the format that the spec says`() throws {
    let folder = try MemoryDirectory()
    try SmallReport.write(in: folder)
    let outcome = try folder.run(
      """
      sed -i 's/\\[signals.csv\\]/["-", signals.csv], format: csv/; s/user_id/"{"/' spec.yaml
      sed -i 's/user_id/{/' signals.csv; cp base l
      hubbub report spec.yaml --ledger l --id a --format csv < signals.csv | wc -l
      """
    )
    #expect(outcome.output == "5\n", "\(outcome.errors)")
  }
}
