// The code on a receipt is a link with the receipt behind "#", which browsers send to
// nobody. Here it is put into the field and sent, as if it had been pasted. Without this
// script it is pasted: the page takes the whole link.
const field = document.querySelector("form#check textarea")

function take() {
  if (!field || location.hash.length < 2) return
  let text = location.hash.slice(1)
  try {
    text = decodeURIComponent(text)
  } catch {
    // what was not encoded is taken as it stands
  }
  if (document.getElementById(text)) return // a link within the page, to a mistake
  field.value = text
  // The address that stays in the history tells nothing.
  history.replaceState(null, "", location.pathname + location.search)
  field.form.requestSubmit()
}

take()
window.addEventListener("hashchange", take)

for (const place of document.querySelectorAll("[data-print]")) {
  const button = document.createElement("button")
  button.type = "button"
  button.className = "govuk-button govuk-button--secondary"
  button.textContent = place.dataset.print
  button.addEventListener("click", () => window.print())
  place.prepend(button)
}
