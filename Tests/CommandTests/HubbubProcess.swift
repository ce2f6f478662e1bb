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

  /// Runs a script to its end, or for so many seconds; `hubbub` is on its path.
  ///
  /// The shell is started with no signal blocked and none ignored, whatever the test bundle does.
  static func run(
    _ script: String,
    in folder: String,
    environment: [String: String] = [:],
    seconds: Int = 60
  ) throws -> Outcome {
    let streams = try TemporaryDirectory()
    let output = try streams.write("", to: "output")
    let errors = try streams.write("", to: "errors")
    var variables = ProcessInfo.processInfo.environment
    variables["PATH"] = self.folder + ":" + (variables["PATH"] ?? "/usr/bin:/bin")
    variables["HUBBUB_LEDGER"] = nil
    variables["LC_ALL"] = "C.UTF-8"
    for (name, value) in environment { variables[name] = value }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_APPEND, 0)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_APPEND, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
    )
    let words = ["timeout", "-k", "1", "\(seconds)", "/bin/sh", "-c", "cd '\(folder)'\n" + script]
    let arguments = words.map { strdup($0) } + [nil]
    let values = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in arguments + values { free(pointer) } }
    var process = pid_t()
    let failure = posix_spawn(
      &process,
      "/usr/bin/timeout",
      &actions,
      &attributes,
      arguments,
      values
    )
    guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .EIO) }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    func text(_ path: String) throws -> String {
      String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }
    let ended = status & 0x7F == 0
    return Outcome(
      status: ended ? (status >> 8) & 0xFF : 128 + (status & 0x7F),
      output: try text(output),
      errors: try text(errors)
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
  func run(
    _ script: String,
    environment: [String: String] = [:],
    seconds: Int = 60
  ) throws -> Outcome {
    try HubbubProcess.run(script, in: path, environment: environment, seconds: seconds)
  }
}
