// Streams.swift: results on standard output, everything else on standard error.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Standard output: results and nothing else.
enum Results {
  /// Writes a result whole, or says that it could not be written.
  static func write(_ text: String) throws(CommandFailure) {
    try write(Array(text.utf8))
  }

  /// Writes a result whole, or says that it could not be written.
  static func write(_ bytes: [UInt8]) throws(CommandFailure) {
    let failure = writeAll(bytes, to: STDOUT_FILENO)
    guard failure != 0 else { return }
    // The reader has seen enough, as `head` does.
    if failure == EPIPE { throw .quiet(.done) }
    throw CommandFailure(
      status: .environment,
      message: "the result could not be written to standard output "
        + "(\(String(cString: strerror(failure)))); make room or write elsewhere"
    )
  }
}

/// Standard error: progress, warnings and errors.
enum Diagnostics {
  /// Writes a text; that nobody listens is no failure.
  static func write(_ text: String) {
    _ = writeAll(Array(text.utf8), to: STDERR_FILENO)
  }

  /// Warns in one line.
  static func warn(_ message: String) {
    write("Warning: \(message)\n")
  }

  /// Whether somebody watches.
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

/// Writes all bytes to an open file.
///
/// - Returns: Zero, or the number of the error.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
  bytes.withUnsafeBytes { writeAll($0, to: descriptor) }
}

/// Writes all bytes to an open file.
///
/// - Returns: Zero, or the number of the error.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
  var offset = 0
  while offset < bytes.count {
    let count = write(descriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { return errno }
    offset += count
  }
  return 0
}
