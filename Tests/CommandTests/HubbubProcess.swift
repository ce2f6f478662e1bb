// HubbubProcess.swift: runs the built executable, as a user would.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// What a run of a program left behind.
struct Outcome {
  let status: Int32
  let output: String
  let errors: String
}

/// The built executable, beside the test bundle.
enum HubbubProcess {
  /// The folder that holds it.
  static let folder: String = {
    let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    return URL(fileURLWithPath: bundle ?? CommandLine.arguments[0])
      .deletingLastPathComponent().path
  }()

  /// A folder in memory where there is one: the tests of the ledger itself are what needs a disk.
  static let memory = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"

  /// Starts a shell on a script, with `hubbub` on its path, in a folder.
  static func start(
    _ script: String,
    in folder: String,
    output: FileHandle,
    errors: FileHandle,
    environment: [String: String] = [:]
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    var variables = ProcessInfo.processInfo.environment
    variables["PATH"] = self.folder + ":" + (variables["PATH"] ?? "/usr/bin:/bin")
    variables["HUBBUB_LEDGER"] = nil
    variables["LC_ALL"] = "C.UTF-8"
    for (name, value) in environment { variables[name] = value }
    process.environment = variables
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    return process
  }

  /// Runs a script to its end.
  static func run(
    _ script: String,
    in folder: String,
    environment: [String: String] = [:]
  ) throws -> Outcome {
    let streams = try TemporaryDirectory()
    func handle(_ name: String) throws -> FileHandle {
      try streams.write("", to: name)
      return try FileHandle(forWritingTo: URL(fileURLWithPath: streams.appending(name)))
    }
    let process = try start(
      script,
      in: folder,
      output: handle("output"),
      errors: handle("errors"),
      environment: environment
    )
    process.waitUntilExit()
    func text(_ name: String) throws -> String {
      let data = try Data(contentsOf: URL(fileURLWithPath: streams.appending(name)))
      return String(decoding: data, as: UTF8.self)
    }
    return Outcome(
      status: process.terminationStatus,
      output: try text("output"),
      errors: try text("errors")
    )
  }
}

/// A folder in memory that is deleted when the value goes away.
final class MemoryDirectory: Sendable {
  let path: String

  init() throws {
    path = HubbubProcess.memory + "/hubbub-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Writes a text file.
  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
  }

  /// Runs a script in this folder.
  func run(_ script: String, environment: [String: String] = [:]) throws -> Outcome {
    try HubbubProcess.run(script, in: path, environment: environment)
  }
}
