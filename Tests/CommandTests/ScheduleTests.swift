// ScheduleTests.swift: runs of a declared schedule that are killed, and runs that race.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite struct `Runs of a schedule` {
  /// Three daily runs at epsilon 1 each, and a ledger that holds just that.
  private static let files = """
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
    export HUBBUB_LEDGER=l
    header='user_id,state,at'

    """

  /// A pipe instead of a file holds the run at the point where it reads signals.
  @Test func `that are killed while they read are taken up again and cost nothing more`() throws {
    let folder = try MemoryDirectory()
    let outcome = try folder.run(
      Self.files + """
        for day in 01 02 03; do
          rm -f a.csv; mkfifo a.csv
          hubbub report spec.yaml --day 2025-11-$day > printed 2> said & run=$!
          (printf '%s\\nu,CA,2025-11-01\\n' $header; exec sleep 30) > a.csv & writer=$!
          until hubbub ledger history l | tail -n 1 | grep -q open; do sleep 0.02; done
          kill -9 $run; wait $run; echo "killed $?"; kill $writer; wait $writer
          [ -s printed ] && echo "a number came out"
          hubbub ledger history l | tail -n 1 | grep -o 'd.daily.*'
          rm a.csv; printf '%s\\nu,CA,2025-11-01\\n' $header > a.csv
          hubbub report spec.yaml --day 2025-11-$day --id another > printed 2> said
          echo "another id $?"
          hubbub report spec.yaml --day 2025-11-$day > /dev/null 2>&1; echo "again $?"
          hubbub verify out/2025-11-$day/release.json --ledger l > /dev/null; echo "verified $?"
          hubbub ledger show l --format json | grep -o '"remaining": {[^}]*}'
        done
        hubbub ledger history l | grep -c schedule
        hubbub ledger verify l | head -n 1
        """
    )
    let day = { (day: String) in
      """
      killed 137
      d.daily.2025-11-\(day)
      another id 2
      again 0
      verified 0
      "remaining": {"lifetime": ["0", "0"]}

      """
    }
    #expect(
      outcome.output == day("01") + day("02") + day("03")
        + "1\nThe ledger holds: 17 entries.\n"
    )
  }

  @Test func `that race pay once, and each is released once`() throws {
    let folder = try MemoryDirectory()
    let outcome = try folder.run(
      Self.files + """
        printf '%s\\nu,CA,2025-11-01\\n' $header > a.csv
        for day in 01 02 03; do
          for i in 1 2 3; do
            (hubbub report spec.yaml --day 2025-11-$day --output out$i > printed$i 2>/dev/null
            echo "exit $?" >> ends) &
          done
          wait
          # Whoever lost the race may have superseded the winner's attempt; then it is taken up.
          hubbub report spec.yaml --day 2025-11-$day > /dev/null 2>&1
        done
        grep -v -e 'exit 0' -e 'exit 1' ends
        hubbub ledger history l | grep -c commit
        hubbub ledger history l | grep -c ' schedule '
        hubbub ledger show l --format json | grep -o '"remaining": {[^}]*}'
        hubbub ledger verify l > /dev/null; echo "verified $?"
        """
    )
    #expect(
      outcome.output == """
        3
        1
        "remaining": {"lifetime": ["0", "0"]}
        verified 0

        """
    )
  }
}
