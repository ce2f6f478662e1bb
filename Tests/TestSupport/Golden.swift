// Golden.swift: whole outputs that are kept beside the tests and compared byte by byte.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Whole outputs that are kept beside the tests.
///
/// With `UPDATE_GOLDEN=1` in the environment a golden file is written instead of compared; look at
/// the difference before it is committed.
public enum Golden {
  /// The text that `Tests/PATH` holds, after writing `actual` there where that is asked for.
  ///
  /// - Throws: Where the file cannot be read or written.
  public static func text(at path: String, updatedTo actual: String) throws -> String {
    let url = Vectors.root.appendingPathComponent("Tests/\(path)")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try Data(actual.utf8).write(to: url)
    }
    return String(decoding: try Data(contentsOf: url), as: UTF8.self)
  }
}
