// What the pages do beyond HTML. Every page works without this file.
import "./drawing.js"
import "./passkey.js"
import "./receipt.js"
import { Button, ErrorSummary, ServiceNavigation, SkipLink } from "govuk-frontend"

// govuk-frontend looks for this class; its own way of setting it is an inline
// script, which our Content-Security-Policy refuses.
document.body.classList.add("js-enabled", "govuk-frontend-supported")

for (const Component of [ServiceNavigation, SkipLink, ErrorSummary, Button]) {
  for (const element of document.querySelectorAll(`[data-module="${Component.moduleName}"]`)) {
    try {
      new Component(element)
    } catch (error) {
      console.error(error)
    }
  }
}

// The key / leads to the search box, but where one is typing.
document.addEventListener("keydown", (event) => {
  const box = document.getElementById("q")
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || !box) {
    return
  }
  if (event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]")) {
    return
  }
  event.preventDefault()
  box.focus()
  box.select()
})

// The arrows turn the sheets of a file, but where one is typing or reads on in something of its own.
document.addEventListener("keydown", (event) => {
  const ways = document.querySelector("[data-sheets]")
  if (!ways || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) {
    return
  }
  if (event.target instanceof Element && event.target.closest("input, textarea, select, pre, [contenteditable]")) {
    return
  }
  const links = ways.querySelectorAll("a")
  const to = {
    ArrowLeft: ways.querySelector("a[rel=prev], button[value=prev]"),
    ArrowRight: ways.querySelector("a[rel=next], button[value=next]"),
    Home: ways.querySelector("a[rel=prev]") && links[0],
    End: ways.querySelector("a[rel=next]") && links[links.length - 1],
  }[event.key]
  if (to) {
    event.preventDefault()
    to.click()
  }
})

// Beside an open form a sheet is turned without sending it: the sheet alone is fetched. Where that fails the button sends the form,
// which comes back with what was typed.
document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element && event.target.closest("button[data-turn]")
  if (!button || button.dataset.turn === "send") {
    return
  }
  event.preventDefault()
  try {
    const answer = await fetch(button.formAction, { headers: { Accept: "text/html" } })
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    const sheet = page.getElementById("file")
    if (!answer.ok || answer.redirected || !sheet) {
      throw new Error(`${answer.status}`)
    }
    button.form.action = button.formAction
    document.getElementById("file").replaceWith(sheet)
    const again = sheet.querySelector(`button[value=${button.value}]`) ?? sheet.querySelector("button[data-turn]")
    again?.focus()
  } catch {
    button.dataset.turn = "send"
    button.click()
  }
})

// A form is sent once. The button is only marked, after the form has been
// read: a disabled button would not send its own value. Whoever comes back to
// the page finds the form ready again.
const sent = new WeakSet()

document.addEventListener("submit", (event) => {
  const form = event.target
  if (form.method !== "post" || event.defaultPrevented) {
    return
  }
  if (sent.has(form)) {
    event.preventDefault()
    return
  }
  sent.add(form)
  setTimeout(() => mark(form, true), 0)
})

window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    for (const form of document.forms) {
      sent.delete(form)
      mark(form, false)
    }
  }
})

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target instanceof HTMLFormElement) {
    sent.delete(event.target)
    mark(event.target, false)
  }
})

function mark(form, on) {
  for (const button of form.querySelectorAll('button[type="submit"]')) {
    if (on) {
      button.setAttribute("aria-disabled", "true")
    } else {
      button.removeAttribute("aria-disabled")
    }
  }
}

// The stream of a live page may break; htmx connects again by itself. The hint
// waits a little, so that a short break is not announced.
const hint = document.querySelector("[data-connection]")
let announce

if (hint) {
  document.addEventListener("htmx:sseError", () => {
    announce ??= setTimeout(() => {
      hint.textContent = hint.dataset.connection
    }, 3000)
  })
  document.addEventListener("htmx:sseOpen", () => {
    clearTimeout(announce)
    announce = undefined
    hint.textContent = ""
  })
  window.addEventListener("pagehide", () => clearTimeout(announce))
}

// A browser writes a date in the order of its own language, which need not be
// that of the page: 03/06 is June to one and March to another. So the date
// stands beside the field once more, in words, with its day of the week.
// The words come with the field: not every browser knows Uzbek.
for (const input of document.querySelectorAll("input[data-date-words]")) {
  if (input.type === "text") continue // what was typed wrongly stands as it was typed
  const { dateWords, months, weekdays } = input.dataset
  const words = document.createElement("span")
  words.className = "nz-date-words"
  input.after(words)
  const say = () => {
    if (Number.isNaN(input.valueAsNumber)) {
      words.textContent = ""
      return
    }
    // What was typed is not a moment in a time zone but figures; read and
    // written in one zone, they stay as they are.
    const at = new Date(input.valueAsNumber)
    const fill = {
      year: at.getUTCFullYear(),
      day: at.getUTCDate(),
      month: months.split(",")[at.getUTCMonth()],
      weekday: weekdays.split(",")[at.getUTCDay()],
    }
    const date = dateWords.replace(/\{(\w+)\}/g, (_, name) => fill[name])
    const time = input.type === "datetime-local" ? ", " + at.toISOString().slice(11, 16) : ""
    words.textContent = date + time
  }
  input.addEventListener("input", say)
  say()
}
