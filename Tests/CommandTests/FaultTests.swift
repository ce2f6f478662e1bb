// FaultTests.swift: a disk without room, two runs at once, and what fault tests share.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What a fault test needs of the machine.
enum Machine {
  /// Whether `strace` can make system calls fail.
  static let canInject: Bool = {
    guard let folder = try? TemporaryDirectory() else { return false }
    let script = "strace -f -o /dev/null -e trace=close -e inject=close:delay_enter=1:when=1 true"
    return (try? HubbubProcess.run(script, in: folder.path).status) == 0
  }()

  /// Whether a small disk of its own can be mounted.
  static let canMount: Bool = {
    guard let folder = try? TemporaryDirectory() else { return false }
    let script = "unshare -m mount -t tmpfs -o size=64k tmpfs ."
    return (try? HubbubProcess.run(script, in: folder.path).status) == 0
  }()

  /// Whether a program can be told another time than the machine's.
  static let canFakeTime: Bool = {
    guard let folder = try? TemporaryDirectory() else { return false }
    let script = "[ $(TZ=UTC faketime '2026-03-01 23:59:50' date +%F) = 2026-03-01 ]"
    return (try? HubbubProcess.run(script, in: folder.path).status) == 0
  }()

  /// Whether long tests were asked for.
  static let isPatient = ProcessInfo.processInfo.environment["HUBBUB_LONG_TESTS"] != nil
}

/// A spec, its signals and a ledger with room for two reports.
enum SmallReport {
  static func write(in folder: MemoryDirectory) throws {
    var signals = "user_id,state,topic\n"
    for unit in 0..<200 { signals += "u\(unit),\(["CA", "NY"][unit % 2]),car\n" }
    try folder.write(signals, to: "signals.csv")
    try folder.write(
      """
      name: small
      dataset: d
      signals: {files: [signals.csv], columns: {unit: user_id, region: state, intent: topic}}
      bounds: {cells_per_unit: 2, signals_per_cell: 1}
      group_by: [region, intent]
      regions: [CA, NY]
      intents: [car, home]
      budget: {epsilon: 1}
      measures: [{count: signals}]

      """,
      to: "spec.yaml"
    )
    try folder.write("dataset: d\nlifetime: {epsilon: 2}\n", to: "policy.yaml")
    let made = try folder.run("hubbub ledger create base --policy policy.yaml")
    guard made.status == 0 else { throw CocoaError(.fileWriteUnknown) }
  }
}

@Suite struct `A small disk` {
  @Test(.enabled(if: Machine.canMount, "needs to be root, to mount a small disk"))
  func `a disk that is full says so and how to go on`() throws {
    let folder = try MemoryDirectory()
    try SmallReport.write(in: folder)
    try folder.write(
      """
      mkdir small && mount -t tmpfs -o size=256k tmpfs small
      fill() { head -c 256k /dev/zero > small/filler 2>/dev/null; }
      fill
      cp base l
      hubbub report spec.yaml --ledger l --id a --output small/out > printed; echo "exit $?"
      wc -c < printed
      hubbub report spec.yaml --ledger l --id a --output out > printed; echo "exit $?"
      hubbub ledger show l --format json | grep -oF '"remaining": {"lifetime": ["1", "0"]}'
      hubbub ledger create small/l --policy policy.yaml; echo "exit $?"
      rm small/filler; cp base small/l; fill
      hubbub ledger spend small/l --epsilon 1 > printed; echo "exit $?"
      rm small/filler
      hubbub ledger spend small/l --epsilon 2; echo "exit $?"
      hubbub ledger verify small/l > /dev/null; echo "exit $?"
      hubbub noise sample --scale 1 --count 10 > /dev/full; echo "exit $?"
      """,
      to: "steps"
    )
    let outcome = try folder.run("exec unshare -m sh steps 2>&1")
    #expect(
      outcome.output == """
        Error: small/out/release.json: the file could not be written (No space left on device). The \
        release is paid and kept in the ledger: `hubbub report spec.yaml --ledger l --id a \
        --output small/out` writes it again at no cost.
        exit 3
        0
        Release a was paid before: the same numbers again, at no cost.
        Wrote out/release.json, out/counts.csv, out/report.html
        exit 0
        "remaining": {"lifetime": ["1", "0"]}
        Error: small/l: the disk is full (database or disk is full); make room and try again; \
        nothing is lost
        exit 3
        Error: small/l: the disk is full (disk I/O error); make room and try again; nothing is lost
        exit 3
        accepted
          left for ever      epsilon 0
        exit 0
        exit 0
        Error: the result could not be written to standard output (No space left on device); make \
        room or write elsewhere
        exit 3

        """
    )
  }
}

@Suite struct `Two runs of one release` {
  @Test func `pay once and tell the same numbers`() throws {
    let folder = try MemoryDirectory()
    try SmallReport.write(in: folder)
    let outcome = try folder.run(
      """
      cp base l
      for i in 1 2 3 4; do
        (hubbub report spec.yaml --ledger l --id a --output out$i --format csv > printed$i 2>/dev/null
        echo "exit $?") &
      done
      wait
      hubbub report spec.yaml --ledger l --id a --format csv > kept 2>/dev/null || echo unkept
      for i in 1 2 3 4; do
        [ -s printed$i ] && { cmp printed$i kept || echo differs; }
      done
      hubbub ledger verify l > /dev/null || echo broken
      hubbub ledger show l --format json | grep -oF '"remaining": {"lifetime": ["1", "0"]}'
      """
    )
    let lines = outcome.output.split(separator: "\n").map(String.init)
    let ends = lines.filter { $0.hasPrefix("exit") }
    #expect(ends.count == 4)
    #expect(ends.allSatisfy { $0 == "exit 0" || $0 == "exit 1" })
    #expect(ends.contains("exit 0"))
    #expect(lines.filter { !$0.hasPrefix("exit") } == [#""remaining": {"lifetime": ["1", "0"]}"#])
  }
}
