// swift-tools-version: 6.1
// Package.swift: the benchmarks of Hubbub, a package of their own so that users never build them.
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let package = Package(
  name: "hubbub-benchmarks",
  dependencies: [
    .package(name: "hubbub", path: ".."),
    // Without its traits it needs no allocator of its own.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .target(name: "Yardsticks"),
    .target(name: "Workloads", dependencies: [.product(name: "Hubbub", package: "hubbub")]),
    .executableTarget(name: "Instructions", dependencies: ["Workloads"]),
    .executableTarget(
      name: "Noise",
      dependencies: [
        "Yardsticks",
        .product(name: "Hubbub", package: "hubbub"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      // The benchmark plugin looks in this folder alone.
      path: "Benchmarks/Noise",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
    ),
    .executableTarget(
      name: "Ledger",
      dependencies: ["Workloads", .product(name: "Benchmark", package: "benchmark")],
      path: "Benchmarks/Ledger",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
    ),
    .executableTarget(
      name: "Parsing",
      dependencies: ["Workloads", .product(name: "Benchmark", package: "benchmark")],
      path: "Benchmarks/Parsing",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
    ),
    .executableTarget(
      name: "Accounting",
      dependencies: [
        .product(name: "Hubbub", package: "hubbub"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "Benchmarks/Accounting",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
    ),
    .executableTarget(
      name: "NoiseTiming",
      dependencies: ["Yardsticks", .product(name: "Hubbub", package: "hubbub")]
    ),
  ]
)
