// ForgedRelease.swift: the shared set of forged releases, which every verifier must reject.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Releases
import TestSupport
import Testing

/// A file that claims to be a release and is none, or claims what does not follow.
struct ForgedRelease: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let bytes: [UInt8]

  /// All of them; empty where one could not be made.
  static let all: [ForgedRelease] = (try? claims() + forms() + members() + beginnings()) ?? []

  /// Releases that claim what does not follow.
  private static func claims() throws -> [ForgedRelease] {
    try Forgery.all.map {
      ForgedRelease(testDescription: $0.testDescription, bytes: try $0.forged())
    }
  }

  /// One replacement each, after which the file is not a release in form.
  private static let edits = [
    ("\"signals\":173", "\"signals\":173.0"), ("\"signals\":173", "\"signals\":\"173\""),
    ("\"signals\":173", "\"signals\":9223372036854775808"), ("\"signals\":173", "\"signals\":NaN"),
    ("\"position\":17", "\"position\":0"), ("\"version\":1", "\"version\":2"),
    ("\"version\":1", "\"version\":true"), ("\"nonnegative\":false", "\"nonnegative\":0"),
    ("\"epsilon\":\"1\"", "\"epsilon\":\"01\""), ("\"epsilon\":\"1\"", "\"epsilon\":1"),
    ("\"epsilon\":\"1/2\"", "\"epsilon\":\"0.5\""), ("\"epsilon\":\"1/2\"", "\"epsilon\":\"1/0\""),
    ("\"epsilon\":\"1/2\"", "\"epsilon\":\"2/4\""), ("\"epsilon\":\"1/2\"", "\"epsilon\":\"-1/2\""),
    ("\"delta\":\"0\"", "\"delta\":\"1\""), ("\"cells_per_unit\":4", "\"cells_per_unit\":0"),
    ("person", "household"), ("discrete-laplace", "laplace"), ("add-remove", "replace-one"),
    ("one key", "no key"), ("weekly-intent", "weekly\\ud800"), ("08:15:00Z", "noon"),
    ("2026-11-weekly-1", "-weekly"), ("\"data\":\"pinned\"", "\"data\":\"perhaps\""),
    ("\"name\":\"region\"", "\"name\":\"units\""), ("\"bounds\":{", "\"bounds\":{\"x\":1,"),
    ("\"bounds\":{", "\"bounds\":null,\"x\":{"), ("{\n", "\u{FEFF}{\n"), ("{\n", "[{\n"),
  ]

  private static func forms() throws -> [ForgedRelease] {
    let text = try SampleRelease().text()
    return try edits.map { old, new in
      let range = try #require(text.firstRange(of: old), "the sample holds no \(old)")
      return ForgedRelease(
        testDescription: "\(old) becomes \(new)",
        bytes: Array(text.replacingCharacters(in: range, with: new).utf8)
      )
    }
  }

  /// A release without one of its members, and with one twice.
  private static func members() throws -> [ForgedRelease] {
    let lines = try SampleRelease().text().split(separator: "\n", omittingEmptySubsequences: false)
    let starts = lines.indices.filter { index in
      lines[index].hasPrefix("\"") || lines[index] == "}"
    }
    return zip(starts, starts.dropFirst()).flatMap { start, end in
      let name = lines[start].prefix { $0 != ":" }
      return [
        ("without", lines[..<start] + lines[end...]), ("twice", lines[..<end] + lines[start...]),
      ]
      .map { how, lines in
        ForgedRelease(
          testDescription: "\(name) \(how)",
          bytes: Array(lines.joined(separator: "\n").utf8)
        )
      }
    }
  }

  /// Beginnings of a release.
  private static func beginnings() throws -> [ForgedRelease] {
    let bytes = try SampleRelease().release().encoded()
    return [0, 1, 2, 100, bytes.count / 2, bytes.count - 300, bytes.count - 3, bytes.count - 2]
      .map { ForgedRelease(testDescription: "\($0) bytes", bytes: Array(bytes.prefix($0))) }
  }
}
