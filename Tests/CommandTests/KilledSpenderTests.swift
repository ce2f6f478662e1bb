// KilledSpenderTests.swift: four processes spend in a loop and are killed at random moments.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite struct `Spenders that are killed` {
  /// Runs spends in four workers and repeats each of them in the end.
  ///
  /// A worker runs its spends one by one, each killed after a random time of up to four times what
  /// an undisturbed one takes alone, and notes what was acknowledged.
  private static let script = """
    start=$(date +%s%N)
    for i in 1 2 3; do hubbub ledger show l > /dev/null; done
    each=$(($(date +%s%N) - start))
    delays() {
      awk -v seed=$1 -v count=$COUNT -v each=$each 'BEGIN {
        srand(seed)
        for (i = 0; i < count; i++) printf "%.4f\\n", rand() * each * 4 / 3e9 + 0.0001
      }'
    }
    work() {
      i=0
      for delay in $(delays $1); do
        i=$((i + 1))
        timeout -s KILL $delay hubbub ledger spend l --epsilon $PART --id p$1-$i > out-$1 2> error-$1
        status=$?
        case $status in
          0) echo p$1-$i >> noted-$1 ;;
          137) echo x >> killed-$1 ;;
          *) echo "spend p$1-$i ends with $status"; cat error-$1 ;;
        esac
      done
    }
    for worker in 1 2 3 4; do work $worker & done
    wait
    hubbub ledger verify l > /dev/null || echo broken
    hubbub ledger history l --limit 100000 --format json | sed -nE 's/.*"spend".*"id": "([^"]*)".*/\\1/p' \\
      | sort > ids
    [ -z "$(uniq -d ids)" ] || echo "an id was charged twice"
    cat noted-* 2>/dev/null | sort > noted
    [ -z "$(comm -23 noted ids)" ] || echo "an accepted spend was lost"
    echo "$(wc -l < ids) kept, $(wc -l < noted) noted, $(cat killed-* | wc -l) killed" > tally
    for worker in 1 2 3 4; do
      for i in $(seq $COUNT); do
        hubbub ledger spend l --epsilon $PART --id p$worker-$i > /dev/null || echo "p$worker-$i: $?"
      done
    done
    hubbub ledger spend l --epsilon 1e-30 > /dev/null 2>&1; [ $? = 1 ] || echo overspent
    hubbub ledger verify l | head -n 1
    hubbub ledger show l --format json | grep -oF '"remaining": {"lifetime": ["0", "0"]}'
    [ $COUNT -lt 50 ] || [ -s killed-1 ] || echo "nobody was killed"
    """

  @Test(arguments: [8, 100])
  func `lose nothing that was accepted and spend exactly the budget in the end`(
    count: Int
  ) throws {
    guard count < 10 || Machine.isPatient else { return }
    let folder = try MemoryDirectory()
    try folder.write("dataset: d\nlifetime: {epsilon: 1}\n", to: "policy.yaml")
    let outcome = try folder.run(
      "hubbub ledger create l --policy policy.yaml > /dev/null\n" + Self.script,
      environment: ["COUNT": "\(count)", "PART": "1/\(4 * count)"],
      seconds: 1200
    )
    let tally = try String(contentsOfFile: folder.path + "/tally", encoding: .utf8)
    print("\(4 * count) spends by four processes: \(tally)", terminator: "")
    #expect(
      outcome.output + outcome.errors == """
        The ledger holds: \(4 * count + 1) entries.
        "remaining": {"lifetime": ["0", "0"]}

        """
    )
  }
}
