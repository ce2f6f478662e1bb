// PostgresLossTests.swift: a server that is lost at any statement, before it or before its reply.
// SPDX-License-Identifier: Apache-2.0

#if PostgreSQL
import ExactArithmetic
import Glibc
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

/// How a connection is lost.
enum Loss: String, CaseIterable, CustomTestStringConvertible {
  case killedBefore = "the server's process is killed before a statement is sent"
  case killedDuring = "the server's process is killed while it works on a statement"
  case replyLost = "the reply to a statement is lost on its way"

  var testDescription: String { rawValue }
  var isAfterSending: Bool { self != .killedBefore }
}

/// Loses connections of a ledger.
private final class Saboteur {
  private let server: PostgresConnection
  private(set) var statements = 0

  init() throws {
    server = try PostgresConnection(LedgerUnderTest.server)
  }

  /// Loses the connection at the n-th statement, and not again.
  func lose(_ ledger: PostgresLedger, at number: Int, _ loss: Loss) {
    statements = 0
    ledger.interfere { [self] _, sent, process, socket in
      guard sent == loss.isAfterSending else { return }
      statements += 1
      if statements == number { cut(loss, process, socket) }
    }
  }

  func cut(_ loss: Loss, _ process: Int32, _ socket: Int32) {
    switch loss {
    case .killedBefore:
      _ = try? server.texts("SELECT pg_terminate_backend(\(process), 60000)::text")
    case .killedDuring: _ = try? server.texts("SELECT pg_terminate_backend(\(process))::text")
    case .replyLost:
      shutdown(socket, Int32(SHUT_RDWR))
      // A reply that had arrived by then would still be read.
      var reply = [UInt8](repeating: 0, count: 4096)
      while recv(socket, &reply, reply.count, Int32(MSG_DONTWAIT)) > 0 {}
    }
  }
}

@Suite struct `A server that is lost` {
  /// One step of each kind, under ids of its own.
  private static func steps(_ ledger: PostgresLedger, _ number: Int) throws {
    let held = try ledger.held(request("r\(number)", spend: spend("1/100")))
    let charge = try ledger.open(held).charged()
    #expect(try ledger.commit(charge) { _ in [7] }.body == [7])
    // A spend without an id can be told from another only by how its own commit ended.
    _ = try ledger.spend(spend("1/1000"), dataset: "d", id: nil)
    _ = try ledger.held(request("v\(number)", spend: spend("1/100")))
    try ledger.void(ReleaseID("v\(number)"))
    #expect(try ledger.remaining(dataset: "d", analyst: nil, day: "").daily == nil)
  }

  /// Loses the connection at the first statement, the second, and so on.
  @Test(arguments: LedgerUnderTest.servers, Loss.allCases)
  func `at any statement is found again, and each step is done exactly once`(
    kind: LedgerUnderTest,
    loss: Loss
  ) throws {
    let folder = try LedgerPlace(kind)
    let ledger = try PostgresLedger(opening: folder.place)
    let saboteur = try Saboteur()
    var number = 0
    repeat {
      number += 1
      saboteur.lose(ledger, at: number, loss)
      try Self.steps(ledger, number)
      ledger.interfere(nil)
      let left = Rational.one - Rational(BigInteger(11 * number), 1000)
      #expect(try ledger.left().epsilon == left, "statement \(number)")
      if left.signum <= 0 || number == 90 { break }
    } while saboteur.statements >= number
    #expect(saboteur.statements > 60 && number > 60)
    let verification = try folder.open().verify(head: nil)
    #expect(verification.findings == [])
    // For each round: reserve, open, commit, spend, reserve, void.
    #expect(verification.entries == 1 + 6 * number)
  }

  @Test(arguments: LedgerUnderTest.servers)
  func `twice says that nothing was changed`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(kind)
    let ledger = try PostgresLedger(opening: folder.place)
    let saboteur = try Saboteur()
    ledger.interfere { sql, sent, process, socket in
      if sql == "COMMIT", !sent { saboteur.cut(.killedBefore, process, socket) }
    }
    let error = #expect(throws: LedgerError.self) {
      try ledger.spend(spend("1/4"), dataset: "d", id: nil)
    }
    #expect(error?.description.contains("nothing was changed") == true)
    ledger.interfere(nil)
    #expect(try ledger.left() == loss("1"))
    _ = try ledger.spend(spend("1/4"), dataset: "d", id: nil)
    #expect(try ledger.left() == loss("3/4"))
  }

  /// The commit reaches the server or does not; nobody can be asked; the id tells later.
  @Test(arguments: LedgerUnderTest.servers, [false, true])
  func `for good during a commit leaves it to the release id`(
    kind: LedgerUnderTest,
    sent: Bool
  ) throws {
    let folder = try LedgerPlace(kind)
    let ledger = try PostgresLedger(
      opening: folder.place,
      patience: PostgresPatience(settling: 300)
    )
    let saboteur = try Saboteur()
    let charge = try ledger.open(ledger.held(request("r1"))).charged()
    var lost = false
    ledger.interfere { sql, isSent, process, socket in
      if sql == "COMMIT", isSent == sent { lost = true }
      if lost { saboteur.cut(sent ? .replyLost : .killedBefore, process, socket) }
    }
    let refusal = ledger.refusalToCommit(charge)
    guard case .unavailable(let failure) = refusal else {
      Issue.record("nobody knows how the commit ended: \(String(describing: refusal))")
      return
    }
    #expect(failure.kind == .other)
    // Until the server has ended what it was given it holds the ledger, and the next step waits.
    let again = try folder.open()
    switch try again.reserve(request("r1")) {
    case .committed(let stored): #expect(sent && stored.body == [1])
    case .reserved(let reservation):
      #expect(!sent)
      _ = try again.commit(again.open(reservation).charged()) { _ in [2] }
    }
    #expect(try again.left() == loss("1/2"))
    #expect(try again.verify(head: nil).findings == [])
  }
}
#endif
