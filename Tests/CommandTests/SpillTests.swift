// SpillTests.swift: reports on more signals than fit the memory, and disks that are full.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite struct `A report beyond its memory` {
  /// More signals of more units than `--memory 48M` holds, by one thread.
  private static let signals = """
    sed -i 's/epsilon: 1/epsilon: 2000/' spec.yaml
    echo 'dataset: d' > policy.yaml; echo 'lifetime: {epsilon: 10000}' >> policy.yaml
    hubbub ledger create l --policy policy.yaml > /dev/null 2>&1
    awk 'BEGIN { print "user_id,state,topic"; for (; i < 300000; i++) print "u" i ",CA,car" }' \
      > signals.csv
    mkdir room; export TMPDIR="$PWD/room"
    again() {
      TMPDIR=/tmp hubbub report spec.yaml --ledger l --id a --format csv 2> /dev/null | cut -d, -f 1-3
      hubbub ledger history l | grep -c commit
    }

    """
  private static let report = "hubbub report spec.yaml --ledger l --id a --threads 1 --memory 48M"
  // So little noise that a count differs from the exact one once in e^1000 runs.
  private static let counts = """
    region,intent,signals
    CA,car,300000
    CA,home,0
    NY,car,0
    NY,home,0
    1

    """

  private func run(_ script: String) throws -> Outcome {
    let folder = try MemoryDirectory()
    try SmallReport.write(in: folder)
    let outcome = try folder.run(Self.signals + script)
    return Outcome(
      status: outcome.status,
      output: outcome.output,
      errors: outcome.errors.replacingOccurrences(of: folder.path, with: "HERE")
    )
  }

  @Test func `goes through a file that leaves nothing`() throws {
    let outcome = try run("\(Self.report) > /dev/null 2>&1; echo $?; ls -A room; again")
    #expect(outcome.output == "0\n" + Self.counts)
  }

  private func failure(_ reason: String, isHeld: Bool) -> String {
    """
    Error: HERE/room: a temporary file for signals that may not fit the memory fails (\(reason)); make \
    room, name another folder in TMPDIR, or allow more memory
    """
      + (isHeld
        ? ". The loss is held: `hubbub report spec.yaml --ledger l --id a` finishes the release at no "
          + "further cost.\n"
        : "; nothing was spent\n")
  }

  /// Signals of which all are counted, and as many bytes of which none is.
  private static let none = "sed -i 's/,CA,/,XX,/' signals.csv; "
  private static let held = "hubbub ledger history l | grep -cE 'reserve|open'\n"

  @Test(arguments: ["", none], ["48M", "4G"])
  func `is exit 3 before anything is held where the folder takes no file`(
    change: String,
    memory: String
  ) throws {
    let outcome = try run(
      """
      \(change)head -3 signals.csv > few.csv; mv few.csv signals.csv; export TMPDIR="$PWD/nowhere"
      hubbub report spec.yaml --ledger l --id a --threads 1 --memory \(memory); echo $?; \(Self.held)
      """
    )
    #expect(outcome.output == "3\n0\n")
    let errors = failure("No such file or directory", isHeld: false)
      .replacingOccurrences(of: "/room:", with: "/nowhere:")
    #expect(outcome.errors.hasSuffix(errors), "\(outcome.errors)")
  }

  @Test(arguments: ["", none])
  func `is exit 3 before anything is held where its file may not grow`(change: String) throws {
    let outcome = try run(
      "\(change)(ulimit -f 512; \(Self.report) > /dev/null); echo $?; ls -A room; \(Self.held)"
    )
    #expect(outcome.output == "3\n0\n")
    #expect(outcome.errors.hasSuffix(failure("File too large", isHeld: false)), "\(outcome.errors)")
  }

  @Test
  func `is exit 3 before anything is held where the size of a file that may not grow is unknown`()
    throws
  {
    let outcome = try run(
      """
      head -3 signals.csv | gzip > few; mv few signals.csv
      (ulimit -f 512; \(Self.report) > /dev/null); echo $?; \(Self.held)
      """
    )
    #expect(outcome.output == "3\n0\n")
    #expect(outcome.errors.hasSuffix(failure("File too large", isHeld: false)), "\(outcome.errors)")
  }

  /// A disk of 256 KiB at the folder of temporary files.
  private static func onSmallDisk(_ command: String) -> String {
    "unshare -m sh -c 'mount -t tmpfs -o size=256k tmpfs room; \(command); echo $?'\n"
  }

  @Test(.enabled(if: Machine.canMount, "needs to be root, to mount a disk"), arguments: ["", none])
  func `is exit 3 before anything is held where its disk has no room`(change: String) throws {
    let outcome = try run(change + Self.onSmallDisk("\(Self.report) > /dev/null") + Self.held)
    #expect(outcome.output == "3\n0\n")
    #expect(
      outcome.errors.hasSuffix(failure("No space left on device", isHeld: false)),
      "\(outcome.errors)"
    )
  }

  @Test(.enabled(if: Machine.canMount, "needs to be root, to mount a disk"))
  func `takes no room where its memory certainly holds all rows`() throws {
    let report = "hubbub report spec.yaml --ledger l --id a --threads 1 --memory 4G"
    let outcome = try run(Self.onSmallDisk("\(report) > /dev/null 2>&1") + "again")
    #expect(outcome.output == "0\n" + Self.counts)
  }

  @Test(.enabled(if: Machine.canMount, "needs to be root, to mount a disk"))
  func `is exit 3 where compressed signals fill its disk, and can be taken up`() throws {
    let outcome = try run(
      "gzip signals.csv; mv signals.csv.gz signals.csv\n"
        + Self.onSmallDisk("\(Self.report) > /dev/null") + "again"
    )
    #expect(outcome.output == "3\n" + Self.counts)
    #expect(
      outcome.errors.hasSuffix(failure("No space left on device", isHeld: true)),
      "\(outcome.errors)"
    )
  }

  @Test(.enabled(if: Machine.canInject, "needs strace, which may trace here"))
  func `leaves no file behind where it is killed, and can be taken up`() throws {
    // The file is the only one that is opened without a name; the kill comes at a later write to it.
    let outcome = try run(
      """
      strace -f -o trace -e trace=openat,pwrite64 -e inject=pwrite64:signal=KILL:when=60 \
        \(Self.report) > /dev/null 2>&1
      echo $?; grep -c O_TMPFILE trace; ls -A room; again
      """
    )
    #expect(outcome.output == "137\n1\n" + Self.counts)
  }

  @Test func `says how much memory it needs at least`() throws {
    let outcome = try run(
      """
      hubbub report spec.yaml --ledger l --memory 1M; echo $?
      hubbub report spec.yaml --ledger l --memory 47M --threads 1; echo $?
      hubbub report spec.yaml --ledger l --memory 48M --threads 8; echo $?
      hubbub ledger history l | grep -c reserve
      """
    )
    #expect(outcome.output == "2\n2\n2\n0\n")
    #expect(
      outcome.errors == """
        Error: --memory: is too small for this report; write 48M or more
        Error: --memory: is too small for this report; write 48M or more
        Error: --memory: is too small for this report; write 97M or more or fewer --threads

        """
    )
  }
}
