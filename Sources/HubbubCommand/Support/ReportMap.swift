// ReportMap.swift: the shapes of the regions that a spec names, read before anything is spent.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// The shapes of the regions of a report.
struct ReportMap {
  let options: MapOptions
  let file: MapFile
  /// Which file was read.
  let identity: FileIdentity
  /// What a user should look at, where no listed region has a shape.
  let warning: String?

  /// Reads the file that a spec names, if it names one.
  init?(
    of output: OutputOptions,
    _ specification: ReportSpecification,
    refusing: (MapOptions, FileIdentity) throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    guard let options = output.map else { return nil }
    let (bytes, identity) = try reading { () throws(SpecificationError) in
      try options.load(
        limit: MapFile.longest,
        signals: specification.files,
        registry: specification.consent?.registry
      )
    }
    // Nothing of what stands in it is told of, not how it is parsed, before the owner's pins are asked.
    try refusing(options, identity)
    do {
      file = try MapFile(bytes, object: options.object, key: options.key)
    } catch {
      throw CommandFailure(options.error(": \(error)", at: error.key))
    }
    self.options = options
    self.identity = identity
    let regions = specification.cells[.region]?.values ?? []
    warning =
      regions.isEmpty || file.shapeCount(of: regions) > 0
      ? nil
      : "output.map: none of the \(regions.count) regions has a shape in `\(options.name)`; name the "
        + "property that holds their codes by `key`, or another `object` or file"
  }
}
