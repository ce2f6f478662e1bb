// SourceTree.swift: the source files of the checkout, as text.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// One source file.
struct SourceFile: CustomTestStringConvertible {
  /// The path from the top of the checkout.
  let path: String
  /// The lines, without line ends.
  let lines: [String]

  var testDescription: String { path }

  /// The target that the file belongs to: the folder below `Sources` or `Tests`.
  var target: String {
    path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
  }

  /// The lines without comments: what the compiler sees, near enough for a search of words.
  var code: [String] {
    lines.map { line in
      guard let start = line.range(of: "//") else { return line }
      return String(line[..<start.lowerBound])
    }
  }

  /// The modules that the file imports.
  var imports: [String] {
    code.compactMap { line in
      let words = line.split(separator: " ")
      guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
        words[..<index].allSatisfy({
          $0.hasPrefix("@") || ["public", "package", "internal"].contains($0)
        })
      else { return nil }
      // `import struct Module.Type` names the module after the kind.
      let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
      let name = kinds.contains(String(words[index + 1])) ? words[index + 2] : words[index + 1]
      return name.split(separator: ".").first.map(String.init)
    }
  }
}

/// The checkout that the tests run in.
enum SourceTree {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Every Swift file below a folder of the checkout, in the order of their paths.
  static func files(below folder: String) -> [SourceFile] {
    let top = root.appendingPathComponent(folder)
    let paths = FileManager.default.enumerator(atPath: top.path)?.compactMap { $0 as? String } ?? []
    return paths.sorted().filter { $0.hasSuffix(".swift") && !$0.contains(".build") }.map {
      let path = folder + "/" + $0
      return SourceFile(path: path, lines: text(of: path).components(separatedBy: "\n"))
    }
  }

  /// The text of a file, empty where there is none.
  static func text(of path: String) -> String {
    (try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)) ?? ""
  }

  static let sources = files(below: "Sources")
  static let tests = files(below: "Tests")
}
