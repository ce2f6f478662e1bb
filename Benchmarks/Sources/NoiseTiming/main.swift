// main.swift: nanoseconds per draw, the median of many fills; the shortest way to one number.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Sampling
import Yardsticks

let rounds = 31

/// The median time of one draw in nanoseconds, in fills of so many draws.
func nanosecondsPerDraw(_ draws: Int, _ fill: (inout [Int64]) -> Void) -> Double {
  var values = [Int64](repeating: 0, count: draws)
  let clock = ContinuousClock()
  var times = (0..<rounds).map { _ in clock.measure { fill(&values) } }
  times.sort()
  return times[rounds / 2] / .nanoseconds(1) / Double(draws)
}

/// The number with one decimal.
func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

print("ns per draw, one thread, medians of \(rounds) fills")
print("scale\t100000 at once\t1000 at once\tCanonne-Kamath-Steinke\twords per draw")
for (name, t, s) in [
  ("1/1000", 1, 1000), ("1", 1, 1), ("8", 8, 1), ("1000", 1000, 1), ("2^40", 1 << 40, 1),
] {
  let sampler = DiscreteLaplaceSampler(scale: Rational(BigInteger(t), BigInteger(s)))
  let ours = nanosecondsPerDraw(100_000) { sampler.fill(&$0) }
  let few = nanosecondsPerDraw(1000) { sampler.fill(&$0) }
  let yardstick = CanonneKamathSteinke(t: UInt64(t), s: UInt64(s))
  var generator = FastGenerator(seed: 1)
  let theirs = nanosecondsPerDraw(100_000) { yardstick.fill(&$0, using: &generator) }
  print("\(name)\t\(rounded(ours))\t\(rounded(few))\t\(rounded(theirs))\t\(sampler.wordsPerDraw)")
}
