// MapSection.swift: the part of a spec that names the shapes of its regions.
// SPDX-License-Identifier: Apache-2.0

import PrivateAggregation

/// The file of shapes that a report draws its regions with.
///
/// Nothing of it enters the release: the same numbers can be drawn with any file.
public struct MapOptions: Sendable, Hashable {
  /// The file as the spec names it.
  public let name: String
  /// The file, absolute.
  public let path: String
  /// The object of a TopoJSON file; `nil` where it has only one.
  public let object: String?
  /// The property that holds a region's code; `nil` where it is to be found.
  public let key: String?
  /// Errors without a message, by the key that is wrong; `map` is always there.
  private let places: [String: SpecificationError]

  init(_ field: NodeReader, directory: String) throws(SpecificationError) {
    func place(_ field: NodeReader) -> SpecificationError { field.error("") }
    var places = ["map": place(field)]
    if field.isText {
      name = try field.text()
      object = nil
      key = nil
    } else {
      let keys = try field.mapping(["file", "object", "key"])
      name = try keys.required("file", example: "file: counties.geojson").text()
      object = try keys.optional("object")?.text()
      key = try keys.optional("key")?.text()
      for name in ["object", "key"] { places[name] = keys.optional(name).map(place) }
    }
    path = PathText.absolute(name, from: directory)
    self.places = places
  }

  /// An error about the file, at one of the keys that lead to it where it is written.
  package func error(_ message: String, at key: String? = nil) -> SpecificationError {
    let place = key.flatMap { places[$0] } ?? places["map"]
    return SpecificationError(
      file: place?.file ?? path,
      line: place?.line,
      column: place?.column,
      key: place?.key,
      message: "`\(name)`\(message.hasPrefix(":") ? "" : " ")\(message)"
    )
  }

  /// Reads the file, unless it is one of signals.
  ///
  /// - Throws: `SpecificationError`, before a byte of a signal file is looked at.
  package func load(
    limit: Int,
    signals: [String],
    registry: String? = nil
  ) throws(SpecificationError) -> (bytes: [UInt8], identity: FileIdentity) {
    if let identity = FileIdentity(at: path),
      FileIdentity.owned(by: signals, registry: registry).contains(identity)
    {
      throw error(Self.refusal)
    }
    do {
      let file = try PublicFile(at: path, limit: limit)
      return (file.bytes, file.identity)
    } catch {
      throw self.error(
        "cannot be read (\(error.text)); name a file relative to the spec's folder"
      )
    }
  }

  /// Why a file is no map where it is a signal file as well.
  package static let refusal =
    "is a file of signals or of consents as well; a map is public, so name one that does not come "
    + "from them"
}
