// ImportTests.swift: who may import whom; the compiler does not enforce the rings, this does.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct `Imports` {
  /// The table of `docs/architecture.md`: what each target may import.
  static let allowed: [String: Set<String>] = [
    "ExactArithmetic": ["CGMP"],
    "Sampling": ["ExactArithmetic", "Crypto", "CryptoExtras", "Glibc"],
    "PrivacyAccounting": ["ExactArithmetic"],
    "Releases": [
      "ExactArithmetic", "PrivacyAccounting", "Crypto", "Foundation", "FoundationEssentials",
    ],
    "Reporting": [
      "ExactArithmetic", "PrivacyAccounting", "Releases", "Foundation", "FoundationEssentials",
    ],
    "PrivateAggregation": [
      "CProcessor", "CZlib", "ExactArithmetic", "PrivacyAccounting", "Releases", "Sampling",
      "Crypto", "Glibc",
      "Dispatch", "FoundationEssentials", "Synchronization",
    ],
    "LedgerStore": [
      "CPQ", "ExactArithmetic", "PrivacyAccounting", "Crypto", "GRDB", "Glibc", "Foundation",
      "FoundationEssentials", "Synchronization",
    ],
    "Specifications": [
      "ExactArithmetic", "PrivacyAccounting", "PrivateAggregation", "Crypto", "Yams", "Glibc",
      "FoundationEssentials",
    ],
    "Hubbub": [
      "ExactArithmetic", "LedgerStore", "PrivacyAccounting", "PrivateAggregation", "Releases",
      "Reporting", "Sampling", "Specifications",
    ],
    "HubbubCommand": [
      "ArgumentParser", "Hubbub", "ExactArithmetic", "LedgerStore", "PrivacyAccounting",
      "PrivateAggregation", "Releases", "Reporting", "Sampling", "Specifications", "Foundation",
      "FoundationEssentials", "Glibc", "Dispatch", "Synchronization",
    ],
  ]

  @Test(arguments: SourceTree.sources)
  func `stay within the ring of their target`(file: SourceFile) throws {
    let allowed = try #require(
      Self.allowed[file.target],
      "\(file.target) has no row in the table of imports"
    )
    for module in file.imports {
      #expect(allowed.contains(module), "\(file.path) may not import \(module)")
    }
  }

  @Test func `are found in every form that Swift has`() {
    let file = SourceFile(
      path: "Sources/X/Y.swift",
      lines: [
        "import A", "@testable import B", "public import C", "import struct D.E",
        "// import F", "@_exported import G", "let importance = 1",
      ]
    )
    #expect(file.imports == ["A", "B", "C", "D", "G"])
  }
}
