// ProgressBar.swift: how far reading has come, on a terminal and nowhere else.
// SPDX-License-Identifier: Apache-2.0

import Hubbub
import Synchronization

/// How far reading has come, in bytes: the size of the input is the one thing that is not secret.
///
/// Nothing is written unless standard error is a terminal.
struct ProgressBar {
  private static let width = 30

  /// What a run tells its progress to; `nil` where nobody watches.
  let observer: (@Sendable (ReadingProgress) -> Void)?
  private let shown = Shown()

  /// The percentage that stands on the terminal.
  private final class Shown: Sendable {
    let percent = Mutex<Int?>(nil)
  }

  init() {
    guard Diagnostics.isTerminal else {
      observer = nil
      return
    }
    let shown = self.shown
    observer = { progress in
      guard let total = progress.bytesInAll, total > 0 else { return }
      let percent = min(100, progress.bytesRead / max(1, total / 100))
      shown.percent.withLock { last in
        guard last != percent else { return }
        last = percent
        Diagnostics.write(Self.line(percent))
      }
    }
  }

  private static func line(_ percent: Int) -> String {
    let filled = percent * width / 100
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    return "\r[\(bar)] \(percent) %"
  }

  /// Takes the bar off the terminal.
  func clear() {
    shown.percent.withLock { last in
      guard last != nil else { return }
      last = nil
      Diagnostics.write("\r\u{1B}[K")
    }
  }
}
