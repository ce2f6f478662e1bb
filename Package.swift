// swift-tools-version: 6.1
// Package.swift: the targets of Hubbub; a target is cut only where trust or dependencies change.
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "hubbub",
  products: [
    .library(name: "Hubbub", targets: ["Hubbub"]),
    .executable(name: "hubbub", targets: ["HubbubCommand"]),
  ],
  traits: [
    .trait(name: "PostgreSQL", description: "Ledgers in PostgreSQL, shared by several machines."),
    .default(enabledTraits: []),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    // C libraries.
    .systemLibrary(
      name: "CGMP",
      pkgConfig: "gmp",
      providers: [.apt(["libgmp-dev"]), .brew(["gmp"])]
    ),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    // One header alone.
    .systemLibrary(name: "CProcessor"),
    // Needed only with the trait.
    .systemLibrary(
      name: "CPQ",
      pkgConfig: "libpq",
      providers: [.apt(["libpq-dev"]), .brew(["libpq"])]
    ),

    // The exact ring: numbers, draws, accounts.
    .target(name: "ExactArithmetic", dependencies: ["CGMP"], swiftSettings: settings),
    .target(
      name: "Sampling",
      dependencies: [
        "ExactArithmetic",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "PrivacyAccounting",
      dependencies: ["ExactArithmetic"],
      swiftSettings: settings
    ),

    // The public ring: what may leave.
    .target(
      name: "Releases",
      dependencies: [
        "ExactArithmetic", "PrivacyAccounting",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "Reporting",
      dependencies: ["ExactArithmetic", "PrivacyAccounting", "Releases"],
      swiftSettings: settings
    ),

    // The sensitive ring: what sees signals.
    .target(
      name: "PrivateAggregation",
      dependencies: [
        "CProcessor", "CZlib", "ExactArithmetic", "PrivacyAccounting", "Releases", "Sampling",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: settings
    ),

    // The durable ring: what remembers losses and never sees data.
    .target(
      name: "LedgerStore",
      dependencies: [
        "ExactArithmetic", "PrivacyAccounting",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .target(name: "CPQ", condition: .when(traits: ["PostgreSQL"])),
      ],
      swiftSettings: settings
    ),

    // What people write: specs, policies and cell files.
    .target(
      name: "Specifications",
      dependencies: [
        "ExactArithmetic", "PrivacyAccounting", "PrivateAggregation",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: settings
    ),

    .target(
      name: "Hubbub",
      dependencies: [
        "ExactArithmetic", "LedgerStore", "PrivacyAccounting", "PrivateAggregation", "Releases",
        "Reporting", "Sampling", "Specifications",
      ],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "HubbubCommand",
      dependencies: [
        "Hubbub", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings
    ),

    // Tests, one target for each module, with shared support that has tests of its own.
    .target(
      name: "TestSupport",
      dependencies: ["ExactArithmetic"],
      path: "Tests/TestSupport",
      swiftSettings: settings
    ),
    .testTarget(
      name: "TestSupportTests",
      dependencies: ["TestSupport"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "ExactArithmeticTests",
      dependencies: ["ExactArithmetic", "TestSupport"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "SamplingTests",
      dependencies: ["Sampling", "PrivacyAccounting", "TestSupport"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "PrivacyAccountingTests",
      dependencies: ["PrivacyAccounting", "TestSupport"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "LedgerStoreTests",
      dependencies: [
        "LedgerStore", "Specifications", "TestSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "PrivateAggregationTests",
      dependencies: ["PrivateAggregation", "Specifications", "LedgerStore", "TestSupport"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "ReleasesTests",
      dependencies: ["LedgerStore", "Releases", "Reporting", "TestSupport"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "SpecificationsTests",
      dependencies: ["Specifications", "TestSupport"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "CommandTests",
      dependencies: ["HubbubCommand", "ExactArithmetic", "TestSupport"],
      exclude: ["Cases"],
      swiftSettings: settings
    ),
    .testTarget(name: "TidyTests", dependencies: [], swiftSettings: settings),
  ]
)
