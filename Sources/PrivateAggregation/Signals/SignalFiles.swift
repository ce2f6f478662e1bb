// SignalFiles.swift: from patterns to files, in an order that does not matter and is always the same.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The files that patterns stand for; decided here alone, for reading and for checks.
package enum SignalFiles {
  /// Expands patterns to paths, sorted, each once; `-` stays as it is.
  ///
  /// Paths are the same when all their bytes are: two normal forms of a name are two files.
  ///
  /// - Throws: `SignalFileError` for a pattern that no file fits and for a path that does not exist.
  package static func expand(_ patterns: [String]) throws(SignalFileError) -> [String] {
    var paths: [String] = []
    var usesInput = false
    for pattern in patterns {
      if pattern == "-" {
        usesInput = true
        continue
      }
      let found = try expand(pattern)
      paths += found
    }
    paths.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var distinct: [String] = []
    for path in paths where !(distinct.last?.utf8.elementsEqual(path.utf8) ?? false) {
      distinct.append(path)
    }
    return (usesInput ? ["-"] : []) + distinct
  }

  private static func expand(_ pattern: String) throws(SignalFileError) -> [String] {
    let hasWildcard = pattern.utf8.contains {
      [UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "[")].contains($0)
    }
    // A name that is there is that file, whatever characters it has.
    if access(pattern, F_OK) == 0 { return [pattern] }
    guard hasWildcard else { throw SignalFileError(path: pattern, kind: .missing) }
    var result = glob_t()
    defer { globfree(&result) }
    guard glob(pattern, GLOB_NOSORT, nil, &result) == 0, result.gl_pathc > 0,
      let paths = result.gl_pathv
    else { throw SignalFileError(path: pattern, kind: .noMatch) }
    return (0..<Int(result.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
  }
}
