// HTMLReport+FigureScript.swift: choosing views and moving from region to region, with a readout.
// Reference: [WCAG22], keyboard access and names of parts.
// SPDX-License-Identifier: Apache-2.0

extension HTMLReport {
  /// SHA-256 in Base64 of the script of a page with a map or a time series, which has both parts.
  static let figureScriptSHA256: Markup = "k9x35okVZfnNJEEmUJYUNV50+xfd0b/pOvTZaprBX1g="

  /// The part of the script for maps and time series; it only shows what the page holds.
  static let figureScript: Markup = """
    function views(name, show) {
      var line = document.querySelector(".views[data-of=" + name + "]");
      var lists = Array.from(line.querySelectorAll("select"));
      line.hidden = lists.every(function (list) { return list.length < 2; });
      function changed() {
        show(Number(lists[0].value), lists.slice(1).map(function (list) {
          return list.value;
        }).join(","));
      }
      lists.forEach(function (list) { list.addEventListener("change", changed); });
      changed();
    }
    document.querySelectorAll("figure.map").forEach(function (figure) {
      var data = JSON.parse(figure.querySelector(".data").textContent);
      var svg = figure.querySelector("svg"), marks = svg.querySelectorAll(".mark");
      var shapes = Array.from(svg.querySelectorAll(".regions path"));
      var readout = figure.querySelector(".readout"), details = figure.querySelector("details");
      var byRegion = {}, texts = Array.from(svg.querySelectorAll(".names text"));
      var numbers = [], halves = [], letters = "", layer = data.layers[0], current = null;
      shapes.forEach(function (shape) { byRegion[shape.dataset.r] = shape; });
      svg.setAttribute("role", "group");
      readout.hidden = details.hidden = false;
      readout.textContent = "Point at a region, or use the arrow keys.";
      function sentence(index) {
        var name = data.names[index] + ": ";
        if (letters[index] === "x") { return name + "not released"; }
        var half = layer.h || halves[index];
        return name + numbers[index] + (half ? " \\u00B1 " + half : "") + " " + layer.n +
          (letters[index] !== letters[index].toLowerCase() ? ", which may be noise alone" : "");
      }
      function table() {
        var box = details.querySelector("div"), table = document.createElement("table");
        box.replaceChildren();
        if (!details.open) { return; }
        var head = table.createTHead().insertRow(), body = table.createTBody();
        ["region", layer.n, "\\u00B1 cell", ""].forEach(function (text, column) {
          var cell = document.createElement("th");
          cell.scope = "col";
          cell.textContent = text;
          if (column === 1 || column === 2) { cell.className = "n"; }
          head.appendChild(cell);
        });
        data.names.forEach(function (name, index) {
          var row = body.insertRow(), first = document.createElement("th");
          first.scope = "row";
          first.textContent = name;
          row.appendChild(first);
          var none = letters[index] === "x", half = layer.h || halves[index];
          [none ? "not released" : numbers[index], none || !half ? "" : "\\u00B1" + half,
            !none && letters[index] !== letters[index].toLowerCase() ? "may be noise" : ""
          ].forEach(function (text, column) {
            var cell = row.insertCell();
            cell.textContent = text;
            if (column < 2) { cell.className = "n"; }
          });
        });
        box.appendChild(table);
      }
      function outline(path) {
        marks.forEach(function (mark) { mark.setAttribute("d", path); });
      }
      function read(shape) {
        readout.textContent = sentence(Number(shape.dataset.r));
        outline(shape.getAttribute("d"));
      }
      function choose(shape) {
        if (current) { current.setAttribute("tabindex", "-1"); }
        current = shape;
        shape.setAttribute("tabindex", "0");
      }
      function show(chosen, key) {
        var view = data.views.find(function (view) { return view.k === key; });
        layer = data.layers[chosen];
        var part = view ? view.l[chosen] : {v: "", c: "", h: "", s: 0};
        numbers = part.v.split("|");
        halves = part.h.split("|");
        letters = view ? part.c : "x".repeat(data.names.length);
        shapes.concat(texts).forEach(function (shape) {
          shape.setAttribute("class", letters[shape.dataset.r]);
        });
        shapes.forEach(function (shape) {
          var title = shape.querySelector("title"), text = sentence(Number(shape.dataset.r));
          shape.setAttribute("aria-label", text);
          if (title) { title.textContent = text; }
        });
        var legend = {};
        if (view) {
          data.legends[part.s].forEach(function (item) { legend[item[0]] = item[1]; });
        }
        var hatched = Array.from(letters).filter(function (letter) {
          return letter !== letter.toLowerCase();
        }).length;
        var absent = letters.split("x").length - 1;
        if (/n/i.test(letters)) { legend.n = "below 0"; }
        if (absent) { legend.x = "not released"; }
        if (hatched) { legend.h = "hatched: \\u00B1 exceeds the count"; }
        figure.querySelectorAll(".legend li").forEach(function (item) {
          var text = legend[item.dataset.l];
          item.hidden = text === undefined;
          item.querySelector("span").textContent = text || "";
        });
        svg.querySelector("title").textContent = "Map: " + layer.n +
          (view && view.t ? ", " + view.t : "");
        svg.querySelector("desc").textContent = data.names.length + " regions, " + hatched +
          " of them hatched and " + absent + " without a count. Arrow keys move from region to " +
          "region. A table follows.";
        if (current && current === document.activeElement) { read(current); }
        table();
      }
      function next(from, x, y) {
        function middle(shape) {
          var box = shape.getBBox();
          return [box.x + box.width / 2, box.y + box.height / 2];
        }
        var start = middle(from), best = null, least = Infinity;
        shapes.forEach(function (shape) {
          if (shape === from) { return; }
          var there = middle(shape), dx = there[0] - start[0], dy = there[1] - start[1];
          var along = dx * x + dy * y, across = Math.abs(dx * y) + Math.abs(dy * x);
          if (along <= 0 || across > 2 * along) { return; }
          if (along + 2 * across < least) { least = along + 2 * across; best = shape; }
        });
        return best;
      }
      shapes.forEach(function (shape) {
        shape.setAttribute("role", "img");
        shape.setAttribute("tabindex", "-1");
        shape.addEventListener("focus", function () { choose(shape); read(shape); });
        shape.addEventListener("pointerenter", function () { read(shape); });
        shape.addEventListener("click", function () { shape.focus(); });
      });
      svg.addEventListener("focusout", function () { outline(""); });
      svg.addEventListener("pointerleave", function () {
        if (current === document.activeElement) { read(current); }
        else { outline(""); }
      });
      svg.addEventListener("keydown", function (event) {
        var steps = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
        var to = null;
        if (event.ctrlKey || event.altKey || event.metaKey || !current) { return; }
        if (steps[event.key]) { to = next(current, steps[event.key][0], steps[event.key][1]); }
        else if (event.key === "Home") { to = shapes[0]; }
        else if (event.key === "End") { to = shapes[shapes.length - 1]; }
        else { return; }
        event.preventDefault();
        if (to) { to.focus(); }
      });
      details.addEventListener("toggle", table);
      if (shapes.length) { choose(shapes[0]); }
      views("map", show);
    });
    document.querySelectorAll("figure.series").forEach(function (figure) {
      var charts = Array.from(figure.querySelectorAll(".chart"));
      var readout = figure.querySelector(".readout"), labels = figure.dataset.labels.split("|");
      var none = figure.querySelector(".none");
      readout.hidden = false;
      readout.textContent = "Point at the line, or use the arrow keys.";
      views("series", function (layer, key) {
        var found = false;
        charts.forEach(function (chart) {
          chart.hidden = chart.dataset.k !== layer + ":" + key;
          found = found || !chart.hidden;
        });
        none.hidden = found;
      });
      charts.forEach(function (chart) {
        var places = chart.dataset.x.split(" ").map(Number), values = chart.dataset.v.split("|");
        var halves = chart.dataset.h.split("|"), line = chart.querySelector(".cursor");
        var now = values.length - 1;
        chart.setAttribute("tabindex", "0");
        chart.setAttribute("role", "slider");
        chart.setAttribute("aria-valuemin", "0");
        chart.setAttribute("aria-valuemax", String(now));
        function text() {
          if (values[now] === "") { return labels[now] + ": not released"; }
          var half = halves.length > 1 ? halves[now] : halves[0];
          return labels[now] + ": " + values[now] + (half ? " \\u00B1 " + half : "");
        }
        function name() {
          chart.setAttribute("aria-valuenow", String(now));
          chart.setAttribute("aria-valuetext", text());
        }
        function move(to) {
          now = Math.min(Math.max(to, 0), values.length - 1);
          line.setAttribute("x1", places[now] + "%");
          line.setAttribute("x2", places[now] + "%");
          line.setAttribute("visibility", "visible");
          name();
          readout.textContent = text();
        }
        function end() { line.setAttribute("visibility", "hidden"); }
        chart.addEventListener("focus", function () { move(now); });
        chart.addEventListener("blur", end);
        chart.addEventListener("pointermove", function (event) {
          var box = chart.getBoundingClientRect();
          var x = (event.clientX - box.left) / box.width * 100, best = 0;
          places.forEach(function (place, index) {
            if (Math.abs(place - x) < Math.abs(places[best] - x)) { best = index; }
          });
          move(best);
        });
        chart.addEventListener("pointerleave", end);
        chart.addEventListener("keydown", function (event) {
          var steps = {ArrowLeft: now - 1, ArrowDown: now - 1, ArrowRight: now + 1,
            ArrowUp: now + 1, Home: 0, End: values.length - 1, PageUp: now + 7,
            PageDown: now - 7};
          if (event.ctrlKey || event.altKey || event.metaKey) { return; }
          if (steps[event.key] === undefined) { return; }
          event.preventDefault();
          move(steps[event.key]);
        });
        name();
      });
    });

    """
}
