// CompressedInputTests.swift: reports on zstd files, with the library and without.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite struct `Compressed input` {
  /// One frame around a header and one signal, in one block as they are.
  private static let frame = #"""
    printf '\050\265\057\375\000\000\351\000\000user_id,state,topic\nu,CA,car\n' > signals.csv
    cp base l

    """#
  private static let command = "hubbub report spec.yaml --ledger l --id a"

  private func run(_ script: String) throws -> Outcome {
    let folder = try MemoryDirectory()
    try SmallReport.write(in: folder)
    let outcome = try folder.run(Self.frame + script)
    return Outcome(
      status: outcome.status,
      output: outcome.output,
      errors: outcome.errors.replacingOccurrences(of: folder.path, with: "HERE")
    )
  }

  @Test func `ends with 3 where it is cut off, and holds nothing`() throws {
    let outcome = try run(
      """
      head -c 20 signals.csv > s; mv s signals.csv
      \(Self.command); echo $?; hubbub ledger history l | grep -c reserve
      """
    )
    #expect(outcome.output == "3\n0\n")
    #expect(
      outcome.errors == """
        Error: HERE/signals.csv: its compression is damaged or cut off; make the file again; nothing was \
        spent

        """
    )
  }

  @Test(.enabled(if: Machine.canMount, "needs to be root, to hide a library"))
  func `in zstd is read by the system's library, and ends with 3 where that is missing`() throws {
    let outcome = try run(
      """
      library=$(/sbin/ldconfig -p | sed -n 's/.*libzstd.so.1 .*=> //p' | head -n 1)
      [ -n "$library" ] || exit 0
      unshare -m sh -c "mount --bind /dev/null $library; \(Self.command)"; echo $?
      \(Self.command) --format csv 2> /dev/null | wc -l
      """
    )
    guard !outcome.output.isEmpty else { return }
    #expect(outcome.output == "3\n5\n")
    #expect(
      outcome.errors == """
        Error: HERE/signals.csv: is zstd, and this system has no libzstd.so.1; install it (Debian: \
        libzstd1), or decompress the file; nothing was spent

        """
    )
  }
}
