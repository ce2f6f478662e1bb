// ConsentSection.swift: the registry of consents that a spec names, and that a policy pins.
// Reference: `docs/consent.md`.
// SPDX-License-Identifier: Apache-2.0

import PrivateAggregation

/// The `consent` of a spec: a registry and the purpose that it has to allow.
enum ConsentSection {
  /// Reads the section; nothing of the registry itself is read.
  static func read(
    _ top: MappingReader,
    from directory: String
  ) throws(SpecificationError) -> ConsentRequest? {
    guard let field = top.optional("consent") else { return nil }
    guard !field.isText else {
      throw field.error(
        "is a registry and a purpose; write `consent: {registry: consent.csv, purpose: reports}`; a "
          + "column of consents goes under `signals.columns`"
      )
    }
    let keys = try field.mapping(["registry", "purpose"])
    let registry = try keys.required("registry", example: "registry: consent.csv")
    let purpose = try keys.required("purpose", example: "purpose: reports")
    return try request(registry, purpose, from: directory)
  }

  /// Reads what a policy pins: both or neither.
  static func pins(
    _ keys: MappingReader,
    from directory: String
  ) throws(SpecificationError) -> ConsentRequest? {
    switch (keys.optional("registry"), keys.optional("purpose")) {
    case (nil, nil): return nil
    case (let registry?, let purpose?): return try request(registry, purpose, from: directory)
    case (let registry?, nil):
      throw registry.error("needs its purpose beside it; write `purpose: reports` under `signals`")
    case (nil, let purpose?):
      throw purpose.error(
        "needs a registry beside it; write `registry: consent.csv` under `signals`"
      )
    }
  }

  private static func request(
    _ registry: NodeReader,
    _ purpose: NodeReader,
    from directory: String
  ) throws(SpecificationError) -> ConsentRequest {
    let name = try registry.text()
    let path = PathText.absolute(name, from: directory)
    guard name != "-", !PolicyReader.isStream(path) else {
      throw registry.error(
        "`\(name)` is another thing at each run; a registry of consents is a file that stays"
      )
    }
    return ConsentRequest(registry: path, purpose: try purpose.text())
  }
}
