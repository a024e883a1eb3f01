// What the pages add where scripts run: keyboard shortcuts, copying, the live
// balance of a form, progress, and a warning before leaving a filled-in form.
// Without it every page works whole.
(function () {
  "use strict";
  var doc = document;
  function each(selector, f) { Array.prototype.forEach.call(doc.querySelectorAll(selector), f); }

  // Buttons that only a script can carry out appear with it.
  each("[data-print]", function (b) { b.hidden = false; b.addEventListener("click", function () { window.print(); }); });
  each("[data-copylink]", function (b) {
    if (!navigator.clipboard) { return; }
    b.hidden = false;
    var words = b.textContent;
    b.addEventListener("click", function () {
      navigator.clipboard.writeText(location.href).then(function () {
        b.textContent = b.getAttribute("data-copylink");
        setTimeout(function () { b.textContent = words; }, 2000);
      });
    });
  });
  each("[data-copy]", function (e) { // a shortened hash is copied whole
    e.addEventListener("copy", function (event) {
      event.clipboardData.setData("text/plain", e.getAttribute("data-copy"));
      event.preventDefault();
    });
  });

  // The balance of the line or person chosen.
  var aside = doc.querySelector("[data-balance]");
  if (aside && aside.getAttribute("data-balance") && window.fetch) {
    var latest = 0;
    each("[data-live]", function (field) {
      field.addEventListener("change", function () {
        var mine = ++latest;
        var address = aside.getAttribute("data-balance") + "&" + field.getAttribute("data-live") + "=" + encodeURIComponent(field.value);
        fetch(address, { credentials: "same-origin" }).then(function (r) { return r.ok ? r.text() : null; }).then(function (html) {
          if (html !== null && mine === latest) { aside.innerHTML = html; }
        }).catch(function () {});
      });
    });
  }

  // A double click writes once in any case; the second is not even sent. A
  // filled-in form is not left unasked.
  each("form[method=post]", function (form) {
    var sent = false;
    form.addEventListener("submit", function (event) {
      if (sent) { event.preventDefault(); return; }
      sent = true;
      setTimeout(function () { sent = false; }, 8000);
    });
    if (form.hasAttribute("data-unsaved")) {
      var changed = false;
      form.addEventListener("input", function () { changed = true; });
      window.addEventListener("beforeunload", function (event) {
        if (changed && !sent) { event.preventDefault(); event.returnValue = ""; }
      });
    }
  });

  var summary = doc.querySelector(".summary");
  if (summary) { summary.focus(); }

  // Shortcuts: / search, g then h q u t, j k rows, Enter opens, e expands, ?
  // tells. They can be switched off there.
  var help = doc.getElementById("keys");
  if (!help) { return; }
  var storage = { get: function () { return null; }, set: function () {} };
  try {
    localStorage.getItem("staffledger-keys");
    storage = { get: function () { return localStorage.getItem("staffledger-keys"); }, set: function (v) { localStorage.setItem("staffledger-keys", v); } };
  } catch (e) { /* no storage: they stay on */ }
  var on = storage.get() !== "off", toggle = help.querySelector("[data-keys]");
  function show() { toggle.textContent = toggle.getAttribute(on ? "data-off" : "data-on"); }
  show();
  toggle.addEventListener("click", function () { on = !on; storage.set(on ? "on" : "off"); show(); });
  var prefix = false, at = -1;
  var places = { h: "/", q: "/queue", u: "/units", t: "/trace" };
  doc.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) { return; }
    var key = event.key;
    if (key === "?") { help.hidden = !help.hidden; if (!help.hidden) { help.focus(); } return; }
    if (key === "Escape") { help.hidden = true; return; }
    if (!on) { return; }
    if (prefix) {
      prefix = false;
      if (places[key]) { location.href = places[key]; }
      return;
    }
    var rows = doc.querySelectorAll("main tbody tr, main .events > li");
    if (key === "g") { prefix = true; setTimeout(function () { prefix = false; }, 1500); }
    else if (key === "/") { var s = doc.getElementById("search"); if (s) { event.preventDefault(); s.focus(); } }
    else if ((key === "j" || key === "k") && rows.length) {
      if (at >= 0 && rows[at]) { rows[at].classList.remove("cursor"); }
      at = Math.max(0, Math.min(rows.length - 1, at + (key === "j" ? 1 : -1)));
      rows[at].classList.add("cursor");
      var link = rows[at].querySelector("a");
      if (link) { link.focus(); } else { rows[at].scrollIntoView({ block: "nearest" }); }
    } else if (key === "e" && at >= 0 && rows[at]) {
      var details = rows[at].querySelector("details");
      if (details) { details.open = !details.open; }
    }
  });
})();
