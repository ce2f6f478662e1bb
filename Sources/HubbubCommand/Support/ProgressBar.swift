// ProgressBar.swift: how far reading has come, on a terminal and nowhere else.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Hubbub
import Synchronization

/// How far reading has come, in bytes, how fast it is and how long it will take.
///
/// The size of the input is the one thing that is not secret. Nothing is written unless standard error
/// is a terminal.
struct ProgressBar {
  /// The least time between two changes of the line, in milliseconds.
  private static let pause = 100

  /// What a run tells its progress to; `nil` where nobody watches.
  let observer: (@Sendable (ReadingProgress) -> Void)?
  private let shown = Shown()

  /// When the line was last changed, in milliseconds since the beginning.
  private final class Shown: Sendable {
    let time = Mutex<Int?>(nil)
  }

  init() {
    guard Diagnostics.isTerminal else {
      observer = nil
      return
    }
    let shown = self.shown
    let begin = Self.now
    observer = { progress in
      let time = Self.now - begin
      shown.time.withLock { last in
        let isWhole = progress.bytesRead == progress.bytesInAll
        if let last, !isWhole, time - last < Self.pause { return }
        last = time
        let line = ProgressLine(
          read: progress.bytesRead,
          total: progress.bytesInAll,
          milliseconds: time
        )
        Diagnostics.write("\r\(line)\u{1B}[K")
      }
    }
  }

  /// A clock that never goes back, in milliseconds.
  private static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }

  /// Takes the bar off the terminal.
  func clear() {
    shown.time.withLock { last in
      guard last != nil else { return }
      last = nil
      Diagnostics.write("\r\u{1B}[K")
    }
  }
}

/// One line of progress, in whole numbers.
struct ProgressLine: CustomStringConvertible {
  private static let width = 20

  /// The bytes that were read.
  let read: Int
  /// The bytes of all files, where they are known.
  let total: Int?
  /// The time since the beginning.
  let milliseconds: Int

  var description: String {
    let rate = milliseconds > 0 ? read / milliseconds * 1000 : 0
    let speed = rate > 0 ? ", \(Self.size(rate))/s" : ""
    guard let total, total > 0 else { return "\(Self.size(read)) read\(speed)" }
    let percent = min(100, read / max(1, total / 100))
    let filled = percent * Self.width / 100
    let bar =
      String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
    return "[\(bar)] \(percent) % of \(Self.size(total))\(speed)\(left(rate))"
  }

  private func left(_ rate: Int) -> String {
    guard let total, rate > 0, read < total else { return "" }
    return ", \(Self.time((total - read) / rate)) left"
  }

  /// A number of bytes as people say it.
  private static func size(_ bytes: Int) -> String {
    switch bytes {
    case ..<10_000_000: "\(bytes / 1000) kB"
    case ..<10_000_000_000: "\(bytes / 1_000_000) MB"
    default: "\(bytes / 1_000_000_000) GB"
    }
  }

  private static func time(_ seconds: Int) -> String {
    switch seconds {
    case ..<100: "\(seconds) s"
    case ..<6000: "\(seconds / 60) min"
    default: "\(seconds / 3600) h"
    }
  }
}
