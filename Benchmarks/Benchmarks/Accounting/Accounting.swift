// Accounting.swift: how long certified composition takes, over the number of releases.
// SPDX-License-Identifier: Apache-2.0

import Benchmark
import ExactArithmetic
import PrivacyAccounting

/// What is composed: scale, sensitivity, number of releases.
let schedules: [(scale: Int, sensitivity: Int, times: Int)] = [
  (100, 1, 1), (100, 1, 10), (100, 1, 100), (100, 1, 1_000), (100, 1, 10_000), (100, 1, 100_000),
  (40, 4, 365),
]

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .cpuTotal],
    timeUnits: .microseconds,
    maxDuration: .seconds(5),
    maxIterations: 200
  )
  for schedule in schedules {
    let name = "scale \(schedule.scale), sensitivity \(schedule.sensitivity), k \(schedule.times)"
    for digits in [20, 40] {
      Benchmark("epsilon at 1e-9 to \(digits) digits, \(name)") { benchmark in
        guard
          let mechanism = try? ComposedMechanism(
            scale: Rational(schedule.scale),
            sensitivity: schedule.sensitivity,
            times: schedule.times
          )
        else { return benchmark.error("these parameters are out of range") }
        let delta = Rational(1, 1_000_000_000)
        benchmark.startMeasurement()
        blackHole(Composition([mechanism]).epsilon(delta: delta, digits: digits))
        benchmark.stopMeasurement()
      }
    }
  }
}
