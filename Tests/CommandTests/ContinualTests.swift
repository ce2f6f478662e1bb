// ContinualTests.swift: running counts that are killed anywhere, that race, and whose state is touched.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite struct `Running counts` {
  /// So little noise that none is drawn but with a chance of e^-100: what is released is what counted.
  ///
  /// Of the signals of a day, those of `heavy` fall in both cells every day and count once in all; each
  /// day brings one more unit to each cell.
  private static let files = """
    cat > spec.yaml <<END
    name: daily
    dataset: d
    signals: {files: [a.csv], columns: {unit: user_id, region: state, time: at}}
    bounds: {cells_per_unit: 1, signals_per_cell: 1}
    group_by: [region]
    regions: [CA, NY]
    continual: {every: day, horizon: 365, from: 2025-11-01, store: kept}
    budget: {epsilon: 400}
    measures: [{count: signals}, {count: units}]
    END
    printf 'dataset: d\\nlifetime: {epsilon: 400}\\n' > p
    hubbub ledger create l --policy p > /dev/null 2>&1
    export HUBBUB_LEDGER=l
    echo user_id,state,at > a.csv
    for day in 01 02 03 04 05 06 07 08 09; do
      for state in CA NY; do
        echo "heavy,$state,2025-11-$day" >> a.csv
        echo "u$state$day,$state,2025-11-$day" >> a.csv
      done
    done
    # What the counts of a day must add up to: two a day, and heavy once.
    right() {
      hubbub verify out/2025-11-$1/release.json --ledger l > /dev/null || echo "$1 does not hold"
      awk -F, -v day=$1 'NR > 1 { signals += $2; units += $4; if ($2 < day + 0) low = 1 }
        END { if (low || signals != 2 * day + 1 || units != signals) print day, signals, units }' \\
        out/2025-11-$1/counts.csv
    }

    """

  @Test func `count every unit within its bounds over the whole horizon`() throws {
    let folder = try MemoryDirectory()
    let outcome = try folder.run(
      Self.files + """
        for day in 01 02 03 04 05 06 07 08 09; do
          hubbub report spec.yaml --day 2025-11-$day > /dev/null 2>&1 || echo "exit $?"
          right $day
        done
        ls kept/d.daily | wc -l
        hubbub ledger show l --format json | grep -o '"remaining": {[^}]*}'
        hubbub ledger verify l | head -n 1
        """
    )
    #expect(
      outcome.output == """
        3
        "remaining": {"lifetime": ["0", "0"]}
        The ledger holds: 29 entries.

        """
    )
  }

  /// The calls at which runs are killed; a plain run tries those that bring files to the disk.
  private static let calls =
    ["fsync", "fdatasync"] + (Machine.isPatient ? ["rename", "unlink", "pwrite64"] : [])

  /// Each run of a day is killed at one system call, one further on each time, until a run passes; then
  /// the next day begins.
  @Test(
    .enabled(if: Machine.canInject, "needs strace, which may trace here"),
    arguments: calls
  )
  func `killed at any step lose no day and count nobody twice`(call: String) throws {
    let folder = try MemoryDirectory()
    let outcome = try folder.run(
      Self.files + """
        for day in $DAYS; do
          at=1
          while [ $at -le 200 ]; do
            strace -f -o trace -e trace=$CALL -e inject=$CALL:signal=KILL:when=$at \\
              hubbub report spec.yaml --day 2025-11-$day > printed 2> said
            status=$?
            if [ -s printed ]; then
              hubbub ledger history l | grep -q "commit.*2025-11-$day" || echo "unpaid at $at"
            fi
            [ $status = 0 ] && break
            [ $status = 137 ] || { echo "exit $status at $at"; cat said; break; }
            echo killed >> kills
            at=$((at + 1))
          done
          hubbub report spec.yaml --day 2025-11-$day > /dev/null 2>&1 || echo "exit $?"
          right $day
          cp out/2025-11-$day/release.json before
          hubbub report spec.yaml --day 2025-11-$day > /dev/null 2>&1
          cmp before out/2025-11-$day/release.json
        done
        [ $(wc -l < kills) -gt 5 ] || echo "nothing was killed"
        hubbub report spec.yaml --day 2025-11-04 > /dev/null 2>&1
        right 04
        ls kept/d.daily | wc -l
        hubbub ledger history l | grep -c ' commit '
        hubbub ledger verify l > /dev/null && echo verified
        """,
      environment: ["CALL": call, "DAYS": "01 02 03"],
      seconds: Machine.isPatient ? 1200 : 120
    )
    #expect(outcome.output + outcome.errors == "3\n4\nverified\n")
  }

  /// A pipe instead of a file holds the run at the point where it reads signals.
  @Test func `killed while they read are taken up again, and another run waits its turn`() throws {
    let folder = try MemoryDirectory()
    let outcome = try folder.run(
      Self.files + """
        hubbub report spec.yaml --day 2025-11-01 > /dev/null 2>&1
        mv a.csv whole.csv; mkfifo a.csv
        hubbub report spec.yaml --day 2025-11-02 > printed 2> said & run=$!
        (head -n 3 whole.csv; exec sleep 30) > a.csv & writer=$!
        until hubbub ledger history l | tail -n 1 | grep -q open; do sleep 0.02; done
        kill -9 $run; wait $run; [ -s printed ] && echo "a number came out"
        kill $writer; wait $writer 2> /dev/null
        rm a.csv; mv whole.csv a.csv
        (flock 9; sleep 2) 9> kept/d.daily/lock & holder=$!
        sleep 0.5
        hubbub report spec.yaml --day 2025-11-02 2>&1 > /dev/null | tail -n 1
        wait $holder
        hubbub report spec.yaml --day 2025-11-02 > /dev/null 2>&1; echo "exit $?"
        right 02
        hubbub ledger verify l > /dev/null && echo verified
        """
    )
    #expect(
      outcome.output.replacingOccurrences(of: folder.path, with: "FOLDER") == """
        Error: FOLDER/kept/d.daily: another run works with this state; wait until it has ended; \
        nothing was spent
        exit 0
        verified

        """
    )
  }

  @Test func `whose state was touched are refused, and go on once it is back`() throws {
    let folder = try MemoryDirectory()
    let outcome = try folder.run(
      Self.files + """
        day() { hubbub report spec.yaml --day $1 2>&1 > /dev/null | tail -n 1 | sed "s|$PWD|FOLDER|; \\
          s/[0-9a-f]\\{32\\}/NAME/"; }
        run() { hubbub report spec.yaml --day $1 > /dev/null 2>&1; echo "exit $?"; }
        run 2025-11-01
        cp -a kept older
        run 2025-11-02
        cp -a kept backup
        restore() { rm -rf kept; cp -a $1 kept; }
        restore older; day 2025-11-03; run 2025-11-03
        restore backup; rm kept/d.daily/key; day 2025-11-03
        restore backup; head -c 32 /dev/zero > kept/d.daily/key; day 2025-11-03
        restore backup; chmod 644 kept/d.daily/key; day 2025-11-03
        restore backup; printf x | dd of=$(ls kept/d.daily/*.state) bs=1 seek=600 conv=notrunc 2> dd
        day 2025-11-03
        restore backup; rm -rf kept; day 2025-11-03
        restore backup
        cp l other-l; rm -f new; hubbub ledger create new --policy p > /dev/null 2>&1
        HUBBUB_LEDGER=new day 2025-11-01
        HUBBUB_LEDGER=new run 2025-11-01
        sed 's/CA, NY/CA, NY, TX/' spec.yaml > changed; mv spec.yaml kept-spec; mv changed spec.yaml
        run 2025-11-03
        mv kept-spec spec.yaml
        hubbub ledger history l | grep -c reserve
        run 2025-11-03
        right 03
        """
    )
    #expect(
      outcome.output == """
        exit 0
        exit 0
        Error: FOLDER/kept/d.daily/NAME.state: the state that the last release names is missing; \
        restore it from a backup made after that release: an older one does not go on from there; \
        nothing was spent
        exit 3
        Error: FOLDER/kept/d.daily/key: the key of the state is missing; restore it from a backup, as \
        nothing else opens the state; nothing was spent
        Error: FOLDER/kept/d.daily/NAME.state: the state was sealed under another key; restore the key \
        beside it from the backup that goes with it; nothing was spent
        Error: FOLDER/kept/d.daily/key: others than its owner can read the key; run `chmod 600` on it; \
        nothing was spent
        Error: FOLDER/kept/d.daily/NAME.state: the state was altered or cut off, and does not open; \
        restore it from a backup made after the last release; nothing was spent
        Error: FOLDER/kept/d.daily/key: the key of the state is missing; restore it from a backup, as \
        nothing else opens the state; nothing was spent
        Error: FOLDER/kept/d.daily/NAME.state: there is the state of a run here that the ledger does \
        not know; name the ledger that it belongs to, or another `store` under `continual`; what was \
        released from it stays spent; nothing was spent
        exit 2
        exit 2
        2
        exit 0

        """
    )
  }

  /// With one period released, another ledger, or one that was restored, would release it once more.
  @Test func `are not begun again beside a state that the ledger does not know`() throws {
    let folder = try MemoryDirectory()
    let outcome = try folder.run(
      Self.files + """
        run() { hubbub report spec.yaml --day $1 > /dev/null 2>&1; echo "exit $?"; }
        cp l before
        run 2025-11-01
        ls kept/d.daily > names
        cp l after
        cp before l; rm -f l-wal l-shm; run 2025-11-01
        hubbub ledger create new --policy p > /dev/null 2>&1
        HUBBUB_LEDGER=new run 2025-11-01
        hubbub ledger history new | grep -c reserve
        cp -a kept held
        cp after l; rm -f l-wal l-shm
        run 2025-11-02
        cp held/d.daily/*.state kept/d.daily/; cp after l; rm -f l-wal l-shm; run 2025-11-02
        ls held/d.daily | cmp - names
        """
    )
    #expect(
      outcome.output == "exit 0\nexit 2\nexit 2\n0\nexit 0\nexit 2\n"
    )
  }

  /// A limit would tell the size of the state, run after run, at no cost.
  @Test func `write no state under a limit on the size of files`() throws {
    let folder = try MemoryDirectory()
    let outcome = try folder.run(
      Self.files + """
        day() { hubbub report spec.yaml --day 2025-11-01 2>&1 > /dev/null | tail -n 1; }
        (ulimit -f 1000000; day) | grep -o 'a limit on the size of files is set'
        hubbub ledger history l | grep -c reserve
        hubbub report spec.yaml --day 2025-11-01 > /dev/null 2>&1; echo "exit $?"
        ls kept/d.daily | wc -l
        """
    )
    #expect(outcome.output == "a limit on the size of files is set\n0\nexit 0\n3\n")
  }

  @Test func `keep their state where the policy says`() throws {
    let folder = try MemoryDirectory()
    let outcome = try folder.run(
      Self.files + """
        printf 'dataset: d\\nlifetime: {epsilon: 400}\\nsignals: {store: elsewhere}\\n' > pinned
        hubbub ledger create pl --policy pinned > /dev/null 2>&1
        export HUBBUB_LEDGER=pl
        run() { hubbub report spec.yaml --day 2025-11-01 "$@" 2>&1 > /dev/null | tail -n 1; }
        run | grep -o "pins in '[a-z.]*'"
        sed -i 's/store: kept/store: elsewhere/' spec.yaml
        mkdir elsewhere
        run --output elsewhere/out | grep -o 'place of the encrypted state'
        hubbub report spec.yaml --day 2025-11-01 > /dev/null 2>&1; echo "exit $?"
        ls elsewhere
        """
    )
    #expect(
      outcome.output == """
        pins in 'continual.store'
        place of the encrypted state
        exit 0
        d.daily

        """
    )
  }

  @Test func `that race release each day once`() throws {
    let folder = try MemoryDirectory()
    let outcome = try folder.run(
      Self.files + """
        for day in 01 02 03; do
          for i in 1 2 3; do
            (hubbub report spec.yaml --day 2025-11-$day --output out$i/2025-11-$day > printed$i 2>&1
            echo "exit $?" >> ends) &
          done
          wait
          hubbub report spec.yaml --day 2025-11-$day > /dev/null 2>&1; echo "exit $?"
          right $day
        done
        grep -v -e 'exit 0' -e 'exit 1' -e 'exit 3' ends
        hubbub ledger history l | grep -c ' commit '
        hubbub ledger verify l > /dev/null && echo verified
        """
    )
    #expect(outcome.output == "exit 0\nexit 0\nexit 0\n3\nverified\n")
  }
}
