// SystemCallFaultTests.swift: every write, sync, rename and so on of a run fails in turn, or the run
// is killed there; then it is checked that nothing is lost and nothing is paid twice.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A kind of system call, and what happens at it.
struct SystemCallFault: CustomTestStringConvertible, Sendable {
  /// What is run: `report`, or `spend` of a ledger.
  let job: String
  let call: String
  /// As `strace` has it: `signal=KILL`, `error=EIO`, `error=ENOSPC`.
  let fault: String
  /// The one call of a plain run; where long tests were asked for it is every one.
  let sample: Int

  var testDescription: String { "\(job): \(fault) at each \(call)" }

  /// The calls that a job makes, with the one that a plain run tries.
  private static let calls = [
    "report": [
      ("openat", 4), ("read", 4), ("pread64", 11), ("pwrite64", 27), ("fdatasync", 5), ("fsync", 3),
      ("ftruncate", 2), ("mkdir", 1), ("write", 2), ("rename", 1), ("unlink", 1),
    ],
    "spend": [
      ("openat", 3), ("pread64", 8), ("pwrite64", 17), ("fdatasync", 3), ("ftruncate", 2),
      ("unlink", 2), ("write", 2),
    ],
  ]

  /// Every fault, or fewer for a plain run: no more than one for some calls.
  static let all: [SystemCallFault] = calls.sorted { $0.key < $1.key }.flatMap { job, calls in
    calls.flatMap { call, sample in
      faults(at: call).map { SystemCallFault(job: job, call: call, fault: $0, sample: sample) }
    }
  }

  private static func faults(at call: String) -> [String] {
    let reads = ["read", "pread64", "unlink"].contains(call)
    let all = ["signal=KILL", "error=EIO"] + (reads ? [] : ["error=ENOSPC"])
    if Machine.isPatient { return all }
    switch call {
    case "openat", "mkdir", "ftruncate", "unlink": return ["signal=KILL"]
    case "pwrite64": return all
    case "write", "rename": return ["signal=KILL", "error=ENOSPC"]
    default: return ["signal=KILL", "error=EIO"]
    }
  }
}

@Suite struct `A fault at any system call` {
  /// Makes each call of one kind fail in turn, until the run makes no such call any more.
  ///
  /// Of calls that also the loader of the program makes, those at the files of the job count.
  /// After each fault has to hold: the ledger verifies, no number is out that was not paid for,
  /// nothing that was acknowledged is lost, the same id finishes the job, and it was paid once.
  private static let script = """
    here=$PWD
    paths=
    case $CALL in openat|read|pread64)
      for file in spec.yaml signals.csv l l-wal l-shm out out/; do paths="$paths -P $here/$file"; done
      paths="$paths -P $here" ;;
    esac
    case $JOB in
      report)
        set -- hubbub report "$here/spec.yaml" --ledger "$here/l" --id a --format csv
        entry=commit ;;
      spend)
        set -- hubbub ledger spend "$here/l" --epsilon 1 --id a
        entry=spend ;;
    esac
    at=$FIRST hits=0
    while [ $at -le 300 ]; do
      rm -rf l l-wal l-shm out printed before; cp base l
      timeout -k 1 30 strace -f -o trace $paths -e trace=$CALL -e inject=$CALL:$FAULT:when=$at "$@" \\
        > printed 2> errors
      status=$?
      case $FAULT:$status in
        signal=KILL:137) hit=1 ;;
        signal=*) hit=0 ;;
        *) grep -q INJECTED trace && hit=1 || hit=0 ;;
      esac
      case $hit:$FAULT:$status in
        *:0|1:signal=*|1:error=*:3) ;;
        1:error=*:2) grep -q 'spec.yaml: cannot be read' errors || echo "ends with 2 at $at" ;;
        *) echo "ends with $status at $at"; cat errors ;;
      esac
      hubbub ledger verify l > /dev/null || echo "broken ledger at $at"
      hubbub ledger history l > history || echo "no history at $at"
      if [ -s printed ] || [ -e out/release.json ] || [ -e out/counts.csv ] || [ $status = 0 ]; then
        grep -q $entry history || echo "unpaid, or lost, at $at"
      fi
      if [ -e out/release.json ]; then
        hubbub verify out/release.json --ledger l > /dev/null || echo "unlike the ledger at $at"
        cp out/release.json before
      fi
      "$@" > again 2>&1 || { echo "not taken up at $at"; cat again; }
      if [ -e before ]; then cmp before out/release.json || echo "differs at $at"; fi
      hubbub ledger history l > history
      [ $(grep -c " $entry " history) = 1 ] || echo "not kept once at $at"
      hubbub ledger show l --format json | grep -qF '"remaining": {"lifetime": ["1", "0"]}' \\
        || echo "not paid once at $at"
      [ $hit = 0 ] && break
      at=$((at + 1)) hits=$((hits + 1))
      [ -n "$ONCE" ] && break
    done
    [ $hits -gt 0 ] && [ $at -le 300 ] && echo done
    echo $hits > hits
    """

  @Test(
    .enabled(if: Machine.canInject, "needs strace, which may trace here"),
    arguments: SystemCallFault.all
  )
  func `leaves the loss spent or the result kept, and the same id ends well`(
    fault: SystemCallFault
  ) throws {
    let folder = try MemoryDirectory()
    try SmallReport.write(in: folder)
    let outcome = try folder.run(
      Self.script,
      environment: [
        "JOB": fault.job, "CALL": fault.call, "FAULT": fault.fault,
        "FIRST": Machine.isPatient ? "1" : "\(fault.sample)",
        "ONCE": Machine.isPatient ? "" : "once",
      ],
      seconds: Machine.isPatient ? 1200 : 120
    )
    #expect(outcome.output + outcome.errors == "done\n")
    if Machine.isPatient {
      let hits = try String(contentsOfFile: folder.path + "/hits", encoding: .utf8)
      print("\(fault.testDescription): \(hits)", terminator: "")
    }
  }
}
