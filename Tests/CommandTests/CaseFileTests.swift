// CaseFileTests.swift: runs `Cases/*.test`: a description, a command, and all that it prints.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A case: what it shows, the script, what the script prints, and its exit status.
struct CaseFile: CustomTestStringConvertible, Sendable {
  let url: URL
  let description: String
  let script: String
  let expected: String

  var testDescription: String { url.lastPathComponent }

  /// Reads `# description` lines, a script, `----`, the output, `exit N`.
  init(_ url: URL) throws {
    self.url = url
    let text = try String(contentsOf: url, encoding: .utf8)
    let parts = text.components(separatedBy: "----\n")
    var lines = parts[0].split(separator: "\n", omittingEmptySubsequences: false)
    var description = ""
    while let line = lines.first, line.hasPrefix("#") {
      description += line + "\n"
      lines.removeFirst()
    }
    self.description = description
    script = lines.joined(separator: "\n")
    expected = parts.dropFirst().joined(separator: "----\n")
  }

  static let all: [CaseFile] = {
    let folder = Vectors.root.appendingPathComponent("Tests/CommandTests/Cases")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".test") }.sorted()
      .compactMap { try? CaseFile(folder.appendingPathComponent($0)) }
  }()
}

@Suite struct `Command line` {
  @Test func `has cases`() {
    #expect(CaseFile.all.count > 10)
  }

  /// `UPDATE_GOLDEN=1` writes what is printed into the case.
  @Test(arguments: CaseFile.all)
  func `prints what the case says`(file: CaseFile) throws {
    let folder = try MemoryDirectory()
    let outcome = try folder.run(file.script)
    let printed = (outcome.output + "exit \(outcome.status)\n")
      .replacingOccurrences(of: folder.path, with: "FOLDER")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try Data((file.description + file.script + "----\n" + printed).utf8).write(to: file.url)
    }
    #expect(printed == file.expected)
    #expect(outcome.errors.isEmpty, "a case sends what it shows to standard output")
  }
}
