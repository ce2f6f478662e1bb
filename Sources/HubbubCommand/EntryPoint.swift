// EntryPoint.swift: where the program begins and ends.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc

/// Runs the command that the arguments name and ends with its exit status.
@main enum EntryPoint {
  static func main() async {
    exit(await run().rawValue)
  }

  private static func run() async -> ExitStatus {
    // A file that may not grow any further is an error to be told, as a full disk is.
    signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try HubbubCommand.parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return .done
    } catch let failure as CommandFailure {
      return report(failure)
    } catch {
      return report(usage: error)
    }
  }

  private static func report(_ failure: CommandFailure) -> ExitStatus {
    if !failure.message.isEmpty { Diagnostics.write("Error: \(failure.message)\n") }
    return failure.status
  }

  /// What the argument parser throws: help goes to standard output, mistakes to standard error.
  private static func report(usage error: any Error) -> ExitStatus {
    let text = HubbubCommand.fullMessage(for: error)
    guard HubbubCommand.exitCode(for: error) == .success else {
      Diagnostics.write(text + "\n")
      return .invalid
    }
    do {
      try Results.write(text + "\n")
      return .done
    } catch {
      return report(error)
    }
  }
}
