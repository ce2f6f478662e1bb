// HTMLReport+Script.swift: sorting and filtering, for readers with scripts; the page needs neither.
// SPDX-License-Identifier: Apache-2.0

extension HTMLReport {
  /// SHA-256 of the script in Base64: the one script that the page may run.
  static let scriptSHA256: Markup = "XNmpQa+4ujWiQmi0RKx3yknrCpOuRWWkltOcjLISj5U="

  /// The script: a button in each heading sorts, a field above each long table filters.
  static let script: Markup = """

    "use strict";
    document.querySelectorAll("table.counts").forEach(function (table) {
      var body = table.tBodies[0], heads = Array.from(table.tHead.rows[0].cells);
      var original = Array.from(body.rows);
      function key(row, column) {
        var cell = row.cells[column];
        return cell.dataset.v === undefined ? cell.textContent : BigInt(cell.dataset.v);
      }
      function compare(a, b) {
        if (typeof a === "string") { return a.localeCompare(b, "en", {numeric: true}); }
        return a < b ? -1 : a > b ? 1 : 0;
      }
      heads.forEach(function (head, column) {
        if (head.matches(".pm, .bar")) { return; }
        var button = document.createElement("button");
        button.type = "button";
        while (head.firstChild) { button.appendChild(head.firstChild); }
        head.appendChild(button);
        button.addEventListener("click", function () {
          var was = head.getAttribute("aria-sort"), number = head.matches(".n");
          var first = number ? "descending" : "ascending";
          var second = number ? "ascending" : "descending";
          var now = was === null ? first : was === first ? second : null;
          heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
          var rows = original.slice();
          if (now) {
            head.setAttribute("aria-sort", now);
            var sign = now === "ascending" ? 1 : -1;
            rows.sort(function (a, b) { return sign * compare(key(a, column), key(b, column)); });
          }
          body.append.apply(body, rows);
        });
      });
      if (original.length < 12) { return; }
      var label = document.createElement("label"), input = document.createElement("input");
      var said = document.createElement("output"), line = document.createElement("p");
      line.className = "filter";
      label.textContent = "Show cells that contain ";
      input.type = "search";
      label.appendChild(input);
      line.append(label, said);
      table.parentElement.before(line);
      input.addEventListener("input", function () {
        var wanted = input.value.toLowerCase(), shown = 0;
        original.forEach(function (row) {
          var text = Array.from(row.querySelectorAll("th"), function (cell) {
            return cell.textContent;
          }).join(" ").toLowerCase();
          row.hidden = !text.includes(wanted);
          if (!row.hidden) { shown += 1; }
        });
        said.textContent = shown + " of " + original.length + " cells";
      });
    });

    """
}
