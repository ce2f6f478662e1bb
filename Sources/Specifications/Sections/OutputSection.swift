// OutputSection.swift: the part of a spec that says where the files go and how counts are shown.
// SPDX-License-Identifier: Apache-2.0

import PrivateAggregation

/// The `output` of a spec.
struct OutputSection {
  /// Where the files go.
  let options: OutputOptions
  /// Whether counts below zero are raised to zero.
  let nonnegative: Bool

  init(_ top: MappingReader, directory folder: String) throws(SpecificationError) {
    let keys = try top.optional("output")?.mapping(["directory", "formats", "nonnegative", "map"])
    let map = keys?.optional("map")
    nonnegative = try keys?.optional("nonnegative")?.flag() ?? false
    let directory = try keys?.optional("directory")?.text() ?? "out"
    var formats = OutputFormat.allCases
    if let field = keys?.optional("formats") {
      formats = []
      for item in field.isText ? [field] : try field.items() {
        let format = try item.choice(OutputFormat.self)
        guard !formats.contains(format) else {
          throw item.error("`\(format.rawValue)` is written twice; keep one")
        }
        formats.append(format)
      }
    }
    options = OutputOptions(
      directory: PathText.absolute(directory, from: folder),
      formats: formats,
      map: try map.map { field throws(SpecificationError) in
        guard formats.contains(.html) else {
          throw field.error("is drawn in report.html, which `formats` leaves out; add html to it")
        }
        return try MapOptions(field, directory: folder)
      }
    )
  }

  /// Refuses a map where there are no regions to draw.
  func checkMap(of keys: [GroupKey]) throws(SpecificationError) {
    guard let map = options.map, !keys.contains(.region) else { return }
    throw map.error("draws regions, and `group_by` does not name `region`; add it, or delete `map`")
  }
}
