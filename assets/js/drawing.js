// A drawing that is wider than its frame would begin at its left edge, where on
// a phone there may be nothing: it is shown from its first box, the one that
// everything begins with.
for (const frame of document.querySelectorAll(".nz-table-frame--scroll")) {
  const first = frame.querySelector("svg.nz-drawing [data-first]")
  if (first && frame.scrollWidth > frame.clientWidth) {
    const box = first.getBoundingClientRect()
    const view = frame.getBoundingClientRect()
    frame.scrollLeft += box.left + box.width / 2 - view.left - view.width / 2
  }
}
