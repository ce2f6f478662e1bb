// PlaceFile.swift: public points with names, from a CSV file.
// Reference: [RFC4180].
// SPDX-License-Identifier: Apache-2.0

import PrivateAggregation

/// A public point.
struct NamedPlace {
  let name: String
  /// Billionths of a degree.
  let latitude: Int64
  let longitude: Int64
  let line: Int
}

/// The names of the columns of a file of places.
struct PlaceColumns {
  static let keys = ["name", "latitude", "longitude"]
  /// In the order of `keys`.
  let names: [String]

  init(_ field: NodeReader?) throws(SpecificationError) {
    let written = try field?.mapping(Self.keys)
    var names: [String] = []
    for key in Self.keys { names.append(try written?.optional(key)?.text() ?? key) }
    guard Set(names).count == names.count else {
      throw field?.error("names a column twice; write three different ones")
        ?? SpecificationError(file: "", message: "names a column twice")
    }
    self.names = names
  }
}

extension CellFile {
  /// Reads places: a name, a latitude and a longitude on each line.
  ///
  /// - Throws: `SpecificationError`, with the line, and with nothing that the file holds.
  func places(
    _ columns: PlaceColumns,
    field: NodeReader
  ) throws(SpecificationError) -> [NamedPlace] {
    let records = try table(columns.names, field: field)
    var places: [NamedPlace] = []
    var lines: [String: Int] = [:]
    for record in records {
      let name = record.fields[0]
      if let first = lines[name] {
        throw error(record.line, "has the same name as line \(first); keep one of the two lines")
      }
      lines[name] = record.line
      guard name.utf8.contains(where: { $0 != 0x20 }) else {
        throw error(record.line, "has an empty name; write one or delete the line")
      }
      places.append(
        NamedPlace(
          name: name,
          latitude: try coordinate(record, 1, Coordinate.latitude),
          longitude: try coordinate(record, 2, Coordinate.longitude),
          line: record.line
        )
      )
    }
    return places
  }

  private func coordinate(
    _ record: CSVRecord,
    _ index: Int,
    _ value: (Coordinate.Reading) -> Int64?
  ) throws(SpecificationError) -> Int64 {
    let name = PlaceColumns.keys[index]
    guard let reading = Coordinate.read(record.fields[index]) else {
      throw error(
        record.line,
        "has no \(name) in degrees; write a decimal number such as 51.752 in that column"
      )
    }
    guard let degrees = value(reading) else {
      let limit = index == 1 ? 90 : 180
      throw error(
        record.line,
        "has a \(name) out of range; write degrees from -\(limit) to \(limit)"
      )
    }
    guard !reading.isCut else {
      throw error(record.line, "has a \(name) with more than nine decimals; write fewer")
    }
    return degrees
  }
}
