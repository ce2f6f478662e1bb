// IndependentVerifier.swift: runs the second verifier, which shares no code with this package.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// `Sources/verify-release/verify_release.py`, run by Python where there is one.
enum IndependentVerifier {
  /// Whether Python can be run.
  static let isAvailable = (try? python(["--version"]).status) == 0

  /// What a run said.
  struct Outcome {
    let status: Int32
    let text: String
  }

  /// Runs the verifier with arguments.
  static func run(_ arguments: [String]) throws -> Outcome {
    let script = Vectors.root.appendingPathComponent("Sources/verify-release/verify_release.py")
    // No byte code beside the source, and nothing of the user's own Python.
    return try python(["-I", "-B", script.path] + arguments)
  }

  /// Verifies a release, given as its bytes.
  static func verify(_ release: [UInt8], _ options: [String] = []) throws -> Outcome {
    let folder = try TemporaryDirectory()
    let path = folder.appending("release.json")
    try Data(release).write(to: URL(fileURLWithPath: path))
    return try run([path] + options)
  }

  /// What the verifier finds in each of many releases, in one run of Python.
  static func findings(in releases: [[UInt8]]) throws -> [[String]] {
    let folder = try TemporaryDirectory()
    var paths: [String] = []
    for (index, release) in releases.enumerated() {
      paths.append(folder.appending("\(index).json"))
      try Data(release).write(to: URL(fileURLWithPath: paths[index]))
    }
    let code = """
      import json, sys
      sys.path.insert(0, sys.argv[1])
      import verify_release
      found = [verify_release.findings_of(verify_release.read(path))[0] for path in sys.argv[2:]]
      print(json.dumps(found))
      """
    let source = Vectors.root.appendingPathComponent("Sources/verify-release").path
    let outcome = try python(["-I", "-B", "-c", code, source] + paths)
    return try JSONDecoder().decode([[String]].self, from: Data(outcome.text.utf8))
  }

  /// Runs Python to its end, both of its outputs together.
  static func python(_ arguments: [String]) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, text: String(decoding: data, as: UTF8.self))
  }
}
