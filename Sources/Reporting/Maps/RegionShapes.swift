// RegionShapes.swift: which shape of a file is which region of a release.
// SPDX-License-Identifier: Apache-2.0

/// The shapes of a file, told apart by the regions that they are.
struct RegionShapes {
  /// The regions.
  let regions: [String]
  /// The rings of each region, in the order of the regions; none where the file has no shape.
  private(set) var rings: [[[GeoPoint]]]
  /// A name for each region that the file gives beside its code.
  private(set) var names: [String?]
  /// The rings of shapes that are no region.
  private(set) var others: [[GeoPoint]] = []
  /// The number of shapes that are no region.
  private(set) var otherCount = 0
  /// The property by which they were matched, and whether codes of states were translated.
  let key: String
  /// Whether postal codes of states were looked up as FIPS codes, or the other way round.
  let isTranslated: Bool

  /// The number of regions with a shape.
  var matched: Int { rings.count { !$0.isEmpty } }

  /// Finds the shapes of regions.
  ///
  /// - Complexity: O(shapes times their properties + regions).
  init(_ file: MapFile, regions: [String]) {
    let codes = RegionCodes(regions, states: nil)
    var best = (key: file.key ?? MapShape.id, count: 0, codes: codes, isTranslated: false)
    let keys =
      file.key.map { [$0] } ?? [MapShape.id] + Self.properties(of: file)
    func consider(_ codes: RegionCodes, isTranslated: Bool) {
      for key in keys {
        let found = Set(file.shapes.compactMap { $0.names[key].flatMap { codes[$0] } })
        if found.count > best.count { best = (key, found.count, codes, isTranslated) }
      }
    }
    consider(codes, isTranslated: false)
    if best.count == 0, let states = USState.states(of: regions) {
      consider(RegionCodes(regions, states: states), isTranslated: true)
    }
    self.regions = regions
    key = best.key
    isTranslated = best.isTranslated
    rings = Array(repeating: [], count: regions.count)
    names = Array(repeating: nil, count: regions.count)
    for shape in file.shapes {
      if let region = shape.names[key].flatMap({ best.codes[$0] }) {
        rings[region] += shape.rings
        names[region] = names[region] ?? Self.name(of: shape, besides: regions[region])
      } else {
        others += shape.rings
        otherCount += 1
      }
    }
  }

  /// The properties by which shapes may be told apart: those of the first shapes, and not too many.
  private static func properties(of file: MapFile) -> [String] {
    let names = Set(file.shapes.prefix(1000).flatMap(\.names.keys)).subtracting([MapShape.id])
    return Array(names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.prefix(64))
  }

  /// What people call a shape, where the file says so.
  private static func name(of shape: MapShape, besides code: String) -> String? {
    for key in ["name", "NAME", "Name", "NAMELSAD", "NAME_EN", "name_en"] {
      if let name = shape.names[key], name != code { return name }
    }
    return nil
  }
}

/// Finds the region of a code, with or without the zeros before its digits.
private struct RegionCodes {
  private var exact: [String: Int] = [:]
  private var padded: [String: Int] = [:]

  init(_ regions: [String], states: [USState?]?) {
    for (index, region) in regions.enumerated() {
      let state = states?[index]
      let code = state.map { region == $0.fips ? $0.usps : $0.fips } ?? region
      if exact[code] == nil { exact[code] = index }
      if let digits = Self.digits(code), padded[digits] == nil { padded[digits] = index }
    }
  }

  /// Digits without the zeros before them; `nil` for other texts.
  private static func digits(_ code: String) -> String? {
    guard !code.isEmpty, code.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    let digits = String(code.drop { $0 == "0" })
    return digits.isEmpty ? "0" : digits
  }

  subscript(code: String) -> Int? {
    exact[code] ?? Self.digits(code).flatMap { padded[$0] }
  }
}
