// ReportFiles.swift: the files of a report, each written whole or not at all.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Hubbub

/// The files of a report.
struct ReportFiles {
  let directory: String
  let formats: [OutputFormat]
  /// The shapes that the page draws the regions with.
  var map: MapFile?

  /// Finds a folder that cannot be written before anything is spent.
  func checkBeforehand() throws(CommandFailure) {
    var path = directory.isEmpty ? "." : directory
    while access(path, F_OK) != 0 {
      guard let slash = path.lastIndex(of: "/") else {
        path = "."
        break
      }
      path = slash == path.startIndex ? "/" : String(path[..<slash])
    }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw .invalid("\(directory): `\(path)` is not a folder; name another with --output")
    }
    guard access(path, W_OK | X_OK) == 0 else {
      throw CommandFailure(
        status: .environment,
        message:
          "\(directory): the folder cannot be written (\(String(cString: strerror(errno)))); "
          + "name another with --output; nothing was spent"
      )
    }
  }

  /// Writes the files of a release that is paid; `again` is the command that repeats it.
  func write(_ outcome: ReleaseOutcome, again: String) throws(CommandFailure) {
    do {
      try OutputFile.makeFolder(directory)
      for format in formats {
        try OutputFile.write(bytes(of: outcome, format), to: path(format))
      }
    } catch {
      throw CommandFailure(
        status: .environment,
        message: "\(error.path): the file could not be written (\(error.reason)). The release is "
          + "paid and kept in the ledger: `\(again)` writes it again at no cost."
      )
    }
  }

  /// The path of a file.
  func path(_ format: OutputFormat) -> String {
    directory == "/" ? "/" + format.fileName : directory + "/" + format.fileName
  }

  private func bytes(of outcome: ReleaseOutcome, _ format: OutputFormat) -> [UInt8] {
    switch format {
    case .json: outcome.encoded
    case .csv: CountsCSV.bytes(of: outcome.release)
    case .html: Array(HTMLReport.page(of: outcome.release, map: map).utf8)
    }
  }
}

/// A release as it is shown after a run.
struct ReleaseView {
  let outcome: ReleaseOutcome

  init(_ outcome: ReleaseOutcome) {
    self.outcome = outcome
  }

  /// Prints the result.
  func write(as format: ReportFormat) throws(CommandFailure) {
    switch format {
    case .table: try Results.write(TerminalTable.text(of: outcome.release, width: Terminal.width))
    case .json: try Results.write(outcome.encoded)
    case .csv: try Results.write(CountsCSV.bytes(of: outcome.release))
    }
  }

  /// What it cost and where it is, for standard error.
  func summary(_ files: ReportFiles) -> String {
    let body = outcome.release.body
    var text: String
    if outcome.replayed {
      text = "Release \(body.id) was paid before: the same numbers again, at no cost.\n"
    } else if let schedule = body.schedule {
      text =
        schedule.run == 1
        ? "Paid \(schedule.price.loss) for all \(schedule.times) runs"
        : "Nothing to pay: the first run paid \(schedule.price.loss) for all \(schedule.times)"
      text += "; left for ever: \(body.remaining.lifetime).\n"
    } else {
      text = "Paid \(body.privacy.loss); left for ever: \(body.remaining.lifetime).\n"
    }
    if !files.formats.isEmpty {
      text += "Wrote " + files.formats.map { files.path($0) }.joined(separator: ", ") + "\n"
    }
    return text
  }
}

/// The terminal that results are printed on.
enum Terminal {
  /// Its width in characters; 100 where there is none.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 100 }
    return Int(size.ws_col)
  }
}
