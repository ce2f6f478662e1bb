// Vectors.swift: the reference values that came with the tests, and the real data beside a checkout.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Files that tests read.
public enum Vectors {
  /// The top of the checkout.
  public static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Decodes `Tests/Vectors/NAME`.
  public static func decode<T: Decodable>(_ type: T.Type, from name: String) throws -> T {
    let url = root.appendingPathComponent("Tests/Vectors/\(name)")
    return try JSONDecoder().decode(type, from: Data(contentsOf: url))
  }

  /// The real data beside the checkout, or `nil` where there is none; a test that needs it says
  /// plainly that it was skipped.
  public static let realData: URL? = {
    let url = root.deletingLastPathComponent().appendingPathComponent("shared/data")
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }()
}
