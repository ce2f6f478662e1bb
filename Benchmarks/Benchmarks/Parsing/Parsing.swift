// Parsing.swift: what a report of 100,000 signals costs.
// SPDX-License-Identifier: Apache-2.0

import Benchmark
import Foundation
import Workloads

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .cpuTotal, .peakMemoryResident],
    timeUnits: .milliseconds,
    maxDuration: .seconds(5),
    maxIterations: 50
  )
  for workload in [Workload.csv, .jsonLines] {
    let folder = NSTemporaryDirectory() + "hubbub-" + UUID().uuidString
    Benchmark(workload.rawValue) { benchmark in
      for _ in benchmark.scaledIterations { try await workload.run(in: folder) }
    } setup: {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try workload.prepare(in: folder)
    } teardown: {
      try FileManager.default.removeItem(atPath: folder)
    }
  }
}
