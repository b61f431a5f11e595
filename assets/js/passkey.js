// Passkeys. A place marked data-passkey holds a button that asks the server what to
// ask the authenticator (data-options), has it make a key or sign (data-passkey is
// "create" or "get"), puts the answer into the field data-field of the form around it
// and sends that. The place is hidden until here, since without script there is
// nothing to press; what is said instead stands in [data-passkey-absent].
const places = window.PublicKeyCredential && navigator.credentials ? document.querySelectorAll("[data-passkey]") : []

for (const place of places) {
  const form = place.closest("form")
  const button = place.querySelector("button")
  const problem = place.querySelector("[data-passkey-problem]")
  place.hidden = false
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-disabled") === "true") {
      return
    }
    button.setAttribute("aria-disabled", "true")
    problem.textContent = ""
    try {
      form.elements.namedItem(place.dataset.field).value = JSON.stringify(await answer(place))
      form.requestSubmit()
    } catch {
      // The reason is the browser's and in its own words; whoever pressed "cancel" knows it.
      problem.textContent = place.dataset.failed
    } finally {
      button.removeAttribute("aria-disabled")
    }
  })
}

if (places.length > 0) {
  for (const absent of document.querySelectorAll("[data-passkey-absent]")) {
    absent.hidden = true
  }
}

async function answer(place) {
  const response = await fetch(place.dataset.options, { method: "POST", headers: { Accept: "application/json" }, credentials: "same-origin" })
  if (!response.ok) {
    throw new Error(`${response.status}`)
  }
  const { publicKey } = await response.json()
  publicKey.challenge = bytes(publicKey.challenge)
  for (const list of [publicKey.allowCredentials, publicKey.excludeCredentials]) {
    for (const key of list ?? []) {
      key.id = bytes(key.id)
    }
  }
  if (place.dataset.passkey === "create") {
    publicKey.user.id = bytes(publicKey.user.id)
    const { id, rawId, type, response } = await navigator.credentials.create({ publicKey })
    return {
      id, rawId: text(rawId), type, clientExtensionResults: {},
      response: { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject), transports: response.getTransports?.() ?? [] },
    }
  }
  const { id, rawId, type, response: signed } = await navigator.credentials.get({ publicKey })
  return {
    id, rawId: text(rawId), type, clientExtensionResults: {},
    response: {
      clientDataJSON: text(signed.clientDataJSON), authenticatorData: text(signed.authenticatorData),
      signature: text(signed.signature), userHandle: signed.userHandle ? text(signed.userHandle) : undefined,
    },
  }
}

// base64url, as the options and the answers have it

function bytes(text) {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0))
}

function text(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")
}
