// PathText.swift: paths as specs write them, made absolute.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Paths as text; nothing here reads a file's content.
enum PathText {
  /// The folder that a file is in, absolute and without symbolic links where it exists.
  static func directory(of path: String) -> String {
    let absolute = path.hasPrefix("/") ? path : workingDirectory + "/" + path
    let parts = absolute.split(separator: "/", omittingEmptySubsequences: true)
    let folder = "/" + parts.dropLast().joined(separator: "/")
    guard let real = realpath(folder, nil) else { return normal(folder) }
    defer { free(real) }
    return String(cString: real)
  }

  /// A path or pattern as seen from a folder, absolute, without `.` and `..`.
  static func absolute(_ path: String, from directory: String) -> String {
    normal(path.hasPrefix("/") ? path : directory + "/" + path)
  }

  private static var workingDirectory: String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
  }

  private static func normal(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/", omittingEmptySubsequences: true) where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}
