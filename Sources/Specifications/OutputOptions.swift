// OutputOptions.swift: where a report's files go; nothing here changes the release.
// SPDX-License-Identifier: Apache-2.0

/// A kind of file that a report writes.
public enum OutputFormat: String, Sendable, Hashable, CaseIterable {
  /// The release itself: `release.json`.
  case json
  /// The cells, one row each: `counts.csv`.
  case csv
  /// A page to read: `report.html`.
  case html

  /// The name of the file.
  public var fileName: String {
    switch self {
    case .json: "release.json"
    case .csv: "counts.csv"
    case .html: "report.html"
    }
  }
}

/// Where a report's files go.
public struct OutputOptions: Sendable, Hashable {
  /// The folder, absolute.
  public let directory: String
  /// The files, in the order in which the spec names them.
  public let formats: [OutputFormat]
  /// The shapes that `report.html` draws the regions with; `nil` where the spec names none.
  public let map: MapOptions?

  /// Makes options.
  public init(directory: String, formats: [OutputFormat], map: MapOptions? = nil) {
    self.directory = directory
    self.formats = formats
    self.map = map
  }
}
