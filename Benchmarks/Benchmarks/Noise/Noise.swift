// Noise.swift: how long draws of the noise take; the figures are nanoseconds per draw.
// SPDX-License-Identifier: Apache-2.0

import Benchmark
import ExactArithmetic
import Sampling
import Yardsticks

let scales: [(name: String, t: Int, s: Int)] = [
  ("1/1000", 1, 1000), ("1", 1, 1), ("8", 8, 1), ("1000", 1000, 1), ("2^40", 1 << 40, 1),
]

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock],
    timeUnits: .nanoseconds,
    scalingFactor: .mega,
    maxDuration: .seconds(3),
    maxIterations: 2_000
  )
  for scale in scales {
    Benchmark("Discrete Laplace fill, scale \(scale.name)") { benchmark in
      let sampler = DiscreteLaplaceSampler(
        scale: Rational(BigInteger(scale.t), BigInteger(scale.s))
      )
      var values = [Int64](repeating: 0, count: benchmark.scaledIterations.count)
      benchmark.startMeasurement()
      sampler.fill(&values)
      benchmark.stopMeasurement()
      blackHole(values)
    }
    Benchmark("Canonne-Kamath-Steinke, scale \(scale.name)") { benchmark in
      let sampler = CanonneKamathSteinke(t: UInt64(scale.t), s: UInt64(scale.s))
      // Another seed each time: a processor soon learns the branches of one sequence by heart.
      var generator = FastGenerator(seed: UInt64(benchmark.currentIteration))
      var values = [Int64](repeating: 0, count: benchmark.scaledIterations.count)
      benchmark.startMeasurement()
      sampler.fill(&values, using: &generator)
      benchmark.stopMeasurement()
      blackHole(values)
    }
  }
}
