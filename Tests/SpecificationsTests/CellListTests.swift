// CellListTests.swift: lists of cells from files, and what each mistake in one is told.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import PrivateAggregation
import TestSupport
import Testing

@testable import Specifications

@Suite struct `Lists of cells` {
  let folder: TemporaryDirectory

  init() throws {
    folder = try TemporaryDirectory()
  }

  private func spec(_ regions: String, _ more: [String: String?] = [:]) -> String {
    Samples.spec(more.merging(["regions": regions]) { $1 })
  }

  @Test func `come from a column of a CSV file`() throws {
    try folder.write("\u{FEFF}fips,name\r\n01001,\"Autauga, AL\"\r\n01003,Baldwin\r\n", to: "c.csv")
    let spec = try Samples.read(spec("{file: c.csv, column: fips}"), in: folder.path)
    #expect(spec.cells[.region]?.values == ["01001", "01003"])
    let named = try Samples.read(
      self.spec("{file: c.csv, column: name}"),
      in: folder.path
    )
    #expect(named.cells[.region]?.values == ["Autauga, AL", "Baldwin"])
    #expect(named.cells[.region]?.fileSHA256 == spec.cells[.region]?.fileSHA256)
    #expect(named.cells[.region]?.listSHA256 != spec.cells[.region]?.listSHA256)
  }

  @Test func `come from a text file, one a line`() throws {
    try folder.write("CA\nNY\n", to: "s.txt")
    let spec = try Samples.read(spec("s.txt"), in: folder.path)
    #expect(spec.cells[.region]?.values == ["CA", "NY"])
    // SHA-256 of "CA\nNY\n", from sha256sum.
    let hash = "27bf162df95121a87bf98c4ecfc46130e7be01bf82f26541a51011244b809535"
    #expect(spec.cells[.region]?.listSHA256 == hash)
    #expect(spec.cells[.region]?.listSHA256 == spec.cells[.region]?.fileSHA256)
  }

  @Test func `change the digest of the release with the bytes of their file`() throws {
    try folder.write("CA\nNY\n", to: "s.txt")
    let before = try Samples.read(spec("s.txt"), in: folder.path)
    try folder.write("CA\nNY", to: "s.txt")
    let after = try Samples.read(spec("s.txt"), in: folder.path)
    #expect(before.sha256 == after.sha256)
    #expect(before.digest != after.digest)
  }

  /// A file, how the spec names it, and the error after the folder's path.
  static let mistakes: [(String, String, String, String)] = [
    (
      "s.txt", "CA\nNY\nCA\n", "s.txt",
      "s.txt:3: has the same value as line 1; keep one of the two lines"
    ),
    (
      "s.txt", "CA\n\nNY\n", "s.txt",
      "s.txt:2: has an empty value; write a value or delete the line"
    ),
    ("s.txt", "", "s.txt", "s.txt: is empty; write one value a line"),
    ("s.csv", "", "s.csv", "s.csv: is empty; write a header line and one value a line"),
    (
      "s.csv", "fips\n", "s.csv",
      "s.csv: has a header and no values; write at least one line below it"
    ),
    (
      "s.csv", "fips,name\n1,a\n2\n", "{file: s.csv, column: fips}",
      "s.csv:3: has 1 fields where the header has 2; mend the line"
    ),
    (
      "s.csv", "fips,name\n1,\"a\n", "{file: s.csv, column: fips}",
      "s.csv:2: has a quote that is not closed; close it or double it"
    ),
    (
      "s.csv", "fips,name\n1,a\n", "{file: s.csv, column: code}",
      "spec.yaml:6:32: regions.column: `s.csv` has no column `code`; write a name that is in its "
        + "header line"
    ),
    (
      "s.csv", "fips,name\n1,a\n", "s.csv",
      "spec.yaml:6:10: regions: `s.csv` has several columns; write {file: s.csv, column: ...} with "
        + "one of its header line"
    ),
  ]

  @Test(arguments: mistakes)
  func `tell what is wrong, where and what to do`(
    name: String,
    content: String,
    regions: String,
    expected: String
  ) throws {
    try folder.write(content, to: name)
    let problem = Samples.problem(spec(regions), in: folder.path)
    #expect(problem == folder.path + "/" + expected)
  }

  @Test func `are refused where the file is also a signal file`() throws {
    try folder.write("user_id,fips\nu,CA\n", to: "a.csv")
    try FileManager.default.createSymbolicLink(
      atPath: folder.appending("b.csv"),
      withDestinationPath: "a.csv"
    )
    let signals = "{files: ['a*.csv'], columns: {unit: user_id, region: fips, intent: i}}"
    let problem = Samples.problem(
      spec("{file: b.csv, column: fips}", ["signals": signals]),
      in: folder.path
    )
    #expect(
      problem == "\(folder.path)/spec.yaml:6:17: regions.file: `b.csv` lists the values of "
        + "`region` and is also a "
        + "signal file or the consent registry; a list of cells is public, so write one that does not "
        + "come from the signals"
    )
  }

  @Test func `are refused where they make more cells than memory holds`() throws {
    let lines = (0..<10_000).map { "v\($0)" }.joined(separator: "\n")
    try folder.write(lines, to: "v.txt")
    let problem = Samples.problem(spec("v.txt", ["intents": "v.txt"]), in: folder.path)
    #expect(
      problem
        == "\(folder.path)/spec.yaml:5:11: group_by: the lists make 100000000 cells (10000 of "
        + "region times 10000 of intent), and one release holds at most 4194304; shorten a list "
        + "or group by fewer keys"
    )
  }

  @Test func `are refused where the kept prefix is shorter than a value`() {
    let signals = "{files: x.csv, columns: {unit: u, region: {column: r, prefix: 2}, intent: i}}"
    #expect(
      Samples.problem(spec("[CAL]", ["signals": signals]))
        == "/data/spec.yaml:6:11: regions: `CAL` is longer than the 2 characters that are kept of "
        + "`region`; shorten it or raise `prefix`"
    )
  }

  @Test(arguments: [
    ("day", "2026-1-1", "is not a day; write it as 2026-11-30"),
    ("month", "2026-13", "is not a month; write it as 2026-11"),
    ("week", "2026-W54", "is not an ISO week; write it as 2026-W48"),
  ])
  func `are refused where a time is misspelt`(key: String, value: String, message: String) {
    let problem = Samples.problem(
      Samples.spec([
        "group_by": key, "cells": "{\(key): [\(value)]}", "regions": nil, "intents": nil,
      ])
    )
    #expect(problem?.hasSuffix("cells.\(key): `\(value)` \(message)") == true)
  }
}
