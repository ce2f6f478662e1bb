// TemporaryDirectory.swift: a folder of its own for one test.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A fresh folder that is deleted when the value goes away.
public final class TemporaryDirectory: Sendable {
  /// Where it is.
  public let path: String

  /// Makes the folder.
  public init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("hubbub-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of something in the folder.
  public func appending(_ name: String) -> String { path + "/" + name }

  /// Writes a text file and returns its path.
  @discardableResult
  public func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: appending(name)))
    return appending(name)
  }
}
