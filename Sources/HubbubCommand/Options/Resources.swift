// Resources.swift: how many threads and how much memory a report may use.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// How many threads and how much memory a report may use, as far as it was said.
struct Resources {
  private let threads: Int?
  private let memory: Int?

  /// Reads what was said.
  init(threads: Int?, memory: String?) throws(CommandFailure) {
    if let threads, !(1...1024).contains(threads) {
      throw .invalid("--threads: `\(threads)` is out of range; write 1 to 1024")
    }
    self.threads = threads
    guard let memory else {
      self.memory = nil
      return
    }
    guard let size = ByteSize.read(memory) else {
      throw .invalid(
        "--memory: `\(memory.prefix(40))` is not a size; write one such as 512M or 2G"
      )
    }
    self.memory = size
  }

  /// What a report on so many cells works with.
  ///
  /// Of threads and memory what was said is kept to, and the other fitted to it.
  func options(cells: Int) throws(CommandFailure) -> AggregationOptions {
    let most = threads ?? AggregationOptions.processors
    func smallest(_ threads: Int) -> Int {
      AggregationOptions.smallestMemory(threads: threads, cells: cells)
    }
    guard let memory else {
      let enough = max(AggregationOptions.defaultMemory, smallest(most))
      return AggregationOptions(threads: most, memory: enough)
    }
    let least = threads ?? 1
    guard memory >= smallest(least) else {
      let size = ByteSize.text(smallest(least))
      let fewer = least > 1 ? " or fewer --threads" : ""
      throw .invalid("--memory: is too small for this report; write \(size) or more\(fewer)")
    }
    let fitting = (least...most).last { memory >= smallest($0) } ?? least
    return AggregationOptions(threads: fitting, memory: memory)
  }
}

/// Sizes of memory as people write them.
enum ByteSize {
  /// Reads `512M`, `2G`, `64MiB` or a number of bytes; `nil` for anything else and for zero.
  static func read(_ text: String) -> Int? {
    let digits = text.prefix { $0 >= "0" && $0 <= "9" }
    guard let number = Int(digits), number > 0 else { return nil }
    let shift: Int
    switch text.dropFirst(digits.count).uppercased() {
    case "", "B": shift = 0
    case "K", "KB", "KIB": shift = 10
    case "M", "MB", "MIB": shift = 20
    case "G", "GB", "GIB": shift = 30
    case "T", "TB", "TIB": shift = 40
    default: return nil
    }
    let (size, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
    return overflow ? nil : size
  }

  /// Writes a number of bytes in whole megabytes, rounded up.
  static func text(_ bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20)M" }
}
