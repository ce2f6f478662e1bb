// OutputFormatOption.swift: how a result is printed.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// How a result is printed: for people or for programs.
enum ResultFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
}

/// The option `--format` of commands that print a result.
struct FormatOption: ParsableArguments {
  @Option(help: "How the result is printed: text or json.")
  var format: ResultFormat = .text
}
