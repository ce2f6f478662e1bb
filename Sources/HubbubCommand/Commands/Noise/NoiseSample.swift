// NoiseSample.swift: `hubbub noise sample`, exact draws, one integer a line.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Hubbub

/// Exact draws, one integer a line.
struct NoiseSample: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Print exact draws of the noise, one integer a line.",
    discussion: """
      The same code draws the noise of a release. For example

        hubbub noise sample --scale 10/3 --count 1000000 > draws.txt
      """
  )

  @Option(parsing: .unconditional, help: "The scale, from 1/1000 to 2^40: 8, 0.5 or 10/3.")
  var scale: String

  @Option(parsing: .unconditional, help: "How many draws.")
  var count: String

  /// Draws made at a time.
  private static let batch = 1 << 15

  func run() throws {
    let scale = try ExactNumber.drawnScale(scale)
    guard let count = Int(count), count >= 0 else {
      throw CommandFailure.invalid("--count: `\(count)` is not a whole number; write 0 or more")
    }
    let sampler = DiscreteLaplaceSampler(scale: scale)
    var left = count
    while left > 0 {
      var values = [Int64](repeating: 0, count: min(left, Self.batch))
      sampler.fill(&values)
      var text: [UInt8] = []
      text.reserveCapacity(values.count * 8)
      for value in values {
        text.append(contentsOf: String(value).utf8)
        text.append(UInt8(ascii: "\n"))
      }
      try Results.write(text)
      left -= values.count
    }
  }
}
