// HTMLReport+Verification.swift: how a reader can check a release, and what its certificate says.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

extension HTMLReport {
  /// How to verify, and the certificate.
  static func verification(of release: Release) -> Markup {
    let certificate = release.certificate
    let data: Markup =
      certificate.dataPinned
      ? "pinned: the owner's policy fixed the signal files, the unit and the consent column"
      : """
      <strong>unpinned</strong>: the owner's policy did not fix the signal files, the unit and the \
      consent column; that the right data was read rests on whoever ran the report
      """
    let lists: [Markup] = certificate.cells.map { key in
      let isSelected = release.body.selection?.keys.contains(key.name) ?? false
      let file: Markup =
        key.fileSHA256.map { "<code>\($0)</code>" }
        ?? (isSelected ? "found in the signals; these are shown" : "listed in the spec")
      return """
        <tr><th scope="row">\(value: key.name)</th>\
        <td class="n">\(PlainNumber.grouped(key.count))</td>\
        <td><code>\(key.listSHA256)</code></td><td>\(file)</td></tr>

        """
    }
    return """
      <section aria-labelledby="verify">
      <h2 id="verify">How to verify</h2>
      <p>Everything that this page claims about its noise and its cost follows from \
      <code>release.json</code>, without the data:</p>
      <pre><code>hubbub verify release.json</code></pre>
      <p>It derives the sensitivities, scales, half-widths, the sum of the losses, the set of cells \
      and the digests again. Whoever has the ledger adds <code>--ledger</code>. The digest of the \
      body needs no special tool:</p>
      <pre><code>grep -v '^"certificate":' release.json | sha256sum</code></pre>
      <p>A digest shows an edit only to someone who knows it from elsewhere: note the entry below, \
      or ask the owner of the ledger for it.</p>
      <dl class="pairs digests">
      <div><dt>Body, SHA-256</dt><dd><code>\(certificate.bodySHA256)</code></dd></div>
      <div><dt>Spec, SHA-256</dt><dd><code>\(release.body.specSHA256)</code></dd></div>
      <div><dt>Ledger account</dt><dd>\(value: certificate.dataset)</dd></div>
      <div><dt>Entry</dt><dd>number \(PlainNumber.grouped(certificate.position)), \
      <code>\(certificate.entrySHA256)</code></dd></div>
      <div><dt>Entry before it</dt><dd><code>\(certificate.previousSHA256)</code></dd></div>
      <div><dt>Signature</dt><dd>\(signature(certificate))</dd></div>
      <div><dt>Data</dt><dd>\(data)</dd></div>
      <div><dt>Post-processing</dt><dd>\(postprocessing(certificate))</dd></div>
      </dl>
      \(lists.isEmpty ? "" : listTable(lists))</section>

      """
  }

  /// Whether the release is signed, and how that is checked.
  private static func signature(_ certificate: Certificate) -> Markup {
    guard let signature = certificate.signature else {
      return "none: the owner's policy names no key, so an edit shows only beside the ledger"
    }
    return """
      Ed25519, by the key <code>\(signature.publicKey)</code>. That it is the owner's key cannot be \
      told from the release: get the public key from the owner and check with \
      <code>hubbub verify release.json --public-key owner-public.pem</code>
      """
  }

  private static func postprocessing(_ certificate: Certificate) -> String {
    certificate.postprocessing.isEmpty ? "none" : certificate.postprocessing.joined(separator: ", ")
  }

  private static func listTable(_ rows: [Markup]) -> Markup {
    """
    <div class="scroll" role="region" aria-label="The public lists" tabindex="0">
    <table class="digests">
    <caption>The public lists of values, fixed before any signal was read</caption>
    <thead><tr><th scope="col">Key</th><th scope="col" class="n">Values</th>\
    <th scope="col">SHA-256 of the values</th><th scope="col">SHA-256 of their file</th></tr></thead>
    <tbody>
    \(rows.joined())</tbody>
    </table>
    </div>

    """
  }
}
