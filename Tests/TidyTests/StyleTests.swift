// StyleTests.swift: rules of the house that the formatter cannot see.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct `House rules` {
  /// The rings on the privacy path.
  static let exactTargets: Set<String> = [
    "ExactArithmetic", "Sampling", "PrivacyAccounting", "Releases", "PrivateAggregation",
    "LedgerStore", "Specifications", "HubbubCommand",
  ]

  static var floatingPoint: Regex<AnyRegexOutput>? {
    try? Regex(
      #"\b(Double|Float|Float16|Float80|CGFloat|TimeInterval)\b|\b(pow|log|log2|exp2|expm1|sqrt)\("#
    )
  }

  @Test(arguments: SourceTree.sources.filter { exactTargets.contains($0.target) })
  func `keep floating point off the privacy path`(file: SourceFile) throws {
    let pattern = try #require(Self.floatingPoint)
    for (index, line) in file.code.enumerated() {
      #expect(
        line.firstMatch(of: pattern) == nil,
        "\(file.path):\(index + 1) uses floating point"
      )
    }
  }

  @Test func `would notice floating point`() throws {
    let pattern = try #require(Self.floatingPoint)
    #expect("let x: Double = 1".firstMatch(of: pattern) != nil)
    #expect("return pow(2, 3)".firstMatch(of: pattern) != nil)
    #expect("value.power(3)".firstMatch(of: pattern) == nil)
  }

  @Test(arguments: SourceTree.sources + SourceTree.tests)
  func `keep files short and headed`(file: SourceFile) {
    #expect(file.lines.count <= 401, "\(file.path) has more than 400 lines")
    let name = file.path.split(separator: "/").last.map(String.init) ?? ""
    #expect(
      file.lines.first?.hasPrefix("// \(name): ") == true,
      "\(file.path) does not begin with a sentence about itself"
    )
    #expect(
      file.lines.prefix(4).contains("// SPDX-License-Identifier: Apache-2.0"),
      "\(file.path) names no licence in its header"
    )
  }

  @Test(arguments: SourceTree.sources + SourceTree.tests)
  func `keep functions short`(file: SourceFile) {
    var start: (line: Int, indent: Int)?
    for (index, line) in file.code.enumerated() {
      let indent = line.prefix { $0 == " " }.count
      let words = line.split(separator: " ")
      if start == nil, words.contains("func") || line.contains(" init("), line.hasSuffix("{") {
        start = (index, indent)
      } else if let open = start, indent == open.indent,
        line.hasPrefix(String(repeating: " ", count: indent) + "}")
      {
        #expect(
          index - open.line <= 70,
          "\(file.path):\(open.line + 1) is a function of over 70 lines"
        )
        start = nil
      }
    }
  }

  @Test(arguments: SourceTree.tests.filter { $0.target != "TidyTests" })
  func `draw nothing unseeded in tests`(file: SourceFile) {
    for (index, line) in file.code.enumerated() {
      #expect(
        !line.contains("SystemRandomNumberGenerator"),
        "\(file.path):\(index + 1) is not reproducible"
      )
    }
  }

  @Test(arguments: SourceTree.sources + SourceTree.tests)
  func `name no place outside the checkout`(file: SourceFile) {
    for (index, line) in file.lines.enumerated() {
      #expect(
        !line.contains("/" + "work/"),
        "\(file.path):\(index + 1) names a path of one machine"
      )
    }
  }
}
